import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { bootstrapFlowControl } from '../../auth/bootstrap/flow-control.ts';
import type { Client } from '../../client/client.ts';
import { VirtualClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { fairness } from '../filters/fairness.ts';
import { parseRequestInfo } from '../filters/request-info.ts';
import { ServerContext } from '../request-context.ts';
import { FlowControl } from './flow-control.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
const withDefaults = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, uid: object.metadata!.name!, generation: 1 },
});

/** Flow control over the bootstrap objects and further ones; `written` is what it has written. */
async function follow(further: readonly KubeObject[] = [], seats = 600) {
  const objects = [...bootstrapFlowControl(), ...further].map(withDefaults);
  const stop = new AbortController();
  const written: string[] = [];
  const write = (verb: string) => async (_: string, object: any) => written.push(`${verb} ${object.metadata?.name ?? object}`);
  const client = {
    resource: ({ kind }: { kind: string }) => ({
      list: async () => ({ items: objects.filter((object: KubeObject) => object.kind === kind), metadata: { resourceVersion: '1' } }),
      watch: async function* () {
        await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
      },
      create: write('create'),
      update: write('update'),
      delete: write('delete'),
      patch: async (_: string, name: string) => written.push(`status ${name}`),
    }),
  } as unknown as Client;
  const clock = new VirtualClock();
  const control = new FlowControl({ clock, logger: silentLogger, seats, objects: () => ({ count: 1000, bytes: 2_000_000 }) });
  await control.follow(client, stop.signal);
  return { clock, control, written, [Symbol.dispose]: () => stop.abort() };
}

function contextOf(url: string, username: string, groups: string[], method = 'GET'): ServerContext {
  const [path, query] = url.split('?') as [string, string?];
  const leaving = new AbortController();
  const parameters = new URLSearchParams(query);
  const request = { method, path, query: parameters, headers: {}, readBody: async () => Buffer.alloc(0), signal: leaving.signal };
  const context = new ServerContext(request, 0);
  context.info = parseRequestInfo(method, path, parameters)!;
  context.user = { username, groups };
  return context;
}

test('requests are ranked as by the bootstrap objects, and by the mandatory ones before those are known', async () => {
  const classify = (control: FlowControl, url: string, username: string, groups: string[]) => {
    const { name, level } = control.classify(contextOf(url, username, groups));
    return `${name} ${level.name}`;
  };
  const early = new FlowControl({ clock: new VirtualClock(), logger: silentLogger, seats: 600, objects: () => undefined });
  assert.equal(classify(early, '/api/v1/pods', 'a', ['system:authenticated']), 'catch-all catch-all');
  assert.equal(classify(early, '/api/v1/pods', 'root', ['system:masters']), 'exempt exempt');
  using followed = await follow();
  const { control } = followed;
  const account = ['system:serviceaccounts', 'system:authenticated'];
  assert.equal(classify(control, '/api/v1/pods', 'root', ['system:masters', 'system:authenticated']), 'exempt exempt');
  assert.equal(classify(control, '/healthz', 'system:anonymous', ['system:unauthenticated']), 'probes exempt');
  assert.equal(classify(control, '/readyz/ping', 'system:anonymous', ['system:unauthenticated']), 'probes exempt');
  assert.equal(classify(control, '/api/v1/pods', 'system:node:n', ['system:nodes', 'system:authenticated']), 'system-nodes system');
  assert.equal(classify(control, '/api/v1/pods', 'system:serviceaccount:x:y', account), 'service-accounts workload-low');
  assert.equal(classify(control, '/api/v1/pods', 'alice', ['system:authenticated']), 'global-default global-default');
  assert.equal(classify(control, '/api/v1/pods', 'stranger', []), 'catch-all catch-all');
});

