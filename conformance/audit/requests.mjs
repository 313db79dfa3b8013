/** What is sent, in order; `as` names the bearer token. What each request leaves in the audit log stands in events.json. */
const json = 'application/json';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const maps = '/api/v1/namespaces/audited/configmaps';
const pods = '/api/v1/namespaces/audited/pods';
const restricted = { 'pod-security.kubernetes.io/audit': 'restricted', 'pod-security.kubernetes.io/enforce': 'baseline' };
const pod = (name, more = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'registry.k8s.io/pause:3.10' }], ...more },
});

const registration = '/apis/admissionregistration.k8s.io/v1';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const judged = { matchLabels: { judged: 'yes' } };
const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
/** `https://webhook` stands for the server that plays the webhooks, `AUTHORITY` for its authority. */
const webhook = (name, url, more = {}) => ({
  name: `${name}.audited.example`,
  clientConfig: { url, caBundle: 'AUTHORITY' },
  rules: [rule],
  objectSelector: judged,
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
});
const nobody = 'https://127.0.0.1:1/';
const ignored = { failurePolicy: 'Ignore' };

/** What the webhooks answer, by their paths. */
export const webhooks = {
  '/label': () => ({
    allowed: true,
    auditAnnotations: { seen: 'by <label>', 'not a key': 'x' },
    patchType: 'JSONPatch',
    patch: Buffer.from('[{"path":"/metadata/labels/added","op":"add","value":"a"}]').toString('base64'),
  }),
  '/pass': () => ({ allowed: true, auditAnnotations: { seen: 'by pass' } }),
};

const policies = `${registration}/validatingadmissionpolicies`;
const policyBindings = `${registration}/validatingadmissionpolicybindings`;
const mutating = `${registration}/mutatingwebhookconfigurations`;
const validating = `${registration}/validatingwebhookconfigurations`;

