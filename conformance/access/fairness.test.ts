import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { startCluster } from '../harness/cluster.ts';
import { authority, startWebhookServer } from '../recorded/webhook-server.mjs';

const flowcontrol = '/apis/flowcontrol.apiserver.k8s.io/v1';
const dump = '/debug/api_priority_and_fairness';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request as this user, without a client that would try again. */
async function ask(session: ClientHttp2Session, token: string, method: string, path: string, body?: object): Promise<Reply> {
  const stream = session.request({
    ':method': method,
    ':path': path,
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  });
  const headers = new Promise<Record<string, any>>((resolve) => stream.once('response', resolve));
  stream.end(body && JSON.stringify(body));
  const answer = await text(stream);
  const { ':status': status, ...rest } = await headers;
  return { status, headers: rest, body: answer };
}

/**
 * Two users in one priority level with few seats, and a webhook that keeps each write for as long as the test wants. Nothing here depends on how quick
 * anything is.
 */
test('a greedy client is queued and turned away, and another one is served meanwhile', { timeout: 300_000 }, async (t) => {
  const held: (() => void)[] = [];
  let arrived: (() => void) | undefined;
  const hook = startWebhookServer({
    '/hold': () =>
      new Promise<object>((resolve) => {
        held.push(() => resolve({ allowed: true }));
        arrived?.();
      }),
  });
  const heldAtLeast = async (count: number) => {
    while (held.length < count) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  const tokens = join(tmpdir(), `orrery-fairness-${process.pid}.csv`);
  t.after(() => rm(tokens, { force: true }));
  await writeFile(tokens, 'root,root,1,"system:masters"\ngreedy,greedy,2,"shared"\nmodest,modest,3,"shared"\n');
  const flags = ['--memory', '--nodes', '0', '--components', 'apiserver', '--token-auth-file', tokens];
  // 24 seats in all; of 260 shares the level has ten, so one seat, and it may not borrow.
  await using cluster = await startCluster({
    flags: [...flags, '--max-requests-inflight', '12', '--max-mutating-requests-inflight', '12'],
  });
  const { server, authority: ca } = await readKubeconfig(cluster.kubeconfig);
  const session = connect(server, { ca });
  const as = (token: string, method: string, path: string, body?: object) => ask(session, token, method, path, body);
  const make = async (path: string, object: object) => equal((await as('root', 'POST', path, object)).status, 201);

  await make('/api/v1/namespaces', { metadata: { name: 'fair' } });
  await make('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'shared' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'shared' }],
  });
  await make('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    metadata: { name: 'hold' },
    webhooks: [
      {
        name: 'hold.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 30,
        clientConfig: { url: hook.url('/hold'), caBundle: authority },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
      },
    ],
  });
  const queuing = { queues: 8, handSize: 1, queueLengthLimit: 2 };
  await make(`${flowcontrol}/prioritylevelconfigurations`, {
    metadata: { name: 'shared' },
    spec: {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 10, borrowingLimitPercent: 0, limitResponse: { type: 'Queue', queuing } },
    },
  });
  await make(`${flowcontrol}/flowschemas`, {
    metadata: { name: 'shared' },
    spec: {
      priorityLevelConfiguration: { name: 'shared' },
      matchingPrecedence: 10,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'shared' } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] }],
        },
      ],
    },
  });
  const uidOf = async (path: string) => JSON.parse((await as('root', 'GET', path)).body).metadata.uid;
  const level = await uidOf(`${flowcontrol}/prioritylevelconfigurations/shared`);
  const schema = await uidOf(`${flowcontrol}/flowschemas/shared`);
  // The server has seen both when it names them.
  const namespace = '/api/v1/namespaces/fair/configmaps';
  while ((await as('modest', 'GET', `${namespace}/none`)).headers['x-kubernetes-pf-prioritylevel-uid'] !== level) {}

  const write = (i: number) => as('greedy', 'POST', namespace, { metadata: { name: `greedy-${i}` } });
  const first = write(0);
  await heldAtLeast(1);
  const more = [1, 2, 3, 4, 5].map(write);
  // One at work and two in its only queue; the others are told to come again.
  const refused = await Promise.race(more);
  deepEqual([refused.status, refused.body, refused.headers['retry-after']], [429, 'Too many requests, please try again later.\n', '1']);
  equal(refused.headers['x-kubernetes-pf-flowschema-uid'], schema);
  equal(refused.headers['x-kubernetes-pf-prioritylevel-uid'], level);
  const others = more.slice(0, 2);
  equal((await Promise.all(more.slice(2))).filter(({ status }) => status === 429).length, 3);

  const modest = as('modest', 'GET', '/api/v1/namespaces/fair');
  const rowOf = async () =>
    (await as('root', 'GET', `${dump}/dump_priority_levels`)).body.split('\n').find((line) => line.startsWith('shared,')) ?? '';
  const waiting = async () => Number((await rowOf()).split(/, */)[4]);
  while ((await waiting()) < 3) {}
  match(await rowOf(), /^shared, +2, +false, +false, +3, +1, +\d+, +3, +0, +0$/);
  match(
    (await as('root', 'GET', `${dump}/dump_requests?includeRequestDetails=1`)).body,
    /shared, +shared, +\d, +0, +modest, .* get, +\/api\/v1\/namespaces\/fair, /,
  );
  // Another level is not touched by all this.
  equal((await as('root', 'GET', '/api/v1/namespaces/fair')).status, 200);

  held.shift()!();
  equal((await first).status, 201);
  // One of the greedy one's has its turn before or after, never both.
  const answered = await Promise.race([modest.then(() => 'modest'), heldAtLeast(1).then(() => 'greedy')]);
  if (answered === 'greedy') held.shift()!();
  equal((await modest).status, 200);
  ok(!(await Promise.race([Promise.all(others).then(() => true), Promise.resolve(false)])), 'the greedy one still waits');
  for (let left = answered === 'greedy' ? 1 : 2; left > 0; left--) {
    await heldAtLeast(1);
    held.shift()!();
  }
  deepEqual(
    (await Promise.all(others)).map(({ status }) => status),
    [201, 201],
  );
  const metrics = (await as('root', 'GET', '/metrics')).body;
  const labels = 'flow_schema="shared",priority_level="shared"';
  match(metrics, new RegExp(`^apiserver_flowcontrol_rejected_requests_total{${labels},reason="queue-full"} 3$`, 'm'));
  match(metrics, new RegExp(`^apiserver_flowcontrol_current_inqueue_requests{${labels}} 0$`, 'm'));
  match(metrics, /^apiserver_flowcontrol_nominal_limit_seats{priority_level="shared"} 1$/m);
  await new Promise<void>((resolve) => session.close(resolve));
});

test('without priority and fairness, requests are limited by their number', { timeout: 300_000 }, async () => {
  await using cluster = await startCluster({
    flags: ['--memory', '--nodes', '0', '--components', 'apiserver', '--enable-priority-and-fairness=false'],
  });
  const { server, authority: ca, certificate: cert, key } = await readKubeconfig(cluster.kubeconfig);
  const session = connect(server, { ca, cert, key });
  const { status, headers } = await ask(session, '', 'GET', '/api/v1/namespaces/default');
  deepEqual([status, headers['x-kubernetes-pf-flowschema-uid']], [200, undefined]);
  equal((await ask(session, '', 'GET', `${dump}/dump_queues`)).status, 404);
  await new Promise<void>((resolve) => session.close(resolve));
});