test('levels have the seats of kube-apiserver, lend them, and get back what they use', async () => {
  using followed = await follow();
  const { control, clock } = followed;
  const seats = () => Object.fromEntries(control.state().levels.map((level) => [level.name, level.seats]));
  // As kube-apiserver's metrics say with nobody there.
  assert.deepEqual(
    control.state().levels.map(({ name, limits, maxSeats }) => [name, limits.nominal, limits.least, limits.most, maxSeats]),
    [
      ['catch-all', 13, 13, 613, 0],
      ['exempt', 0, 0, 600, 0],
      ['global-default', 49, 24, 649, 8],
      ['leader-election', 25, 25, 625, 4],
      ['node-high', 98, 73, 698, 15],
      ['system', 74, 50, 674, 12],
      ['workload-high', 98, 49, 698, 15],
      ['workload-low', 245, 24, 845, 37],
    ],
  );
  const idle = {
    'catch-all': 30,
    exempt: 0,
    'global-default': 56,
    'leader-election': 58,
    'node-high': 170,
    system: 117,
    'workload-high': 114,
    'workload-low': 56,
  };
  assert.deepEqual(seats(), idle);
  const schema = control.classify(contextOf('/api/v1/pods', 'system:serviceaccount:a:b', ['system:serviceaccounts']));
  const requests = Array.from({ length: 300 }, () =>
    control.admit(contextOf('/api/v1/namespaces/x/pods/y', 'system:serviceaccount:a:b', ['system:serviceaccounts']), schema),
  );
  assert.equal(requests.filter(({ state }) => state === 'executing').length, 56);
  await clock.advance(10_000);
  assert.ok(seats()['workload-low']! > 245, 'what it wants and others do not use');
  assert.equal(requests.filter(({ state }) => state === 'executing').length, Math.min(300, seats()['workload-low']!));
  for (const request of requests) if (request.state === 'executing') control.finish(request, schema.level);
  assert.equal(schema.level.set.idle, true);
  assert.equal(schema.level.set.seatsInUse, 0);
});

test('a greedy flow waits behind one that asks for little', async () => {
  const flow = {
    apiVersion,
    kind: 'FlowSchema',
    metadata: { name: 'both' },
    spec: {
      priorityLevelConfiguration: { name: 'narrow' },
      matchingPrecedence: 50,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'both' } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }],
        },
      ],
    },
  };
  const level = {
    apiVersion,
    kind: 'PriorityLevelConfiguration',
    metadata: { name: 'narrow' },
    spec: {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 5,
        borrowingLimitPercent: 0,
        limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 4, queueLengthLimit: 3 } },
      },
    },
  };
  using followed = await follow([flow, level], 100);
  const { control, clock } = followed;
  const answers: (() => void)[] = [];
  const order: string[] = [];
  const stage = fairness(control);
  const ask = (name: string, url = '/api/v1/namespaces/x/pods/y'): Promise<number> => {
    const context = contextOf(url, name.split(' ')[0]!, ['both']);
    if (url.includes('timeout')) context.timeLimit = 4000;
    const answer = stage(context, () => {
      order.push(name);
      return new Promise((resolve) => answers.push(() => resolve({ type: 'raw', status: 200, contentType: '', body: '' })));
    });
    return Promise.resolve(answer).then((is) => (is.type === 'raw' ? is.status : 0));
  };
  const greedy = Array.from({ length: 30 }, (_, i) => ask(`greedy ${i}`));
  // Two seats, and four queues of three.
  assert.deepEqual(order, ['greedy 0', 'greedy 1']);
  assert.deepEqual(await Promise.all(greedy.slice(14)), Array(16).fill(429));
  const modest = ask('modest');
  const answerOne = async () => {
    await clock.advance(3);
    answers.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (let i = 0; i < 5; i++) await answerOne();
  // The greedy one's four queues have had their turns as well.
  assert.ok(order.slice(2).includes('modest'), order.join());
  // Whoever has a deadline waits a quarter of it.
  const impatient = ask('impatient', '/api/v1/namespaces/x/pods/y?timeout=4s');
  await clock.advance(900);
  assert.equal(control.state().levels.find(({ name }) => name === 'narrow')!.set.waitingCount, 9);
  await clock.advance(100);
  assert.equal(await impatient, 429);
  while (answers.length > 0) await answerOne();
  assert.equal(await modest, 200);
  assert.deepEqual(await Promise.all(greedy.slice(0, 14)), Array(14).fill(200));
  const { set } = control.state().levels.find(({ name }) => name === 'narrow')!;
  assert.deepEqual([set.idle, set.seatsInUse, set.dispatchedCount, set.rejectedCount], [true, 0, 15, 17]);
});

