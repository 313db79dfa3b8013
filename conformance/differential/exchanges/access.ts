import type { Random } from '../../../src/machinery/random.ts';
import { pick } from '../mutations.ts';
import { type Area, type Exchange, type Setting, type Turn, withBody } from './exchange.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const users = ['diff-reader', 'diff-writer', 'diff-nobody', 'system:serviceaccount:default:default', 'system:node:n', 'system:anonymous'];
const groups = [[], ['diff-group'], ['system:authenticated'], ['system:masters'], ['system:nodes'], ['system:unauthenticated']];
const verbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'impersonate',
  'bind',
  'escalate',
  'use',
  '*',
  '',
];
const resources = ['pods', 'pods/log', 'secrets', 'configmaps', 'deployments', 'nodes', 'namespaces', 'clusterroles', 'things', '*', ''];
const apiGroups = ['', '', 'apps', 'rbac.authorization.k8s.io', '*', 'none.example.com'];

const role = (rules: readonly object[], kind: string, name: string, namespace?: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  rules,
});
const binding = (kind: string, name: string, ref: string, refKind: string, subjects: readonly object[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: refKind, name: ref },
  subjects,
});
const user = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name });

function objects(namespace: string): readonly [path: string, object: object][] {
  const inside = `${rbac}/namespaces/${namespace}`;
  return [
    [
      `${rbac}/clusterroles`,
      role(
        [
          { apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list', 'watch'] },
          { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] },
        ],
        'ClusterRole',
        'diff-read',
      ),
    ],
    [`${rbac}/clusterrolebindings`, binding('ClusterRoleBinding', 'diff-read', 'diff-read', 'ClusterRole', [user('diff-reader')])],
    [
      `${inside}/roles`,
      role(
        [
          { apiGroups: ['', 'apps'], resources: ['*'], verbs: ['*'], resourceNames: ['own'] },
          { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'patch', 'update'] },
        ],
        'Role',
        'diff-write',
      ),
    ],
    [
      `${inside}/rolebindings`,
      binding('RoleBinding', 'diff-write', 'diff-write', 'Role', [
        user('diff-writer'),
        { kind: 'ServiceAccount', name: 'default', namespace: 'default' },
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'diff-group' },
      ]),
    ],
  ];
}

/** What users of every sort may do: reviews, rules, and the requests themselves under impersonation, with the words of the refusals. */
export const access: Area = {
  name: 'access',
  async prepare(servers, namespace) {
    for (const server of servers) for (const [path, object] of objects(namespace)) await server.send(withBody('POST', path, object));
  },
  async cleanUp(server) {
    for (const kind of ['clusterroles', 'clusterrolebindings']) await server.send({ method: 'DELETE', path: `${rbac}/${kind}/diff-read` });
  },
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const name = pick(random, users);
    const member = pick(random, groups);
    const resourceAttributes = {
      namespace: pick(random, [namespace, 'default', '', 'absent']),
      verb: pick(random, verbs),
      group: pick(random, apiGroups),
      resource: pick(random, resources).split('/')[0],
      ...(random.next() < 0.2 && { subresource: 'log' }),
      ...(random.next() < 0.3 && { name: pick(random, ['own', 'other', '']) }),
      ...(random.next() < 0.2 && { version: 'v1' }),
      ...(random.next() < 0.15 && {
        fieldSelector: pick<unknown>(random, [
          { rawSelector: 'metadata.name=a' },
          { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['n'] }] },
          { rawSelector: 'x', requirements: [] },
          { requirements: [{ key: '', operator: 'In' }] },
        ]),
      }),
      ...(random.next() < 0.15 && {
        labelSelector: pick<unknown>(random, [
          { rawSelector: 'a=b' },
          { requirements: [{ key: 'a', operator: 'Exists' }] },
          { requirements: [{ key: 'a', operator: 'x' }] },
        ]),
      }),
    };
    const nonResourceAttributes = {
      path: pick(random, ['/metrics', '/logs/a', '/healthz', '/api', '/', '', '*']),
      verb: pick(random, ['get', 'post', '']),
    };
    const asked = pick<object>(random, [
      { resourceAttributes },
      { resourceAttributes },
      { resourceAttributes },
      { nonResourceAttributes },
      { resourceAttributes, nonResourceAttributes },
      {},
    ]);
    const headers: Record<string, string> = { 'impersonate-user': name, ...(member.length > 0 && { 'impersonate-group': member[0]! }) };
    const authorization = '/apis/authorization.k8s.io/v1';
    const turn = (): Turn => {
      switch (pick(random, ['review', 'review', 'local', 'self', 'rules', 'request', 'request', 'request', 'bind', 'who'])) {
        case 'review':
          return withBody('POST', `${authorization}/subjectaccessreviews`, {
            spec: {
              user: random.next() < 0.9 ? name : '',
              groups: member,
              ...(random.next() < 0.1 && { uid: 'u', extra: { a: ['b'] } }),
              ...asked,
            },
          });
        case 'local':
          return withBody('POST', `${authorization}/namespaces/${namespace}/localsubjectaccessreviews`, {
            metadata: random.next() < 0.1 ? { namespace: 'other' } : {},
            spec: { user: name, groups: member, ...asked },
          });
        case 'self':
          return { ...withBody('POST', `${authorization}/selfsubjectaccessreviews`, { spec: asked }), headers };
        case 'rules':
          return {
            ...withBody('POST', `${authorization}/selfsubjectrulesreviews`, {
              spec: { namespace: pick(random, [namespace, 'default', '']) },
            }),
            headers,
          };
        case 'who':
          return { ...withBody('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}), headers };
        case 'bind':
          return {
            ...withBody(
              'POST',
              `${rbac}/namespaces/${namespace}/${pick(random, ['rolebindings', 'roles'])}?dryRun=All`,
              random.next() < 0.5
                ? role([{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }], 'Role', unique)
                : binding('RoleBinding', unique, pick(random, ['diff-write', 'absent']), 'Role', [user('x')]),
            ),
            headers: random.next() < 0.7 ? headers : {},
          };
        default: {
          const plural = pick(random, ['pods', 'configmaps', 'secrets', 'nodes', 'namespaces', 'things']);
          const scoped =
            plural === 'nodes' || plural === 'namespaces'
              ? `/api/v1/${plural}`
              : `/api/v1/namespaces/${pick(random, [namespace, 'default'])}/${plural}`;
          const path = pick(random, [
            scoped,
            `${scoped}/own`,
            `${scoped}/other`,
            `${scoped}/own/status`,
            `/api/v1/${plural}`,
            '/healthz',
            '/logs/a',
            '/nope',
            '/apis/apps/v1',
            '/apis/none.example.com/v1/x',
          ]);
          const method = pick(random, ['GET', 'GET', 'HEAD', 'DELETE', 'POST', 'PUT', 'PATCH']);
          // What is allowed is not looked at here, and changes nothing.
          return {
            method,
            path: `${path}?dryRun=All&limit=1&labelSelector=no%3Dno`,
            headers,
            ...(method !== 'GET' &&
              method !== 'HEAD' && { body: '{}', contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
          };
        }
      }
    };
    return { verb: `access of ${name}`, turns: Array.from({ length: 3 }, turn) };
  },
};
