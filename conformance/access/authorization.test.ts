import { deepStrictEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type RunningCluster, root, startCluster } from '../harness/cluster.ts';
import { requester } from './requester.ts';

const alice = 'alicetoken';
const boom = "!has(request.resourceAttributes) || request.resourceAttributes.namespace != 'boom' || request.extra['x'][0] == 'y'";
const asked: any[] = [];
/** Answers by the namespace that a review is about. */
const verdicts: Readonly<Record<string, object>> = {
  yes: { allowed: true, reason: 'because yes' },
  no: { allowed: false, denied: true, reason: 'because no' },
  both: { allowed: true, denied: true },
};
const webhook = http.createServer(async (request, response) => {
  const review: any = await json(request);
  asked.push(review);
  const { namespace } = review.spec.resourceAttributes ?? {};
  if (namespace === 'broken') return void response.writeHead(403).end('nope');
  if (namespace === 'junk') return void response.end('junk');
  response.end(JSON.stringify({ ...review, status: verdicts[namespace] ?? { allowed: false, reason: 'dunno' } }));
});

let folder: string;
let cluster: RunningCluster;
let client: Awaited<ReturnType<typeof requester>>;

const configure = (failurePolicy: string) =>
  writeFile(
    join(folder, 'authorization.json'),
    JSON.stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthorizationConfiguration',
      authorizers: [
        {
          type: 'Webhook',
          name: 'first',
          webhook: {
            timeout: '3s',
            authorizedTTL: '5m',
            unauthorizedTTL: '30s',
            subjectAccessReviewVersion: 'v1',
            matchConditionSubjectAccessReviewVersion: 'v1',
            failurePolicy,
            connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: join(folder, 'webhook.json') },
            matchConditions: [
              { expression: "request.user == 'alice'" },
              { expression: "!has(request.resourceAttributes) || request.resourceAttributes.namespace != 'skip'" },
              { expression: boom },
            ],
          },
        },
        { type: 'Node', name: 'node' },
        { type: 'RBAC', name: 'rbac' },
      ],
    }),
  );

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orrery-authorization-'));
  webhook.listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  const server = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/review`;
  const context = { contexts: [{ name: 'c', context: { cluster: 'c', user: '' } }], 'current-context': 'c' };
  await writeFile(join(folder, 'webhook.json'), JSON.stringify({ clusters: [{ name: 'c', cluster: { server } }], users: [], ...context }));
  await configure('NoOpinion');
  cluster = await startCluster({
    flags: [
      ...['--memory', '--nodes', '0', '--components', 'apiserver', '--authorization-config', join(folder, 'authorization.json')],
      ...['--token-auth-file', join(root, 'conformance/recorded/tokens.csv')],
    ],
  });
  client = await requester(cluster.kubeconfig);
});

after(async () => {
  client?.[Symbol.dispose]();
  await cluster?.[Symbol.asyncDispose]();
  webhook.closeAllConnections();
  webhook.close();
  await rm(folder, { recursive: true, force: true });
});

const pods = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`;

async function review(namespace: string): Promise<any> {
  const resourceAttributes = { namespace, verb: 'list', resource: 'pods' };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  return (await client.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { token: alice, body })).body.status;
}

const junk =
  'couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
const failures: [namespace: string, error: string][] = [
  ['broken', 'nope'],
  ['junk', junk],
  ['boom', `cel evaluation error: expression '${boom}' resulted in error: no such key: x`],
];

test('a webhook decides where its conditions hold, and the next authorizer where it has no opinion', async () => {
  const forbidden = (namespace: string, reason = '') =>
    `pods is forbidden: User "alice" cannot list resource "pods" in API group "" in the namespace "${namespace}"${reason}`;
  const cases: [namespace: string, answer: [number, string?], status: object][] = [
    ['yes', [200, undefined], { allowed: true, reason: 'because yes' }],
    ['no', [403, forbidden('no', ': because no')], { allowed: false, denied: true, reason: 'because no' }],
    ['dunno', [403, forbidden('dunno', ': dunno')], { allowed: false, reason: 'dunno' }],
    ['skip', [403, forbidden('skip')], { allowed: false }],
  ];
  for (const [namespace, expected, status] of cases) {
    const answer = await client.ask('GET', pods(namespace), { token: alice });
    deepStrictEqual([answer.status, answer.body.message], expected);
    deepStrictEqual(await review(namespace), status);
  }
  for (const [namespace, evaluationError] of failures) {
    deepStrictEqual(await review(namespace), { allowed: false, evaluationError });
    const { status, body } = await client.ask('GET', pods(namespace), { token: alice });
    deepStrictEqual([status, body], [500, `Internal Server Error: "${pods(namespace)}": ${evaluationError}\n`]);
  }
  const both = 'webhook subject access review returned both allow and deny response';
  deepStrictEqual(await review('both'), { allowed: false, denied: true, evaluationError: both });
  const rules = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } };
  const { body } = await client.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { token: alice, body: rules });
  deepStrictEqual(
    [body.status.incomplete, body.status.evaluationError],
    [true, 'webhook authorizer does not support user rule resolution'],
  );
});

test('the webhook is told what is asked, with what a list is limited to, and only once for as long as it said', async () => {
  asked.length = 0;
  const query = 'fieldSelector=spec.nodeName%3Dx,status.phase!%3DRunning&labelSelector=a%3Db,c,!d,e+notin+(f,g)';
  const get = (path: string) => client.ask('GET', path, { token: alice });
  for (let i = 0; i < 2; i++) await get(`${pods('a')}?${query}`);
  await get(`${pods('a')}/x/log`);
  await get('/foo/bar');
  await get(`${pods('a')}?fieldSelector=bad(&labelSelector=((`);
  const alone = { user: 'alice', groups: ['dev', 'system:authenticated'], uid: 'alice' };
  const list = { namespace: 'a', verb: 'list', version: 'v1', resource: 'pods' };
  const fieldSelector = {
    requirements: [
      { key: 'spec.nodeName', operator: 'In', values: ['x'] },
      { key: 'status.phase', operator: 'NotIn', values: ['Running'] },
    ],
  };
  const labelSelector = {
    requirements: [
      { key: 'a', operator: 'In', values: ['b'] },
      { key: 'c', operator: 'Exists' },
      { key: 'd', operator: 'DoesNotExist' },
      { key: 'e', operator: 'NotIn', values: ['f', 'g'] },
    ],
  };
  const specs = [
    { resourceAttributes: { ...list, fieldSelector, labelSelector } },
    { resourceAttributes: { namespace: 'a', verb: 'get', version: 'v1', resource: 'pods', subresource: 'log', name: 'x' } },
    { nonResourceAttributes: { path: '/foo/bar', verb: 'get' } },
    { resourceAttributes: list },
  ];
  const review = { kind: 'SubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, status: { allowed: false } };
  deepStrictEqual(
    asked,
    specs.map((spec) => ({ ...review, spec: { ...spec, ...alone } })),
  );
});

test('a new configuration is taken in, and its failure policy denies', async () => {
  await configure('Deny');
  let status = await review('broken');
  while (!status.denied) status = await review('broken');
  for (const [namespace, evaluationError] of failures)
    deepStrictEqual(await review(namespace), { allowed: false, denied: true, evaluationError });
  equal((await client.ask('GET', pods('yes'), { token: alice })).status, 200);
});
