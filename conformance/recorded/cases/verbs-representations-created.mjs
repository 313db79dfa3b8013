// What is only ever created has no table: reviews, tokens, evictions, bindings; it has metadata.
export default ({ ns }) => {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } };
  const P = `/api/v1/namespaces/${ns}/pods`;
  const pick = (b, r) => (r.status < 300 ? { kind: b.kind, apiVersion: b.apiVersion } : b);
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const accepts = { 'a table': table, 'a table or else': `${table},application/json`, 'a table in YAML or else': 'application/yaml;as=Table;v=v1;g=meta.k8s.io,application/json;q=0.5', metadata: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
  const posts = [
    ['an access review', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review], ['who one is', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }],
    ['a token', `/api/v1/namespaces/${ns}/serviceaccounts/default/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }], ['an eviction', `${P}/none/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'none' } }], ['a binding', `${P}/none/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'none' }, target: { kind: 'Node', name: 'n' } }], ['a binding of its own', `/api/v1/namespaces/${ns}/bindings`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'none' }, target: { kind: 'Node', name: 'n' } }],
  ];
  return posts.flatMap(([what, path, body]) => Object.entries(accepts).map(([form, accept]) => ({ name: `${what} as ${form}`, method: 'POST', path, body, headers: { accept }, pick })));
};
