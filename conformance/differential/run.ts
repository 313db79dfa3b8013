import { parseArgs } from 'node:util';
import { createSchemaSource } from '../../openapi/source.ts';
import { seededRandom } from '../../src/machinery/random.ts';
import { type TestedKind, testedKinds } from './bodies.ts';
import { Connection } from './connection.ts';
import { explanationOf } from './explained.ts';
import { type Difference, differences, normalized } from './normalize.ts';
import { collectionPath, fixtureName, makeStep, objectOf, type Step } from './requests.ts';

const { values: options } = parseArgs({
  options: {
    reference: { type: 'string' },
    kubeconfig: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    kinds: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
    examples: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});
if (!options.reference || !options.kubeconfig) throw new Error('--reference and --kubeconfig name the two servers');

interface Found {
  readonly verb: string;
  readonly path: string;
  readonly body: string;
  readonly differences: readonly Difference[];
}

const reference = new Connection(options.reference);
const tested = new Connection(options.kubeconfig);
const schemas = createSchemaSource();
const seed = Number(options.seed);
const namespace = `differential-${seed}`;
const wanted = options.kinds === '' ? testedKinds : testedKinds.filter(({ kind }) => options.kinds.split(',').includes(kind));

async function compare(step: Step): Promise<Found> {
  const read = async (server: Connection) =>
    step.reads === undefined ? undefined : (await server.send({ method: 'GET', path: step.reads })).body;
  const [theirs, ours] = await Promise.all([read(reference), read(tested)]);
  const request = step.request(theirs);
  const body = request.body === undefined ? undefined : translated(request.body, theirs, ours);
  const [want, got] = await Promise.all([reference.send(request), tested.send(body === undefined ? request : { ...request, body })]);
  return { verb: step.verb, path: request.path, body: request.body ?? '', differences: differences(normalized(want), normalized(got)) };
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

async function prepare(kind: TestedKind): Promise<void> {
  if (kind.unstored) return;
  for (const [index, body] of kind.bodies.entries()) {
    const object = objectOf(kind, body, fixtureName(kind, index), namespace);
    const request = { method: 'POST', path: collectionPath(kind, namespace), body: JSON.stringify(object) };
    for (const server of [reference, tested]) {
      const { status, body: answer } = await server.send(request);
      if (status !== 201 && status !== 409) {
        const name = server === reference ? 'the reference' : 'the tested server';
        console.log(`${kind.kind} ${index} cannot be created on ${name}: ${status} ${JSON.stringify(answer).slice(0, 600)}`);
      }
    }
  }
}

// Nobody else may be there to take finalizers away: the servers can run without controllers.
async function remove(server: Connection, path: string): Promise<void> {
  await server.send({ method: 'DELETE', path });
  const body = JSON.stringify({ metadata: { finalizers: null } });
  await server.send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
}

async function removeNamespace(server: Connection): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}`;
  const { body } = await server.send({ method: 'DELETE', path });
  const live = body as { kind?: string; spec?: object };
  if (live.kind !== 'Namespace') return;
  await server.send({ method: 'PUT', path: `${path}/finalize`, body: JSON.stringify({ ...live, spec: { ...live.spec, finalizers: [] } }) });
}

async function cleanUp(kind: TestedKind): Promise<void> {
  if (kind.namespaced || kind.unstored) return;
  for (const index of kind.bodies.keys()) {
    const path = `${collectionPath(kind, namespace)}/${fixtureName(kind, index)}`;
    await Promise.all([reference, tested].map((server) => remove(server, path)));
  }
}

/** How many answers differ for a known reason, by the reason. */
const explained = new Map<string, number>();

async function compareKind(kind: TestedKind): Promise<Found[]> {
  const random = seededRandom(seed * 1000 + testedKinds.indexOf(kind));
  const schema = schemas.get(kind.schema);
  const steps = Array.from({ length: Number(options.count) }, () => makeStep(random, kind, schema, namespace));
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
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
  return found;
}

// Answers that differ in status are one group by both messages; others by the first place that differs.
function groupOf({ differences: [first, ...rest] }: Found): string {
  const message = rest.find(({ path }) => path === '.body.message') ?? first!;
  const shown = first!.path === '.status' || message !== first ? message : first!;
  const place = shown.path.replace(/\.\d+(?=\.|$)/g, '[]').replace(/k:\{.*?\}/g, 'k:{}');
  const [want, got] = whereTheyPart(shown);
  const shape = (text: string) => text.replace(/\\*"[^"]*"|\d+/g, '_').slice(0, 160);
  return `${first!.path === '.status' ? `${first!.want} not ${first!.got} ` : ''}${place}: ${shape(want)} | ${shape(got)}`;
}

const lead = 60;

// Both values as text, from a little before the first character that differs.
function whereTheyPart({ want, got }: Difference): [want: string, got: string] {
  const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
  const [a, b] = [text(want), text(got)];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - lead);
  return [a.slice(from), b.slice(from)];
}

function report(kind: TestedKind, found: readonly Found[]): void {
  console.log(`\n## ${kind.kind}: ${found.length} of ${options.count} answers differ`);
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const key = groupOf(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const [bodyLength, valueLength, places] = options.verbose ? [100_000, 10_000, 50] : [700, 350, 4];
  for (const [key, members] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    console.log(`\n${members.length}x ${key}`);
    for (const { verb, path, body, differences: list } of members.slice(0, Number(options.examples))) {
      console.log(`   ${verb} ${path.replace(/.*\//, '')} ${body.slice(0, bodyLength)}`);
      for (const difference of list.filter(({ path }) => !path.startsWith('.body.details')).slice(0, places)) {
        const [want, got] = whereTheyPart(difference);
        console.log(`     ${difference.path}\n       want ${want.slice(0, valueLength)}\n       got  ${got.slice(0, valueLength)}`);
      }
    }
  }
}

const space = { method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name: namespace } }) };
let total = 0;
let differing = 0;
try {
  await Promise.all([reference.send(space), tested.send(space)]);
  // Pods need one; either it or the controller's is the first.
  const account = {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: JSON.stringify({ metadata: { name: 'default' } }),
  };
  await Promise.all([reference.send(account), tested.send(account)]);
  for (const kind of wanted) {
    await prepare(kind);
    const found = await compareKind(kind);
    report(kind, found);
    total += Number(options.count);
    differing += found.length;
  }
} finally {
  for (const kind of wanted) await cleanUp(kind);
  await Promise.all([reference, tested].map(removeNamespace));
  reference.close();
  tested.close();
}
console.log(`\n${total} requests, ${differing} answers differ`);
for (const [reason, count] of explained) console.log(`${count} more for a known reason: ${reason}`);
