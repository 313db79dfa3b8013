// Who may write what into a ResourceClaim's status: the allocation with resourceclaims/binding, devices with resourceclaims/driver of the driver's name.
export default ({ ns }) => {
  const g = 'rbac.authorization.k8s.io', A = `/apis/${g}/v1/namespaces/${ns}`, R = `/apis/${g}/v1`;
  const C = `/apis/resource.k8s.io/v1/namespaces/${ns}/resourceclaims`;
  const merge = 'application/merge-patch+json';
  const writes = { apiGroups: ['resource.k8s.io'], resources: ['resourceclaims', 'resourceclaims/status'], verbs: ['*'] };
  const drives = (verbs, ...resourceNames) => ({ apiGroups: ['resource.k8s.io'], resources: ['resourceclaims/driver'], resourceNames, verbs });
  const binds = { apiGroups: ['resource.k8s.io'], resources: ['resourceclaims/binding'], verbs: ['patch'] };
  const role = (name, rules) => ({ name: `role ${name}`, method: 'POST', path: `${A}/roles`, compare: false, body: { apiVersion: `${g}/v1`, kind: 'Role', metadata: { name }, rules } });
  const bind = (name, user) => ({ name: `${name} for ${user.replace(ns, 'NS')}`, method: 'POST', path: `${A}/rolebindings`, compare: false, body: { apiVersion: `${g}/v1`, kind: 'RoleBinding', metadata: { name: `${name}-${user.split(':').at(-1)}` }, roleRef: { apiGroup: g, kind: 'Role', name }, subjects: [{ apiGroup: g, kind: 'User', name: user }] } });
  const driver = `system:serviceaccount:${ns}:driver`;
  const on = (node) => ({ as: driver, asGroups: ['system:serviceaccounts'], headers: { 'Impersonate-Extra-authentication.kubernetes.io%2fnode-name': node } });
  const allocation = {
    devices: { results: ['d', 'e'].map((name) => ({ request: 'a', driver: `${name}.example.com`, pool: 'p', device: 'x' })) },
    nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }] },
  };
  const device = (name, a) => ({ driver: `${name}.example.com`, pool: 'p', device: 'x', data: { a } });
  const pick = (b) => (b.code ? b : b.status);
  // Authorizers hear of roles a little later.
  const until = (_, r) => r.status === 200;
  const may = (name, who) => ({ name, method: 'PATCH', path: `${C}/c/status`, query: { dryRun: 'All' }, type: merge, body: {}, pick, until, ...who });
  const status = (name, body, who) => ({ name, method: 'PATCH', path: `${C}/c/status`, type: merge, body: { status: body }, pick, ...who });
  return [
    role('writer', [writes]), bind('writer', 'wanda'), bind('writer', 'dora'), bind('writer', driver),
    role('every-driver', [drives(['arbitrary-node:patch'], 'd.example.com', 'e.example.com')]), bind('every-driver', 'dora'),
    role('driver-of-node', [drives(['associated-node:patch'], 'd.example.com')]), bind('driver-of-node', driver),
    { name: 'a claim', method: 'POST', path: C, compare: false, body: { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name: 'c' }, spec: { devices: { requests: [{ name: 'a', exactly: { deviceClassName: 'k', allocationMode: 'ExactCount', count: 2 } }] } } } },
    may('wanda may write statuses', { as: 'wanda' }), may('dora may', { as: 'dora' }), may('a service account may', on('n1')),
    status('an allocation without the right to bind', { allocation }, { as: 'wanda' }),
    status('an allocation', { allocation }),
    status('a reservation without the right to bind', { reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] }, { as: 'wanda' }),
    { name: 'other things need no right to bind', method: 'PATCH', path: `${C}/c/status`, type: merge, body: { metadata: { labels: { a: 'b' } } }, pick, as: 'wanda' },
    status('devices without the right of a driver', { devices: [device('d', 1)] }, { as: 'wanda' }),
    status('devices of two drivers without the right', { devices: [device('e', 1), device('d', 1)] }, { as: 'wanda' }),
    status('missing rights are told of before what else is wrong', { reservedFor: [{ resource: '', name: 'p', uid: '' }], devices: [device('d', 1), device('f', 1)] }, { as: 'wanda' }),
    status('devices with the right of drivers on any node', { devices: [device('d', 1), device('e', 1)] }, { as: 'dora', until }),
    status('devices taken away without the right', { devices: null }, { as: 'wanda' }),
    status('devices by a driver on another node', { devices: [device('d', 2), device('e', 1)] }, on('n2')),
    status('devices by a driver on the node', { devices: [device('d', 2), device('e', 1)] }, { ...on('n1'), until }),
    status('devices of another driver on the node', { devices: [device('d', 2), device('e', 2)] }, on('n1')),
    { name: 'an applied device', method: 'PATCH', path: `${C}/c/status`, query: { fieldManager: 'q', force: 'true' }, type: 'application/apply-patch+yaml', body: { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name: 'c' }, status: { devices: [device('e', 3)] } }, pick, ...on('n1') },
    status('a deallocation without the right to bind', { allocation: null, devices: null }, { as: 'wanda' }),
    { name: 'a right in a namespace is none to bind', method: 'POST', path: `${A}/roles`, compare: false, body: { apiVersion: `${g}/v1`, kind: 'Role', metadata: { name: 'binder' }, rules: [binds] } },
    bind('binder', 'wanda'),
    status('the right to bind is asked of the cluster', { reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] }, { as: 'wanda' }),
    { name: 'a cluster role', method: 'POST', path: `${R}/clusterroles`, compare: false, body: { apiVersion: `${g}/v1`, kind: 'ClusterRole', metadata: { name: `${ns}-binder` }, rules: [binds] } },
    { name: 'and its binding', method: 'POST', path: `${R}/clusterrolebindings`, compare: false, body: { apiVersion: `${g}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `${ns}-binder` }, roleRef: { apiGroup: g, kind: 'ClusterRole', name: `${ns}-binder` }, subjects: [{ apiGroup: g, kind: 'User', name: 'wanda' }] } },
    status('a reservation with the right to bind', { reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] }, { as: 'wanda', until }),
    { name: 'clear the binding', method: 'DELETE', path: `${R}/clusterrolebindings/${ns}-binder`, compare: false },
    { name: 'clear the role', method: 'DELETE', path: `${R}/clusterroles/${ns}-binder`, compare: false },
    { name: 'clear', method: 'DELETE', path: `${C}/c`, compare: false },
  ];
};
