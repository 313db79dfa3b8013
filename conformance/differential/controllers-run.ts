import { seededRandom } from '../../src/machinery/random.ts';
import { areas } from './controllers/areas.ts';
import { makeCustomKinds } from './controllers/custom-kinds.ts';
import { MetricsServer } from './controllers/metrics-server.ts';
import { makeNodes } from './controllers/nodes.ts';
import { Observer } from './controllers/observer.ts';
import { play, type Server } from './controllers/play.ts';
import { slowly } from './controllers/steps.ts';
import { makeNamespace } from './fixtures.ts';
import { runOptions } from './options.ts';
import { type Found, report } from './report.ts';

/** Two rounds of the autoscaler, in seconds: after one it has acted, after the next it is at rest. */
const autoscalerRounds = 2 * Number(process.env['DIFFERENTIAL_AUTOSCALER_PERIOD'] ?? 15) + 4;
const options = runOptions('areas', 12);
const { seed, count, from, jobs } = options;
const servers = [options.reference, options.tested].map((connection) => ({ connection, observer: new Observer(connection) })) as [
  Server,
  Server,
];

async function compare(area: string, number: number): Promise<readonly Found[]> {
  const namespace = `ctl-${area}-${seed}-${number}`;
  const made = areas[area]!(seededRandom(seed * 100_000 + number));
  const autoscaled = made.steps.some(({ what }) => what.startsWith('create HorizontalPodAutoscaler'));
  const scenario = autoscaled ? { ...made, steps: slowly(made.steps, autoscalerRounds) } : made;
  await Promise.all(servers.map(({ connection }) => makeNamespace(connection, namespace)));
  try {
    const found = await play(servers, scenario, namespace);
    // The report comes at the end, which may be an hour away.
    if (options.verbose) for (const { step, differences } of found) console.error(namespace, step, JSON.stringify(differences));
    return found.map(({ step, differences }) => {
      const body = scenario.steps.slice(0, step + 1).map(({ what }, i) => `\n      ${i} ${what}`);
      return { verb: scenario.name, path: `${namespace} after step ${step}`, body: body.join(''), differences };
    });
  } finally {
    const path = `/api/v1/namespaces/${namespace}`;
    await Promise.all(servers.map(({ connection }) => connection.send({ method: 'DELETE', path })));
    for (const { observer } of servers) observer.forget(namespace);
  }
}

const wanted = Object.keys(areas).filter(options.wants);
// Autoscalers of other areas have no metrics.
const metricsServers = wanted.includes('autoscalers')
  ? servers.map(({ connection, observer }) => new MetricsServer(connection, observer))
  : [];
try {
  await Promise.all(servers.map(({ connection }) => makeNodes(connection)));
  await Promise.all(servers.map(({ connection }) => makeCustomKinds(connection)));
  await Promise.all(servers.map(({ observer }) => observer.start()));
  await Promise.all(metricsServers.map((metrics) => metrics.register()));
  // The areas take turns, so that slow and quick ones go side by side.
  const todo = Array.from({ length: count }, (_, number) => wanted.map((area) => ({ area, number: number + from }))).flat();
  const found = new Map<string, Found[]>(wanted.map((area) => [area, []]));
  const work = async () => {
    for (let next = todo.shift(); next; next = todo.shift()) found.get(next.area)!.push(...(await compare(next.area, next.number)));
  };
  await Promise.all(Array.from({ length: jobs }, work));
  for (const [area, list] of found) report(area, count, list, options);
} finally {
  await Promise.all(metricsServers.map((metrics) => metrics.withdraw()));
  for (const { connection, observer } of servers) {
    observer.stop();
    connection.close();
  }
}
