import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningCluster, startCluster } from '../harness/cluster.ts';
import { attacks, definitionAttacks, namespace, smallAttacks } from './attacks.ts';
import { type Connection, connectTo, isRight, prepare, ready, textOf } from './play.ts';

let cluster: RunningCluster;
let connection: Connection;
let nobody: Connection;

before(async () => {
  // Without nodes: what kubelets make of huge Pods is theirs.
  cluster = await startCluster({ flags: ['--memory', '--nodes', '0'] });
  connection = await connectTo(cluster.kubeconfig);
  nobody = await connectTo(cluster.kubeconfig, { anonymous: true });
  await prepare(connection);
});

after(async () => {
  const { status, text } = await connection.ask('GET', '/readyz');
  connection.close();
  nobody.close();
  equal(await cluster.stop(), 0);
  await cluster[Symbol.asyncDispose]();
  deepEqual([status, text], [200, 'ok']);
});

test('hostile requests have the right answers', async () => {
  const wrong: string[] = [];
  const play = async (played: typeof attacks) => {
    for (const attack of played.filter(({ slow }) => !slow)) {
      const { name, method, path, type, headers } = attack;
      const answer = await (attack.anonymous ? nobody : connection).ask(method, path, textOf(attack), type, headers);
      if (!isRight(attack, answer)) wrong.push(`${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  };
  await play(definitionAttacks);
  await ready(connection);
  await play(smallAttacks);
  await play(attacks);
  deepEqual(wrong, []);
});

test('large objects are handled as small ones are', async () => {
  const { ask } = connection;
  const maps = `/api/v1/namespaces/${namespace}/configmaps`;
  const data = { a: 'x'.repeat(100_000) };
  const send = (method: string, path: string, body: object, type?: string) => ask(method, path, JSON.stringify(body), type);
  const created = await send('POST', `${maps}?fieldManager=one`, { metadata: { name: 'large' }, data, unknown: 1 });
  equal(created.status, 201);
  equal(created.headers['warning'], '299 - "unknown field \\"unknown\\""');
  equal(created.headers['content-type'], 'application/json');
  const { metadata } = JSON.parse(created.text);
  deepEqual([metadata.managedFields[0].manager, metadata.namespace], ['one', namespace]);
  equal((await send('POST', maps, { metadata: { name: 'large' }, data })).status, 409);
  const patched = await send('PATCH', `${maps}/large`, { metadata: { labels: { a: 'b' } } }, 'application/merge-patch+json');
  deepEqual([patched.status, JSON.parse(patched.text).metadata.labels], [200, { a: 'b' }]);
  const stale = { metadata: { name: 'large', resourceVersion: metadata.resourceVersion }, data };
  equal((await send('PUT', `${maps}/large`, stale)).status, 409);
  const invalid = await send('POST', maps, { metadata: { name: 'Not_A_Name' }, data });
  deepEqual([invalid.status, JSON.parse(invalid.text).reason], [422, 'Invalid']);
  const table = await ask('PATCH', `${maps}/large`, '{}', 'application/merge-patch+json', {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  deepEqual([table.status, JSON.parse(table.text).kind], [200, 'Table']);
  const zipped = await ask('PATCH', `${maps}/large`, '{}', 'application/merge-patch+json', { 'accept-encoding': 'gzip' });
  deepEqual([zipped.status, zipped.headers['content-encoding']], [200, undefined], 'below 128 KiB nothing is compressed');
  equal((await ask('DELETE', `${maps}/large`)).status, 200);
  equal((await ask('GET', `${maps}/large`)).status, 404);
  const huge = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, 'x'.repeat(60_000)]));
  const refused = await send('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: 'huge' }, stringData: huge });
  equal(refused.status, 422, 'a Secret has a limit of its own');
});

test('a kind is known wherever its objects are handled, as soon as it is established', async () => {
  const { ask } = connection;
  const group = 'large.example.com';
  for (let round = 0; round < 3; round++) {
    const plural = `things${round}`;
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const names = { plural, kind: `Thing${round}` };
    const spec = { group, scope: 'Cluster', names, versions: [{ name: 'v1', served: true, storage: true, schema }] };
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const made = await ask('POST', crds, JSON.stringify({ metadata: { name: `${plural}.${group}` }, spec }));
    equal(made.status, 201, made.text);
    const path = `/apis/${group}/v1/${plural}`;
    while ((await ask('GET', path)).status !== 200) {}
    const thing = (length: number) =>
      JSON.stringify({ apiVersion: `${group}/v1`, kind: `Thing${round}`, metadata: { name: `a${length}` }, a: 'x'.repeat(length) });
    const { status, text } = await ask('POST', path, thing(100_000));
    equal(status, 201, text.slice(0, 300));
    if (round > 0) continue;
    const large = await ask('POST', path, thing(1_600_000));
    deepEqual([large.status, JSON.parse(large.text).message], [500, 'etcdserver: request is too large']);
    const larger = await ask('POST', path, thing(2_900_000));
    equal(larger.status, 500);
    match(
      JSON.parse(larger.text).message,
      /^rpc error: code = ResourceExhausted desc = trying to send message larger than max \(2900\d{3} vs\. 2097152\)$/,
    );
  }
});
