import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import type { Schema } from '../../openapi/schema.ts';
import { createSchemaSource } from '../../openapi/source.ts';
import { type Random, seededRandom } from '../../src/machinery/random.ts';
import { type TestedKind, testedKinds } from '../differential/bodies.ts';
import { Connection, type Reply, type WatchedEvent } from '../differential/connection.ts';
import { pick } from '../differential/mutations.ts';
import { collectionPath, objectOf } from '../differential/requests.ts';
import { tableColumnFacts } from '../facts/index.ts';
import { type RunningCluster, startCluster } from '../harness/cluster.ts';
import { decodeObject, mediaType, withoutZeros } from '../recorded/protobuf.mjs';
import { cut, type Growth, grow } from './grow.ts';
import { ownedFields } from './ownership.ts';
import { jsonPatch, mergePatch, strategicPatch } from './patches.ts';

type Json = any;

/** ORRERY_ROUNDTRIP_SEEDS=20 plays the objects of twenty seeds; one of them takes a few seconds. */
const seeds = Array.from({ length: Number(process.env['ORRERY_ROUNDTRIP_SEEDS'] ?? 1) }, (_, i) => i + 1);
/** Another server than one of our own: the real one passes as well. */
const kubeconfig = process.env['ORRERY_ROUNDTRIP_KUBECONFIG'] || undefined;
const namespace = 'roundtrip';
const schemas = createSchemaSource();
const growths = 40;

let cluster: RunningCluster | undefined;
let server: Connection;

before(async () => {
  if (!kubeconfig) cluster = await startCluster({ flags: ['--memory', '--nodes', '0', '--components', 'apiserver'] });
  server = new Connection(kubeconfig ?? cluster!.kubeconfig);
  await send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  // Pods need one, and no controller runs that makes it.
  await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
});

after(async () => {
  server?.close();
  await cluster?.[Symbol.asyncDispose]();
});

function send(method: string, path: string, body?: Json, contentType?: string): Promise<Reply> {
  return server.send({ method, path, ...(body !== undefined && { body: JSON.stringify(body) }), ...(contentType && { contentType }) });
}

/** Sends what has to succeed. @returns the object answered */
async function succeed(method: string, path: string, body?: Json, contentType?: string): Promise<Json> {
  const reply = await send(method, path, body, contentType);
  if (reply.status >= 300) assert.fail(`${method} ${path}: ${JSON.stringify(reply.body)}\n${JSON.stringify(body)}`);
  return reply.body;
}

const strict = 'fieldValidation=Strict&fieldManager=creator';

// Annotations for what only a newer version has are rewritten, `stringData` is moved.
const isOldForm = (body: Json): boolean => 'stringData' in body || JSON.stringify(body).includes('autoscaling.alpha');

/** A full object of a kind: one that is known to be good, with as many random fields as the server takes. */
async function fullObject(random: Random, kind: TestedKind, schema: Schema, name: string): Promise<{ object: Json; grown: Growth[] }> {
  let object: Json = objectOf(
    kind,
    pick(
      random,
      kind.bodies.filter((body) => !isOldForm(body)),
    ),
    name,
    namespace,
  );
  const grown: Growth[] = [];
  for (let i = 0; i < growths; i++) {
    const larger = structuredClone(object);
    const growth = grow(random, larger, schema);
    if (!growth) continue;
    const { status } = await send('POST', `${collectionPath(kind, namespace)}?dryRun=All&${strict}`, larger);
    if (status !== 201) continue;
    object = larger;
    grown.push(growth);
  }
  if (kind.unstored) return { object, grown };
  Object.assign((object.metadata ??= {}), { labels: { ...object.metadata.labels, color: 'red', old: 'yes' } });
  object.metadata.annotations = { ...object.metadata.annotations, note: 'first' };
  return { object, grown };
}

/** Lists to which admission adds. */
const added = /\.(taints|volumes|volumeMounts|tolerations)$/;

