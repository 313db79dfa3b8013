import { createSchemaSource } from '../../openapi/source.ts';
import { seededRandom } from '../../src/machinery/random.ts';
import { type TestedKind, testedKinds } from './bodies.ts';
import type { Connection } from './connection.ts';
import { explanationOf } from './explained.ts';
import { createFixtures, makeNamespace, removeFixtures, removeNamespace } from './fixtures.ts';
import { differences, normalized } from './normalize.ts';
import { runOptions } from './options.ts';
import { type Found, report } from './report.ts';
import { makeStep, type Step } from './requests.ts';

const options = runOptions('kinds', 2);
const { reference, tested, seed, count } = options;
const schemas = createSchemaSource();
const namespace = `differential-${seed}`;
const wanted = testedKinds.filter(({ kind }) => options.wants(kind));

async function compare(step: Step): Promise<Found> {
  const read = async (server: Connection) =>
    step.reads === undefined ? undefined : (await server.send({ method: 'GET', path: step.reads })).body;
  const [theirs, ours] = await Promise.all([read(reference), read(tested)]);
  const request = step.request(theirs);
  const body = request.body === undefined ? undefined : translated(request.body, theirs, ours);
  const [want, got] = await Promise.all([reference.send(request), tested.send(body === undefined ? request : { ...request, body })]);
  return {
    verb: step.verb,
    path: request.path.replace(/.*\//, ''),
    body: request.body ?? '',
    differences: differences(normalized(want), normalized(got)),
  };
}

// A body made of one server's object for the other server: uids, times, addresses and generated names are those that it gave.
function translated(body: string, theirs: unknown, ours: unknown): string {
  let result = body;
  for (const { want, got } of differences(theirs, ours)) {
    if (typeof want === 'string' && typeof got === 'string' && want !== '')
      result = result.replaceAll(JSON.stringify(want), JSON.stringify(got));
    if (typeof want === 'number' && typeof got === 'number' && want > 1000) result = result.replaceAll(`:${want}`, `:${got}`);
  }
  return result;
}

/** How many answers differ for a known reason, by the reason. */
const explained = new Map<string, number>();

async function compareKind(kind: TestedKind): Promise<Found[]> {
  const random = seededRandom(seed * 1000 + testedKinds.indexOf(kind));
  const schema = schemas.get(kind.schema);
  const steps = Array.from({ length: count }, () => makeStep(random, kind, schema, namespace));
  const found: Found[] = [];
  let next = 0;
  const work = async () => {
    while (next < steps.length) {
      const compared = await compare(steps[next++]!);
      if (compared.differences.length === 0) continue;
      const reason = explanationOf(compared);
      if (reason === undefined) found.push(compared);
      else explained.set(reason, (explained.get(reason) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return found;
}

const servers = [reference, tested];
let total = 0;
let differing = 0;
try {
  await Promise.all(servers.map((server) => makeNamespace(server, namespace)));
  for (const kind of wanted) {
    await createFixtures(servers, kind, namespace);
    const found = await compareKind(kind);
    report(kind.kind, count, found, options);
    total += count;
    differing += found.length;
  }
} finally {
  for (const kind of wanted) await removeFixtures(servers, kind, namespace);
  await Promise.all(servers.map((server) => removeNamespace(server, namespace)));
  reference.close();
  tested.close();
}
console.log(`\n${total} requests, ${differing} answers differ`);
for (const [reason, times] of explained) console.log(`${times} more for a known reason: ${reason}`);
