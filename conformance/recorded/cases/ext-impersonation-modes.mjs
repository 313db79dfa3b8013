// Constrained impersonation: rights by mode, what they cover, and what is said without them.
export default ({ ns }) => {
  const R = '/apis/rbac.authorization.k8s.io/v1', N = '/apis/authentication.k8s.io/v1';
  const n = (x) => `rp-ext-imp-${x}`;
  const steps = [], made = [];
  const as = (user, headers, more) => ({ method: 'POST', path: `${N}/selfsubjectreviews`, headers: { ...headers }, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }, pick: (b, r) => (r.status === 201 ? b.status.userInfo : b), token: undefined, ...more, who: user });
  // each requester is a service account of its own, so that what is remembered of one does not touch another
  const requester = (x) => [
    { name: `account ${x}`, method: 'POST', path: `/api/v1/namespaces/${ns}/serviceaccounts`, body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: x } }, pick: (b) => b.kind },
    { name: `token ${x}`, method: 'POST', path: `/api/v1/namespaces/${ns}/serviceaccounts/${x}/token`, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }, pick: (b) => b.kind, save: (b, v) => { v[x] = b.status.token; } },
  ];
  const grant = (x, rules) => { made.push(`${R}/clusterroles/${n(x)}`, `${R}/clusterrolebindings/${n(x)}`); return [
    { name: `role ${x}`, method: 'POST', path: `${R}/clusterroles`, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: n(x) }, rules }, pick: (b, r) => (r.status === 201 ? 'ok' : b) },
    { name: `binding ${x}`, method: 'POST', path: `${R}/clusterrolebindings`, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: n(x) }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: n(x) }, subjects: [{ kind: 'ServiceAccount', namespace: ns, name: x.split('-')[0] }] }, pick: (b, r) => (r.status === 201 ? 'ok' : b) },
  ]; };
  // The headers that make one another user.
  const u = (name, groups, extra, uid) => ({ 'impersonate-user': name, ...(groups && { 'impersonate-group': groups }), ...Object.fromEntries(Object.entries(extra ?? {}).map(([k, v]) => [`impersonate-extra-${k}`, v])), ...(uid && { 'impersonate-uid': uid }) });
  const tryas = (x, name, headers, more) => (v) => ({ name: `${x}: ${name}`, ...as(x, headers, { token: v[x], ...more }) });
  const a = 'authentication.k8s.io';
  const ssr = { apiGroups: [a], resources: ['selfsubjectreviews'] };
  const wait = (x, headers) => (v) => ({ compare: false, ...as(x, headers, { token: v[x], until: (b, r) => r.status === 201 }) });
  const list = { method: 'GET', path: `/api/v1/namespaces/${ns}/configmaps`, body: undefined, pick: (b, r) => (r.status === 200 ? b.kind : b) };
  // nobody: what is said by sort of user
  steps.push(...requester('none'));
  for (const [name, h] of Object.entries({ user: u('x'), group: u('x', ['g']), masters: u('x', ['system:masters']), uid: u('x', undefined, undefined, '1'), extra: u('x', undefined, { k: 'v' }), account: u(`system:serviceaccount:${ns}:default`), 'account and group': u(`system:serviceaccount:${ns}:default`, ['g']), 'bad account': u('system:serviceaccount:A:b'), node: u('system:node:n'), 'node and group': u('system:node:n', ['system:nodes']), 'bad node': u('system:node:N_'), 'no node': u('system:node:'), anonymous: u('system:anonymous') })) steps.push(tryas('none', name, h), tryas('none', `${name} lists`, h, list));
  // user-info
  steps.push(...requester('info'), ...grant('info', [{ ...ssr, verbs: ['impersonate-on:user-info:create'] }, { apiGroups: [a], resources: ['users'], verbs: ['impersonate:user-info'], resourceNames: ['x', 'y'] }, { apiGroups: [a], resources: ['groups'], verbs: ['impersonate:user-info'], resourceNames: ['g', '', 'system:masters', 'system:authenticated'] }, { apiGroups: [a], resources: ['uids'], verbs: ['impersonate:user-info'], resourceNames: ['1'] }, { apiGroups: [a], resources: ['userextras/example.com/k', 'userextras/k'], verbs: ['impersonate:user-info'], resourceNames: ['v'] }]), wait('info', u('x')));
  for (const [name, h] of Object.entries({ x: u('x'), z: u('z'), 'x in g': u('x', ['g']), 'x in h': u('x', ['h']), 'x in g, h': u('x', ['g', 'h']), 'x in masters': u('x', ['system:masters']), 'x in authenticated': u('x', ['system:authenticated']), 'x 1': u('x', undefined, undefined, '1'), 'x 2': u('x', undefined, undefined, '2'), 'x k': u('x', undefined, { 'example.com%2fk': 'v' }), 'x k w': u('x', undefined, { 'example.com%2fk': 'w' }), 'x bare k': u('x', undefined, { k: 'v' }), 'x odd host': u('x', undefined, { 'EX_%2fk': 'v' }), 'x five groups': u('x', ['g', 'g', 'g', 'g', 'h']), account: u(`system:serviceaccount:${ns}:default`), node: u('system:node:n'), anonymous: u('system:anonymous') })) steps.push(tryas('info', name, h));
  steps.push(tryas('info', 'x lists', u('x'), list));
  // all groups, all extras
  steps.push(...requester('many'), ...grant('many', [{ ...ssr, verbs: ['impersonate-on:user-info:create'] }, { apiGroups: [a], resources: ['users'], verbs: ['impersonate:user-info'] }, { apiGroups: [a], resources: ['groups'], verbs: ['impersonate:user-info'], resourceNames: ['*'] }, { apiGroups: [a], resources: ['userextras/*'], verbs: ['impersonate:user-info'], resourceNames: ['*'] }]), wait('many', u('x')), tryas('many', 'three groups', u('x', ['a', 'b', 'c'])), tryas('many', 'four groups', u('x', ['a', 'b', 'c', 'd'])), tryas('many', 'four values', u('x', undefined, { 'example.com%2fk': ['a', 'b', 'c', 'd'] })), tryas('many', 'three values', u('x', undefined, { 'example.com%2fk': ['a', 'b', 'c'] })), tryas('many', 'masters of five', u('x', ['a', 'b', 'c', 'd', 'system:masters'])));
  // nodes
  steps.push(...requester('node'), ...grant('node', [{ ...ssr, verbs: ['impersonate-on:arbitrary-node:create'] }, { apiGroups: [a], resources: ['nodes'], verbs: ['impersonate:arbitrary-node'], resourceNames: ['n'] }]), wait('node', u('system:node:n')), tryas('node', 'n', u('system:node:n')), tryas('node', 'm', u('system:node:m')), tryas('node', 'n in a group', u('system:node:n', ['system:nodes'])), tryas('node', 'n with a uid', u('system:node:n', undefined, undefined, '1')), tryas('node', 'a user', u('x')), tryas('node', 'n lists', u('system:node:n'), list));
  // accounts
  steps.push(...requester('account'), ...grant('account', [{ ...ssr, verbs: ['impersonate-on:serviceaccount:create'] }, { apiGroups: [a], resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'], resourceNames: ['default'] }]), wait('account', u(`system:serviceaccount:${ns}:default`)), tryas('account', 'default', u(`system:serviceaccount:${ns}:default`)), tryas('account', 'other', u(`system:serviceaccount:${ns}:other`)), tryas('account', 'default in a group', u(`system:serviceaccount:${ns}:default`, ['g'])), tryas('account', 'a user', u('x')));
  // only one half
  steps.push(...requester('half'), ...grant('half', [{ apiGroups: [a], resources: ['users'], verbs: ['impersonate:user-info'] }]), ...requester('other'), ...grant('other', [{ ...ssr, verbs: ['impersonate-on:user-info:create'] }]), tryas('half', 'without the right on requests', u('x')), tryas('other', 'without the right on users', u('x'), { until: (b) => !/impersonate-on/.test(b.message) }));
  // the older right, and then the newer
  steps.push(...requester('old'), ...grant('old', [{ apiGroups: [''], resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] }]), tryas('old', 'before', u('x'), { until: (b, r) => r.status === 201 }), tryas('old', 'uid', u('x', undefined, undefined, '1')), tryas('old', 'node', u('system:node:n')), tryas('old', 'account', u(`system:serviceaccount:${ns}:default`)), tryas('old', 'account in a group', u(`system:serviceaccount:${ns}:default`, ['g'])), tryas('old', 'masters', u('x', ['system:masters'])), tryas('old', 'extra', u('x', undefined, { k: 'v' })));
  // associated node
  steps.push({ name: 'a node', method: 'POST', path: '/api/v1/nodes', body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'rp-ext-imp-node' } }, pick: (b) => b.kind }, ...requester('agent'), ...grant('agent', [{ ...ssr, verbs: ['impersonate-on:associated-node:create'] }, { apiGroups: [a], resources: ['nodes'], verbs: ['impersonate:associated-node'] }]),
    { name: 'its pod', method: 'POST', path: `/api/v1/namespaces/${ns}/pods`, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'agent' }, spec: { serviceAccountName: 'agent', nodeName: 'rp-ext-imp-node', containers: [{ name: 'a', image: 'b' }] } }, pick: (b) => b.kind },
    { name: 'bound token', method: 'POST', path: `/api/v1/namespaces/${ns}/serviceaccounts/agent/token`, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'agent' } } }, pick: (b) => b.kind, save: (b, v) => { v.agent = b.status.token; } },
    tryas('agent', 'its node', u('system:node:rp-ext-imp-node'), { until: (b, r) => r.status === 201 }), tryas('agent', 'another node', u('system:node:other')), tryas('agent', 'its node lists', u('system:node:rp-ext-imp-node'), list), tryas('agent', 'its node in a group', u('system:node:rp-ext-imp-node', ['system:nodes'])));
  made.push('/api/v1/nodes/rp-ext-imp-node');
  const out = [...made.map((path) => ({ compare: false, method: 'DELETE', path })), ...steps.map((s) => (typeof s === 'function' ? (v) => { const { who, ...rest } = s(v); return rest; } : s))];
  out.cleanup = made;
  return out;
};