/** Every value that was sent is in the answer; lists have the same items in the same order. */
function assertHolds(answer: Json, sent: Json, path = ''): void {
  if (typeof sent !== 'object' || sent === null) return assert.deepEqual(answer, sent, path);
  assert.ok(typeof answer === 'object' && answer !== null, `${path} is not there`);
  if (Array.isArray(sent) && !added.test(path)) assert.equal(answer.length, sent.length, path);
  for (const [key, value] of Object.entries(sent)) assertHolds(answer[key], value, `${path}.${key}`);
}

/** What a write says apart from its own record. */
function told({ metadata, ...rest }: Json, kind: TestedKind): Json {
  const { managedFields: _fields, resourceVersion: _version, ...kept } = metadata;
  // A controller of the API server's own follows these.
  const { status: _status, ...withoutStatus } = rest;
  return { ...(kind.apiVersion.startsWith('flowcontrol.') ? withoutStatus : rest), metadata: kept };
}

// The claims that a StatefulSet makes have a kind in JSON, for which their message has no field.
function asProtobufSays(live: Json): Json {
  const result = structuredClone(live);
  for (const template of result.spec?.volumeClaimTemplates ?? []) {
    delete template.apiVersion;
    delete template.kind;
  }
  return result;
}

async function assertReadAlike(path: string, live: Json): Promise<void> {
  const read = (accept: string) => server.send({ method: 'GET', path, accept });
  const [asJson, asYaml, asProtobuf, asTable] = await Promise.all(
    ['application/json', 'application/yaml', mediaType, 'application/json;as=Table;v=v1;g=meta.k8s.io'].map(read),
  );
  assert.deepEqual(asJson!.body, live);
  assert.deepEqual(parse(asYaml!.bytes.toString('utf8')), live);
  assert.deepEqual(withoutZeros(decodeObject(asProtobuf!.bytes)), withoutZeros(asProtobufSays(live)));
  const table = asTable!.body as Json;
  const collection = path.slice(0, path.lastIndexOf('/')).replace(`/namespaces/${namespace}`, '');
  const columns = tableColumnFacts()[collection];
  assert.ok(columns, `no columns are known of ${collection}`);
  const shown = ({ name, type, format, priority }: Json) => ({ name, type, format: format ?? '', priority: priority ?? 0 });
  assert.deepEqual(table.columnDefinitions.map(shown), columns.map(shown));
  assert.equal(table.rows[0].cells.length, columns.length);
  const name = columns.findIndex((column) => column.name === 'Name');
  if (name >= 0) assert.equal(table.rows[0].cells[name], live.metadata.name);
  assert.deepEqual(table.rows[0].object.metadata, asMetadataAlone(live.metadata));
}

/** Annotations by which a version shows fields of an older one are not stored, and so not among the metadata alone. */
function asMetadataAlone({ annotations, ...rest }: Json): Json {
  const shown = Object.entries(annotations ?? {}).filter(([name]) => name !== 'deprecated.daemonset.template.generation');
  return shown.length > 0 ? { ...rest, annotations: Object.fromEntries(shown) } : rest;
}

/** The object with other labels and annotations, and without some of what it was given, as far as that may change. */
async function changed(random: Random, path: string, live: Json, grown: readonly Growth[]): Promise<Json> {
  let wanted = structuredClone(live);
  wanted.metadata.labels.color = 'blue';
  wanted.metadata.labels['example.com/new'] = 'yes';
  delete wanted.metadata.labels.old;
  wanted.metadata.annotations['example.com/b'] = '{"x": "<&>"}';
  for (const growth of grown) {
    if (random.next() < 0.5) continue;
    const smaller = structuredClone(wanted);
    cut(smaller, growth.path);
    const { status } = await send('PUT', `${path}?dryRun=All&${strict}`, smaller);
    if (status === 200) wanted = smaller;
  }
  return wanted;
}

