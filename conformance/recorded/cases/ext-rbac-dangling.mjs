// Bindings of roles that there are not: what escalation and reviews tell of them; rules about paths that a RoleBinding gives.
export default ({ ns }) => {
  const R = '/apis/rbac.authorization.k8s.io/v1', N = `${R}/namespaces/${ns}`;
  const rb = (name, who, roleRef) => ({ compare: false, method: 'POST', path: `${N}/rolebindings`, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: who }], roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef } } });
  const role = (name, rules) => ({ compare: false, method: 'POST', path: `${N}/roles`, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules } });
  const crole = (name, rules) => ({ compare: false, method: 'POST', path: `${R}/clusterroles`, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: `rp-ext-rbac-dangling-${name}` }, rules } });
  const try_ = (name, as, rules, more) => ({ name, method: 'POST', path: `${N}/roles`, query: { dryRun: 'All' }, as, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'new' }, rules }, pick: (b, r) => (r.status === 201 ? 'ok' : b), ...more });
  const pods = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  const steps = [
    { compare: false, method: 'DELETE', path: `${R}/clusterroles/rp-ext-rbac-dangling-url` },
    role('maker', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] }]), crole('url', [{ nonResourceURLs: ['/rp'], verbs: ['get'] }]),
    ...['one', 'two', 'none', 'three', 'four'].map((x) => rb(`m-${x}`, `rp-${x}`, { kind: 'Role', name: 'maker' })),
    rb('a', 'rp-one', { kind: 'Role', name: 'gone' }), rb('b', 'rp-two', { kind: 'Role', name: 'gone' }), rb('c', 'rp-two', { kind: 'ClusterRole', name: 'gone' }), rb('d', 'rp-two', { kind: 'Role', name: 'gone' }), rb('e', 'rp-three', { kind: 'ClusterRole', name: 'gone' }), rb('f', 'rp-four', { kind: 'ClusterRole', name: 'gone2' }), rb('g', 'rp-four', { kind: 'Role', name: 'gone1' }), rb('h', 'rp-four', { kind: 'Role', name: 'gone3' }), rb('u', 'rp-two', { kind: 'ClusterRole', name: 'rp-ext-rbac-dangling-url' }),
    { ...try_('wait', 'rp-two', pods), compare: false, until: (b) => /escalate|not found/.test(JSON.stringify(b)), pick: undefined },
    try_('none', 'rp-none', pods), try_('one', 'rp-one', pods), try_('two', 'rp-two', pods), try_('three', 'rp-three', pods), try_('four', 'rp-four', pods),
    { name: 'bind urls', method: 'POST', path: `${N}/rolebindings`, query: { dryRun: 'All' }, as: 'rp-two', body: rb('x', 'y', { kind: 'ClusterRole', name: 'rp-ext-rbac-dangling-url' }).body, pick: (b, r) => (r.status === 201 ? 'ok' : b) },
    { name: 'bind urls without', method: 'POST', path: `${N}/rolebindings`, query: { dryRun: 'All' }, as: 'rp-none', body: rb('x', 'y', { kind: 'ClusterRole', name: 'rp-ext-rbac-dangling-url' }).body, pick: (b, r) => (r.status === 201 ? 'ok' : b) },
    { name: 'review', method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews', body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: 'rp-one', resourceAttributes: { namespace: ns, verb: 'get', resource: 'pods' } } }, pick: (b) => b.status },
    { name: 'rules of a node with a missing role', method: 'POST', path: `${N}/rolebindings`, body: { ...rb('n', 'system:node:n1', { kind: 'Role', name: 'gone' }).body }, pick: (b, r) => r.status },
    { name: 'a node', method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', as: 'system:node:n1', asGroups: ['system:nodes'], body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: ns } }, until: (b) => b.status.evaluationError?.includes('gone'), pick: (b) => b.status.evaluationError },
  ];
  steps.cleanup = [`${R}/clusterroles/rp-ext-rbac-dangling-url`];
  return steps;
};