test('seats are taken by what a list holds in memory and by how many watch what is written', async () => {
  using followed = await follow();
  const { control } = followed;
  const seatsOf = (url: string, method = 'GET') => {
    const context = contextOf(url, 'alice', ['system:authenticated'], method);
    const request = control.admit(context, control.classify(context));
    control.finish(request, control.classify(context).level);
    return [request.work.initialSeats, request.work.finalSeats, request.work.additionalLatencyMs];
  };
  // 1,000 objects of 2 kB; a request of the level has 8 seats at most.
  assert.deepEqual(seatsOf('/api/v1/pods'), [8, 0, 0]);
  assert.deepEqual(seatsOf('/api/v1/pods?limit=200'), [4, 0, 0]);
  assert.deepEqual(seatsOf('/api/v1/pods?limit=10'), [1, 0, 0]);
  assert.deepEqual(seatsOf('/api/v1/pods?watch=true&resourceVersion=0'), [8, 0, 0]);
  assert.deepEqual(seatsOf('/api/v1/pods?watch=true&resourceVersion=7'), [1, 0, 0]);
  assert.deepEqual(seatsOf('/api/v1/namespaces/x/pods?fieldSelector=metadata.name%3Dy'), [1, 0, 0]);
  assert.deepEqual(seatsOf('/api/v1/namespaces/x/pods/y'), [1, 0, 0]);
  assert.deepEqual(seatsOf('/api/v1/namespaces/x/pods', 'POST'), [1, 0, 0]);
  const stops = Array.from({ length: 25 }, (_, i) => {
    const context = contextOf(`/api/v1/pods?watch=true${i < 5 ? '&fieldSelector=spec.nodeName%3Dn' : ''}`, 'alice', []);
    const answer = control.watches.counted({ type: 'watch', definition: undefined as never, start: () => () => {} }, context);
    return answer.type === 'watch' ? answer.start({ events() {}, end() {} }) : undefined;
  });
  assert.deepEqual(seatsOf('/api/v1/namespaces/x/pods', 'POST'), [1, 2, 5]);
  for (const stop of stops) stop?.();
  assert.deepEqual(seatsOf('/api/v1/namespaces/x/pods', 'POST'), [1, 0, 0]);
});

test('objects of the server are looked after by what their annotation says', async () => {
  const changed = (name: string, annotation: string | undefined, generation: number) => {
    const object = bootstrapFlowControl().find(({ metadata, kind }) => metadata!.name === name && kind === 'PriorityLevelConfiguration')!;
    const annotations: Record<string, string> = annotation === undefined ? {} : { 'apf.kubernetes.io/autoupdate-spec': annotation };
    return {
      ...object,
      metadata: { ...object.metadata, annotations, generation },
      spec: { ...object['spec'], limited: { ...object['spec'].limited, nominalConcurrencyShares: 77 } },
    };
  };
  using untouched = await follow();
  assert.deepEqual(
    untouched.written.filter((line) => !line.startsWith('status')),
    [],
  );
  // Given twice, the later one is what there is.
  using followed = await follow([
    changed('workload-low', 'true', 2),
    changed('workload-high', 'false', 2),
    changed('global-default', undefined, 2),
    {
      ...changed('system', 'true', 1),
      metadata: { name: 'of-an-older-version', annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } },
    },
  ]);
  assert.deepEqual(
    followed.written.filter((line) => !line.startsWith('status')),
    ['update workload-low', 'update global-default', 'delete of-an-older-version'],
  );
});
