import { seededRandom } from '../../src/machinery/random.ts';
import { compareAll } from './compare-all.ts';
import { areas } from './exchanges/areas.ts';
import { type Area, type Exchange, play } from './exchanges/exchange.ts';
import { exchangeDifferences } from './exchanges/shown.ts';
import { makeNamespace, removeNamespace } from './fixtures.ts';
import { runOptions } from './options.ts';
import { type Found, report } from './report.ts';

const options = runOptions('areas', 4);
const { reference, tested, seed, count } = options;
const servers = [reference, tested] as const;
const wanted = areas.filter(({ name }) => options.wants(name));
const explained = new Map<string, number>();
let requests = 0;

async function compare(exchange: Exchange): Promise<Found> {
  const [want, got] = await Promise.all([play(reference, exchange), play(tested, exchange)]);
  requests += exchange.turns.reduce((sum, { meanwhile = [] }) => sum + 1 + meanwhile.length, 0);
  const body = exchange.turns
    .map(({ method, path, contentType, accept, headers, body }) => JSON.stringify({ method, path, contentType, accept, headers, body }))
    .join('\n      ');
  return { verb: exchange.verb, path: '', body, differences: exchangeDifferences(want, got) };
}

async function compareArea(area: Area): Promise<readonly Found[]> {
  const namespace = `differential-${area.name}-${seed}`;
  const random = seededRandom(seed * 1000 + areas.indexOf(area));
  try {
    await Promise.all(servers.map((server) => makeNamespace(server, namespace)));
    await area.prepare?.(servers, namespace);
    const exchanges = Array.from({ length: count }, (_, i) => area.make(random, { namespace, unique: `${area.name}-${seed}-${i}` }));
    return await compareAll(exchanges, options.jobs, compare, explained);
  } finally {
    await Promise.all(servers.map((server) => area.cleanUp?.(server, namespace)));
    await Promise.all(servers.map((server) => removeNamespace(server, namespace)));
  }
}

let differing = 0;
try {
  for (const area of wanted) {
    const found = await compareArea(area);
    report(area.name, count, found, options);
    differing += found.length;
  }
} finally {
  for (const server of servers) server.close();
}
console.log(`\n${wanted.length * count} exchanges of ${requests} requests, ${differing} differ`);
for (const [reason, times] of explained) console.log(`${times} more for a known reason: ${reason}`);
