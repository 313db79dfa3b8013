// Paths whose namespace or name is empty, as clients write that were given none; paths of verbs that are gone; groups without a name.
export default ({ ns }) => {
  const bodies = { POST: {}, PUT: {}, PATCH: {} };
  const ask = (method, path, pick) => ({
    name: `${method} ${path.replace(ns, 'NS')}`,
    method,
    path,
    query: method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { dryRun: 'All' },
    ...(bodies[method] && { body: bodies[method] }),
    ...(method === 'PATCH' && { type: 'application/merge-patch+json' }),
    pick: pick ?? ((b, r) => ({ status: r.status, body: b })),
  });
  const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
  const kindOnly = (b, r) => ({ status: r.status, body: b.kind === 'Status' ? b : b.kind });
  return [
    ...methods.map((method) => ask(method, '/api/v1/namespaces//configmaps', kindOnly)),
    ...methods.map((method) => ask(method, '/api/v1/namespaces//configmaps/x')),
    ...methods.map((method) => ask(method, '/api/v1/namespaces//pods/x/status')),
    ...methods.map((method) => ask(method, '/api/v1/namespaces//nodes')),
    ...methods.map((method) => ask(method, '/api/v1/namespaces//bindings')),
    ...methods.map((method) => ask(method, '/api/v1/namespaces//status')),
    ...methods.map((method) => ask(method, `/apis/apps/v1/namespaces/${ns}/deployments//scale`)),
    ...['binding', 'eviction', 'exec', 'log', 'proxy/x'].map((part) => ask('GET', `/api/v1/namespaces/${ns}/pods//${part}`)),
    ...['binding', 'eviction'].map((part) => ask('POST', `/api/v1/namespaces/${ns}/pods//${part}`)),
    ...methods.map((method) => ask(method, `/api/v1/proxy/namespaces/${ns}/pods/x`)),
    ...['/api/v1/proxy/nodes', '/apis/apps/v1/proxy/namespaces/x/deployments/y'].map((path) => ask('GET', path)),
    ...['/apis//', '/apis//v1', '/apis//v1/pods', '/apis//apps/v1'].map((path) => ask('GET', path)),
  ];
};
