import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../api/meta/object.ts';
import { reconcilePolicy } from './policy-reconciliation.ts';

const metadata = {
  name: 'r',
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};
const role: KubeObject = {
  metadata,
  rules: [
    { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] },
    { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez'] },
  ],
};
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' };
const [ann, bob] = ['ann', 'bob'].map((name) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name }));
const binding: KubeObject = { metadata, roleRef, subjects: [ann] };

test('what a role of the policy has lost comes again, a rule for each right, and what was added stays', () => {
  equal(reconcilePolicy(role, role).operation, 'none');
  const own = { verbs: ['*'], apiGroups: ['example.com'], resources: ['things'] };
  const present = {
    metadata,
    rules: [own, { verbs: ['get'], apiGroups: ['', 'more'], resources: ['*'] }, { verbs: ['get'], nonResourceURLs: ['/live*'] }],
  };
  const { operation, object } = reconcilePolicy(present, role);
  equal(operation, 'update');
  deepEqual(object['rules'].slice(3), [
    { verbs: ['list'], apiGroups: [''], resources: ['pods'] },
    { verbs: ['list'], apiGroups: [''], resources: ['pods/log'] },
    { verbs: ['get'], nonResourceURLs: ['/healthz'] },
  ]);
  deepEqual(object['rules'].slice(0, 3), present.rules);
});

test('labels and annotations come again; whoever wants none of it says so', () => {
  const bare = { metadata: { name: 'r', labels: { own: '1' } }, rules: role['rules'] };
  deepEqual(reconcilePolicy(bare, role).object.metadata!.labels, { 'kubernetes.io/bootstrapping': 'rbac-defaults', own: '1' });
  const left = { metadata: { name: 'r', annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } }, rules: [] };
  equal(reconcilePolicy(left, role).operation, 'none');
});

test('the rules of a role that is put together of others are nobody’s here, but its selectors', () => {
  const selectors = (name: string) => ({ clusterRoleSelectors: [{ matchLabels: { [name]: 'true' } }] });
  const gathered = { metadata, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }], aggregationRule: selectors('a') };
  equal(reconcilePolicy(gathered, { metadata, aggregationRule: selectors('a') }).operation, 'none');
  const { object } = reconcilePolicy(gathered, { metadata, rules: role['rules'], aggregationRule: selectors('b') });
  deepEqual([object['rules'], object['aggregationRule'].clusterRoleSelectors.length], [gathered.rules, 2]);
});

test('a binding gets its subjects again, and is made anew where it names another role', () => {
  deepEqual(reconcilePolicy({ ...binding, subjects: [bob] }, binding).object['subjects'], [bob, ann]);
  deepEqual(reconcilePolicy({ metadata, roleRef }, binding).object['subjects'], [ann]);
  const { operation, object } = reconcilePolicy({ ...binding, subjects: [bob], roleRef: { ...roleRef, name: 'view' } }, binding);
  deepEqual([operation, object['subjects']], ['recreate', [ann]]);
});
