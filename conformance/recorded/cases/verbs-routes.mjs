// Which paths are there, with which methods and types: what the router says before a resource is asked.
export default ({ ns }) => {
  const of = (method, path, more = {}) => ({ name: `${method} ${path.replace(ns, 'NS')} ${Object.values(more.headers ?? {})}`, method, path, ...more, pick: (b, r) => (method === 'HEAD' || typeof b !== 'object' ? r.status : b.kind === 'Status' ? [b.code, b.message, b.details ?? null] : b.kind ?? Object.keys(b)) });
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const pods = `/api/v1/namespaces/${ns}/pods`;
  const typed = (method, path, type) => of(method, path, { headers: { 'content-type': type }, body: '{}' });
  return [
    ...['application/json', 'text/plain', 'application/yaml', 'application/apply-patch+cbor', 'application/merge-patch+json;;'].map((type) => typed('PATCH', `${cms}/absent`, type)),
    ...['application/json;;', 'application/json; charset=utf-8', 'application/json;', 'application/json; x'].map((type) => typed('POST', `${cms}`, type)),
    typed('DELETE', `${cms}/absent`, 'application/json;;'),
    of('POST', `${cms}/one`, { headers: { accept: 'text/plain' }, body: {} }),
    of('PATCH', `${cms}/one`, { headers: { accept: 'text/plain', 'content-type': 'text/plain' }, body: '{}' }),
    ...['OPTIONS', 'HEAD', 'PATCH', 'POST'].map((method) => of(method, '/api/v1/bindings', method === 'POST' || method === 'PATCH' ? { body: {} } : {})),
    ...['OPTIONS', 'DELETE'].map((method) => of(method, '/apis/authorization.k8s.io/v1/subjectaccessreviews/x')),
    of('OPTIONS', `${cms}/a/status`), of('OPTIONS', `${cms}/a`), of('OPTIONS', `/api/v1/pods/x`),
    ...['OPTIONS', 'HEAD', 'PUT'].flatMap((method) => ['/apis', '/apis/apps', '/apis/apps/v1', '/api', '/openid/v1/jwks', '/.well-known/openid-configuration'].map((path) => of(method, path, method === 'PUT' ? { body: {} } : {}))),
    of('GET', '/openid/v1/jwks', { headers: { accept: 'application/json' } }), of('GET', '/openid/v1/jwks', { headers: { accept: '*/*' } }),
    ...['log/x', 'status/x', 'exec/x', 'binding/x'].flatMap((part) => ['GET', 'POST'].map((method) => of(method, `${pods}/absent/${part}`, method === 'POST' ? { body: {} } : {}))),
    of('GET', `/api/v1/componentstatuses/absent`), of('GET', `/api/v1/namespaces/${ns}/namespaces`, { headers: { accept: 'application/xml' } }),
    of('GET', '/openapi/v3/nope'),
    ...['a:b:c', ':80', 'absent', 'ftp:absent:80'].map((name) => of('GET', `/api/v1/namespaces/${ns}/services/${name}/proxy`)),
    ...[['Service', 'v1', 'services', { ports: [{ port: 80 }] }]].flatMap(([kind, apiVersion, plural, spec]) => ['PUT', 'PATCH'].map((method) => of(method, `/api/v1/namespaces/${ns}/${plural}/new/status`, { query: { dryRun: 'All', fieldManager: 'm' }, headers: { 'content-type': method === 'PUT' ? 'application/json' : 'application/apply-patch+yaml' }, body: { kind, apiVersion, metadata: { name: 'new' }, spec } }))),
    of('PUT', '/apis/node.k8s.io/v1/runtimeclasses/rp-new', { query: { dryRun: 'All' }, body: { metadata: { name: 'rp-new' }, handler: 'h' } }),
    of('PUT', `/apis/rbac.authorization.k8s.io/v1/clusterroles/rp-new`, { query: { dryRun: 'All' }, body: { metadata: { name: 'rp-new', resourceVersion: 'x' } } }),
    { name: 'impersonating a group alone', path: cms, asGroups: ['dev'], pick: (b, r) => [b.message, r.headers['x-content-type-options'] ?? null] },
  ];
};