interface PatchWay {
  readonly type: string;
  readonly of: (live: Json, wanted: Json, definition: string) => Json;
}

const ways: readonly PatchWay[] = [
  { type: 'application/merge-patch+json', of: mergePatch },
  { type: 'application/json-patch+json', of: (live, wanted) => jsonPatch(live, wanted) },
  { type: 'application/strategic-merge-patch+json', of: strategicPatch },
];

async function playWrites(random: Random, kind: TestedKind, schema: Schema, name: string): Promise<void> {
  const collection = collectionPath(kind, namespace);
  const path = `${collection}/${name}`;
  const { object, grown } = await fullObject(random, kind, schema, name);
  const answers: [type: string, object: Json][] = [];
  const watch = following(`${collection}?watch=true&fieldSelector=metadata.name=${name}`);
  await watch.opened;
  try {
    const created = await succeed('POST', `${collection}?${strict}`, object);
    answers.push(['ADDED', created]);
    const { status: _status, ...sent } = object;
    assertHolds(created, sent);
    await assertReadAlike(path, await settled(path, created, kind));

    const live = (await send('GET', path)).body as Json;
    const wanted = await changed(random, path, live, grown);
    const put = await succeed('PUT', `${path}?dryRun=All&${strict}`, wanted);
    for (const { type, of } of ways) {
      const patch = of(live, wanted, kind.schema);
      const patched = await succeed('PATCH', `${path}?dryRun=All&${strict}`, patch, type);
      assert.deepEqual(told(patched, kind), told(put, kind), `${type} ${JSON.stringify(patch)}`);
    }
    const way = pick(random, ways);
    const patched = await succeed('PATCH', `${path}?${strict}`, way.of(live, wanted, kind.schema), way.type);
    answers.push(['MODIFIED', patched]);
    assert.deepEqual(told(patched, kind), told(put, kind));
    await assertReadAlike(path, await settled(path, patched, kind));

    const applied = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name, labels: { color: 'green', size: 'big' } } };
    const forced = await succeed('PATCH', `${path}?fieldManager=second&force=true`, applied, applyType);
    answers.push(['MODIFIED', forced]);
    assert.deepEqual(told(forced, kind).metadata.labels, { ...patched.metadata.labels, color: 'green', size: 'big' });
    assert.deepEqual(
      forced.metadata.managedFields.find((entry: Json) => entry.manager === 'second').fieldsV1,
      ownedFields(applied, kind.schema),
    );
    await remove(path);
    await watch.holds(answers);
  } finally {
    watch.stop();
  }
}

const applyType = 'application/apply-patch+yaml';

// What a request asks for is nobody's, as it never changes.
const withoutSpec = ({ spec: _spec, ...rest }: Json): Json => rest;

