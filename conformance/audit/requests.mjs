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

export const requests = [
  { name: 'namespace', method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'audited', labels: restricted } } },
  {
    name: 'service account',
    method: 'POST',
    path: '/api/v1/namespaces/audited/serviceaccounts',
    body: { metadata: { name: 'default' } },
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
  { name: 'refused impersonation', method: 'GET', path: `${maps}/a`, as: 'alicetoken', headers: { 'impersonate-user': 'bob' } },
  { name: 'path', method: 'GET', path: '/apis?x=1', as: 'alicetoken' },
  { name: 'path that nobody serves', method: 'GET', path: '/nothing' },
  { name: 'path that is not audited', method: 'GET', path: '/version' },
  { name: 'no such resource', method: 'GET', path: '/api/v1/nothings' },
  { name: 'proxied', method: 'GET', path: '/api', headers: { 'x-forwarded-for': '10.1.2.3, 10.1.2.4', 'x-real-ip': '10.9.9.9' } },
  { name: 'watch', method: 'GET', path: `${maps}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dnone` },
  { name: 'delete with options', method: 'DELETE', path: `${maps}/a`, body: { gracePeriodSeconds: 0, propagationPolicy: 'Background' } },
  { name: 'delete', method: 'DELETE', path: `${maps}/trimmed` },
  { name: 'delete of many', method: 'DELETE', path: maps },
  { name: 'delete of the namespace', method: 'DELETE', path: '/api/v1/namespaces/audited' },
].map((request, index) => ({ as: 'admintoken', ...request, agent: `audited/${index}`, type: json }));
