import { createSchemaSource } from '../../openapi/source.ts';
import { seededRandom } from '../../src/machinery/random.ts';
import { testedKinds } from './bodies.ts';
import { compareAll } from './compare-all.ts';
import type { Connection } from './connection.ts';
import { runKinds } from './kinds-run.ts';
import { differences, normalized } from './normalize.ts';
import { runOptions } from './options.ts';
import type { Found } from './report.ts';
import { makeStep, type Step } from './requests.ts';

const options = runOptions('kinds', 2);
const { reference, tested, seed, count } = options;
const schemas = createSchemaSource();
const namespace = `differential-${seed}`;

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

await runKinds(options, namespace, async (kind) => {
  const random = seededRandom(seed * 1000 + testedKinds.indexOf(kind));
  const schema = schemas.get(kind.schema);
  const steps = Array.from({ length: count }, () => makeStep(random, kind, schema, namespace));
  return { asked: count, found: await compareAll(steps, options.jobs, compare, explained) };
});
for (const [reason, times] of explained) console.log(`${times} more for a known reason: ${reason}`);