export const requests = [
  { name: 'namespace', method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'audited', labels: restricted } } },
  {
    name: 'service account',
    method: 'POST',
    path: '/api/v1/namespaces/audited/serviceaccounts',
    body: { metadata: { name: 'default' } },
  },
  {
    name: 'role of who may become bob to read',
    method: 'POST',
    path: `${rbac}/clusterroles`,
    body: {
      metadata: { name: 'audited' },
      rules: [
        { apiGroups: ['authentication.k8s.io'], resources: ['users'], resourceNames: ['bob'], verbs: ['impersonate:user-info'] },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['impersonate-on:user-info:get'] },
      ],
    },
  },
  {
    name: 'binding of the role',
    method: 'POST',
    path: `${rbac}/clusterrolebindings`,
    body: {
      metadata: { name: 'audited' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'audited' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' }],
    },
  },
  {
    name: 'policy',
    method: 'POST',
    path: policies,
    body: {
      metadata: { name: 'audited' },
      spec: {
        matchConstraints: { objectSelector: judged, resourceRules: [rule] },
        validations: [{ expression: 'true' }, { expression: "object.data.size == 'small'", message: 'must be <small>' }],
        auditAnnotations: [
          { key: 'size', valueExpression: "'size ' + object.data.size" },
          { key: 'none', valueExpression: 'null' },
        ],
      },
    },
  },
  {
    name: 'binding of the policy',
    method: 'POST',
    path: policyBindings,
    body: { metadata: { name: 'bound' }, spec: { policyName: 'audited', validationActions: ['Warn', 'Audit'] } },
  },
  {
    name: 'mutating webhooks',
    method: 'POST',
    path: mutating,
    body: {
      metadata: { name: 'audited' },
      webhooks: [webhook('pass', 'https://webhook/pass'), webhook('gone', nobody, ignored), webhook('label', 'https://webhook/label')],
    },
  },
  {
    name: 'validating webhooks',
    method: 'POST',
    path: validating,
    body: { metadata: { name: 'audited' }, webhooks: [webhook('vgone', nobody, ignored), webhook('vpass', 'https://webhook/pass')] },
  },
  { name: 'create with options that are invalid', method: 'POST', path: `${maps}?dryRun=no`, body: { metadata: { name: 'a' } } },
  {
    name: 'create',
    method: 'POST',
    path: `${maps}?fieldManager=m&pretty=true`,
    body: { metadata: { name: 'a' }, data: { html: '<a & b>' } },
  },
  {
    name: 'create with another name',
    method: 'POST',
    path: maps,
    body: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { generateName: 'g-' } },
  },
  { name: 'create that exists', method: 'POST', path: maps, body: { metadata: { name: 'a' } } },
  { name: 'create that is invalid', method: 'POST', path: maps, body: { metadata: { name: 'A' } } },
  { name: 'create that is no JSON', method: 'POST', path: maps, text: '{' },
  { name: 'get', method: 'GET', path: `${maps}/a` },
  { name: 'get of what is not there', method: 'GET', path: `${maps}/b` },
  { name: 'get as a table', method: 'GET', path: `${maps}/a`, headers: { accept: table } },
  { name: 'get as YAML', method: 'GET', path: `${maps}/a`, headers: { accept: 'application/yaml' } },
  { name: 'list', method: 'GET', path: `${maps}?fieldSelector=metadata.name%3Da` },
  { name: 'update', method: 'PUT', path: `${maps}/a`, body: { metadata: { name: 'a', namespace: 'audited' }, data: { k: 'v' } } },
  {
    name: 'merge patch',
    method: 'PATCH',
    path: `${maps}/a`,
    headers: { 'content-type': 'application/merge-patch+json' },
    text: '{ "data": {"k": "<w>"} }',
  },
  {
    name: 'JSON patch',
    method: 'PATCH',
    path: `${maps}/a`,
    headers: { 'content-type': 'application/json-patch+json' },
    body: [{ op: 'remove', path: '/data' }],
  },
  {
    name: 'apply',
    method: 'PATCH',
    path: `${maps}/trimmed?fieldManager=applier`,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'trimmed' }, data: { k: 'v' } },
  },
  {
    name: 'apply of YAML',
    method: 'PATCH',
    path: `${maps}/yaml?fieldManager=applier`,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    text: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\n',
  },
  {
    name: 'secret',
    method: 'POST',
    path: '/api/v1/namespaces/audited/secrets',
    body: { metadata: { name: 's' }, stringData: { hidden: 'word' } },
  },
  { name: 'read of a secret', method: 'GET', path: '/api/v1/namespaces/audited/secrets/s' },
  {
    name: 'token',
    method: 'POST',
    path: '/api/v1/namespaces/audited/serviceaccounts/default/token',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  },
  { name: 'pod', method: 'POST', path: pods, body: pod('p') },
  {
    name: 'standards that are wrong',
    method: 'PATCH',
    path: '/api/v1/namespaces/audited',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { metadata: { labels: { 'pod-security.kubernetes.io/warn': 'odd' } } },
  },
  { name: 'namespace of the privileged', method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'audited-too' } } },
  {
    name: 'service account of the privileged',
    method: 'POST',
    path: '/api/v1/namespaces/audited-too/serviceaccounts',
    body: { metadata: { name: 'default' } },
  },
  { name: 'pod of the privileged', method: 'POST', path: '/api/v1/namespaces/audited-too/pods', body: pod('p') },
  { name: 'pod that is refused', method: 'POST', path: pods, body: pod('q', { hostNetwork: true }) },
  {
    name: 'status of a pod',
    method: 'PUT',
    path: `${pods}/p/status`,
    body: { metadata: { name: 'p' }, status: { phase: 'Running' } },
  },
  {
    name: 'eviction',
    method: 'POST',
    path: `${pods}/p/eviction`,
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p', namespace: 'audited' } },
  },
  { name: 'forbidden', method: 'GET', path: `${pods}/p`, as: 'alicetoken' },
  { name: 'unauthenticated', method: 'GET', path: `${pods}/p`, as: 'wrong' },
  { name: 'review of oneself', method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', as: 'alicetoken', body: {} },
  {
    name: 'impersonation',
    method: 'GET',
    path: `${maps}/a`,
    headers: { 'impersonate-user': 'bob', 'impersonate-group': 'dev', 'impersonate-extra-team': 'x' },
  },
  { name: 'refused impersonation', method: 'GET', path: `${maps}/a`, as: 'alicetoken', headers: { 'impersonate-user': 'carol' } },
  {
    name: 'review of a token',
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { spec: { token: 'alicetoken' } },
  },
  {
    name: 'deployment, its fields in an order of their own',
    method: 'POST',
    path: '/apis/apps/v1/namespaces/audited/deployments',
    body: {
      spec: {
        template: { spec: { containers: [{ image: 'i', name: 'c' }] }, metadata: { labels: { a: 'b' } } },
        selector: { matchLabels: { a: 'b' } },
      },
      metadata: { name: 'd' },
    },
  },
  { name: 'path', method: 'GET', path: '/apis?x=1', as: 'alicetoken' },
  { name: 'path that nobody serves', method: 'GET', path: '/nothing' },
  { name: 'path that is not audited', method: 'GET', path: '/version' },
  { name: 'no such resource', method: 'GET', path: '/api/v1/nothings' },
  { name: 'proxied', method: 'GET', path: '/api', headers: { 'x-forwarded-for': '10.1.2.3, 10.1.2.4', 'x-real-ip': '10.9.9.9' } },
  { name: 'watch', method: 'GET', path: `${maps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone` },
  {
    name: 'create that policies and webhooks see',
    method: 'POST',
    path: maps,
    body: { metadata: { name: 'judged', labels: { judged: 'yes' } }, data: { size: 'large' } },
  },
  { name: 'constrained impersonation', method: 'GET', path: `${maps}/a`, as: 'alicetoken', headers: { 'impersonate-user': 'bob' } },
  { name: 'end of the role', method: 'DELETE', path: `${rbac}/clusterroles/audited` },
  { name: 'end of its binding', method: 'DELETE', path: `${rbac}/clusterrolebindings/audited` },
  { name: 'what is not acceptable', method: 'GET', path: `${maps}/a`, headers: { accept: 'text/plain' } },
  { name: 'method that is not allowed', method: 'POST', path: `${maps}/a`, body: {} },
  { name: 'log of a pod that is not there', method: 'GET', path: `${pods}/none/log` },
  { name: 'dry run', method: 'POST', path: `${maps}?dryRun=All`, body: { metadata: { name: 'dry' } } },
  { name: 'end of the policy', method: 'DELETE', path: `${policies}/audited` },
  { name: 'end of the binding', method: 'DELETE', path: `${policyBindings}/bound` },
  { name: 'end of the mutating webhooks', method: 'DELETE', path: `${mutating}/audited` },
  { name: 'end of the validating webhooks', method: 'DELETE', path: `${validating}/audited` },
  { name: 'delete of what was judged', method: 'DELETE', path: `${maps}/judged` },
  { name: 'delete with options', method: 'DELETE', path: `${maps}/a`, body: { gracePeriodSeconds: 0, propagationPolicy: 'Background' } },
  { name: 'delete', method: 'DELETE', path: `${maps}/trimmed` },
  { name: 'delete of many', method: 'DELETE', path: maps },
  { name: 'delete of the namespace', method: 'DELETE', path: '/api/v1/namespaces/audited' },
].map((request, index) => ({ as: 'admintoken', ...request, agent: `audited/${index}`, type: json }));