/** Two managers apply: each owns what it says, what both say stays until both let go. */
async function playApplies(random: Random, kind: TestedKind, schema: Schema, name: string): Promise<void> {
  const path = `${collectionPath(kind, namespace)}/${name}`;
  const { object } = await fullObject(random, kind, schema, name);
  const { status: _status, ...configuration } = object;
  const apply = (manager: string, body: Json) => succeed('PATCH', `${path}?fieldManager=${manager}`, body, applyType);
  const ownedBy = ({ metadata }: Json, manager: string) =>
    metadata.managedFields.find((entry: Json) => entry.manager === manager)?.fieldsV1;
  const first = await apply('first', configuration);
  assertHolds(first, configuration);
  const owned = (body: Json) => ownedFields(kind.kind === 'CertificateSigningRequest' ? withoutSpec(body) : body, kind.schema);
  assert.deepEqual(ownedBy(first, 'first'), owned(configuration));

  const head = { apiVersion: kind.apiVersion, kind: kind.kind };
  const others = { ...head, metadata: { name, labels: { color: 'red', size: 'big' } } };
  const second = await apply('second', others);
  assert.deepEqual(ownedBy(second, 'first'), owned(configuration));
  assert.deepEqual(ownedBy(second, 'second'), ownedFields(others, kind.schema));

  const conflict = await send(
    'PATCH',
    `${path}?fieldManager=third`,
    { ...head, metadata: { name, labels: { color: 'green' } } },
    applyType,
  );
  assert.equal(conflict.status, 409);
  assert.deepEqual((conflict.body as Json).details.causes.map(({ field, message }: Json) => [field, message]).sort(), [
    ['.metadata.labels.color', 'conflict with "first"'],
    ['.metadata.labels.color', 'conflict with "second"'],
  ]);

  const less = structuredClone(configuration);
  delete less.metadata.labels.color;
  delete less.metadata.labels.old;
  const third = await apply('first', less);
  assert.equal(third.metadata.labels.color, 'red');
  assert.ok(!('old' in third.metadata.labels));
  assert.deepEqual(ownedBy(third, 'first'), owned(less));
  const again = await apply('first', less);
  assert.deepEqual(told(again, kind), told(third, kind));

  const none = await apply('second', { ...head, metadata: { name } });
  assert.ok(!('color' in (none.metadata.labels ?? {})) && !('size' in (none.metadata.labels ?? {})));
  await remove(path);
}

// The API server's own controllers may have written since (the status of a FlowSchema).
async function settled(path: string, answered: Json, kind: TestedKind): Promise<Json> {
  return kind.apiVersion.startsWith('flowcontrol.') ? ((await send('GET', path)).body as Json) : answered;
}

async function remove(path: string): Promise<void> {
  await succeed('DELETE', `${path}?gracePeriodSeconds=0`);
  const { status } = await send('GET', path);
  if (status === 200) await succeed('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json');
}

/** A watch, and what it has to have seen in the end. */
function following(path: string): { opened: Promise<void>; stop(): void; holds(answers: [type: string, object: Json][]): Promise<void> } {
  let seen: readonly WatchedEvent[] = [];
  let notify = () => {};
  const { opened, stop } = server.watch(path, (events) => {
    seen = events;
    notify();
  });
  return {
    opened,
    stop,
    async holds(answers) {
      while (!seen.some(({ type }) => type === 'DELETED')) await new Promise<void>((resolve) => (notify = resolve));
      const versions = new Set(answers.map(([, { metadata }]) => metadata.resourceVersion));
      const own = seen.filter(({ type, object }) => type !== 'DELETED' && versions.has(object.metadata.resourceVersion));
      assert.deepEqual(
        own.map(({ type, object }) => [type, object]),
        answers,
      );
    },
  };
}

/** Namespaces go in steps of their own; a review of rules does not repeat what it was asked. */
const left = new Set(['Namespace', 'SelfSubjectRulesReview']);

for (const seed of seeds) {
  for (const [index, kind] of testedKinds.entries()) {
    const random = seededRandom(seed * 1000 + index);
    const schema = schemas.get(kind.schema);
    const name = (n: number) => kind.names?.[0]?.replace(/\d$/, String(n)) ?? `roundtrip-${kind.kind.toLowerCase()}-${seed}-${n}`;
    const title = `${kind.apiVersion} ${kind.kind} comes back as it was sent (seed ${seed})`;
    if (left.has(kind.kind)) continue;
    if (kind.unstored) {
      test(title, { timeout: 600_000 }, async () => {
        const { object } = await fullObject(random, kind, schema, kind.names?.[0] ?? name(1));
        const { status: _status, metadata: _metadata, ...sent } = object;
        assertHolds(await succeed('POST', `${collectionPath(kind, namespace)}?dryRun=All&${strict}`, object), sent);
      });
    } else {
      test(title, { timeout: 600_000 }, async () => {
        await playWrites(random, kind, schema, name(1));
        await playApplies(random, kind, schema, name(2));
      });
    }
  }
}
