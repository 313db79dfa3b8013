import type { KubeObject } from '../api/meta/object.ts';
import { RbacAuthorizer } from '../src/auth/authorize/rbac.ts';
import { bootstrapPolicy } from '../src/auth/bootstrap/rbac.ts';
import type { AccessAttributes, UserInfo } from '../src/auth/types.ts';
import { median } from './processes.ts';

/*
 * What RBAC costs a request, with 2,000 bindings more than a new cluster has: `node --import tsx bench/rbac.ts`. Microseconds of a decision, the median of
 * many series: of one that was made before (as a client's requests are alike), and of one that is made for the first time (a user's, after RBAC has changed).
 */
const count = 2_000;
const series = 31;
const perSeries = 300;

const user: UserInfo = { username: 'jane', groups: ['developers', 'system:authenticated'] };
const subjects = (name: string) => [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name }];
const role = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const clusterBinding = (name: string, group: string, roleName: string): KubeObject => ({
  kind: 'ClusterRoleBinding',
  metadata: { name },
  subjects: subjects(group),
  roleRef: role('ClusterRole', roleName),
});

const crowds: Readonly<Record<string, (i: number) => readonly KubeObject[]>> = {
  'of nobody: a new cluster': () => [],
  'of other users': (i) => [clusterBinding(`b${i}`, `group-${i}`, 'view')],
  "of the user's group, in as many namespaces": (i) => [
    {
      kind: 'RoleBinding',
      metadata: { name: 'b', namespace: `ns-${i}` },
      subjects: subjects('developers'),
      roleRef: role('ClusterRole', 'edit'),
    },
  ],
  "of the user's group and one role": (i) => [clusterBinding(`b${i}`, 'developers', 'view')],
  "of the user's group, as many roles for one object each": (i) => [
    {
      kind: 'ClusterRole',
      metadata: { name: `r${i}` },
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: [`s${i}`] }],
    },
    clusterBinding(`b${i}`, 'developers', `r${i}`),
  ],
};

function microseconds(authorizer: RbacAuthorizer, userOf: () => UserInfo): number {
  const request = (i: number): AccessAttributes => ({
    user: userOf(),
    verb: 'get',
    resourceRequest: true,
    path: '',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'ns-1000',
    name: `pod-${i}`,
  });
  const taken: number[] = [];
  for (let i = 0; i < series; i++) {
    const requests = Array.from({ length: perSeries }, (_, j) => request(j));
    const start = performance.now();
    for (const each of requests) authorizer.authorize(each);
    taken.push(((performance.now() - start) * 1000) / perSeries);
  }
  return median(taken);
}

for (const [what, objects] of Object.entries(crowds)) {
  const authorizer = new RbacAuthorizer();
  for (const object of bootstrapPolicy()) authorizer.set(object);
  for (let i = 0; i < count; i++) for (const object of objects(i)) authorizer.set(object);
  const again = microseconds(authorizer, () => user);
  const first = microseconds(authorizer, () => ({ ...user }));
  console.log(`2,000 bindings ${what.padEnd(56)}${again.toFixed(2).padStart(8)} µs again${first.toFixed(2).padStart(9)} µs the first time`);
}
