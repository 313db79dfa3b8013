// The proxies of Services and pods: names that are none, ports, endpoints that are no pods of the namespace, paths without a slash, methods.
export default ({ ns }) => {
  const base = `/api/v1/namespaces/${ns}`;
  const service = (name, ports, spec = {}) => ({ name: `service ${name}`, method: 'POST', path: `${base}/services`, body: { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports, ...spec } }, pick: (b) => b.kind });
  const endpoints = (name, subsets) => ({ name: `endpoints ${name}`, method: 'POST', path: `${base}/endpoints`, body: { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, subsets }, pick: (b) => b.kind });
  const to = (path, rest = {}) => ({ name: `${rest.method ?? 'GET'} ${path}`, path: `${base}/${path}`, ...rest });
  const pod = { kind: 'Pod', name: 'p', namespace: ns };
  return [
    { name: 'a pod without an address', method: 'POST', path: `${base}/pods`, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { schedulerName: 'none', containers: [{ name: 'c', image: 'example.com/x', ports: [{ containerPort: 80, name: 'web' }] }] } }, pick: (b) => b.kind },
    service('one', [{ port: 80 }]),
    service('two', [{ name: 'a', port: 80 }, { name: 'b', port: 81, targetPort: 8080 }]),
    service('strangers', [{ port: 80 }]),
    service('external', undefined, { type: 'ExternalName', externalName: 'example.invalid' }),
    endpoints('one', undefined),
    endpoints('two', [{ addresses: [{ ip: '10.9.9.9', targetRef: pod }], ports: [{ name: 'a', port: 80 }] }]),
    endpoints('strangers', [{ addresses: [{ ip: '10.9.9.9' }, { ip: '10.9.9.8', targetRef: { kind: 'Node', name: 'p' } }], ports: [{ port: 80 }] }, { notReadyAddresses: [{ ip: '10.9.9.7', targetRef: pod }], ports: [{ port: 81 }] }]),
    ...['one', 'one:80', 'one:81', 'one:-1', 'one:http', 'http:one:', 'https:one:80', 'ftp:one:80', ':one', 'one:', '::', 'a:b:c:d', 'none', 'none:80', 'external', 'external:80'].map((name) => to(`services/${name}/proxy/`)),
    ...['two', 'two:80', 'two:81', 'two:a', 'two:b', 'two:c', 'https:two:a', 'strangers', 'strangers:80', 'strangers:81'].map((name) => to(`services/${name}/proxy/`)),
    ...['p', 'p:80', 'p:web', 'https:p:443', 'ftp:p:80', ':p', 'a:b:c:d', 'none', 'none:80', 'http:none:80'].map((name) => to(`pods/${name}/proxy/`)),
    ...['services/two:a/proxy', 'services/two:a/proxy?x=1', 'pods/p/proxy', 'services/one/proxy?path=/a', 'services/two:a/proxy/x/y?z=1'].map((path) => to(path)),
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((method) => to('services/two:b/proxy/x', { method })),
    ...['POST', 'DELETE'].map((method) => to('pods/p/proxy', { method })),
    to('services/two:a/proxy/x?dryRun=All'),
    { name: 'no such node', path: '/api/v1/nodes/no-such-node/proxy/healthz' },
    { name: 'no such node, with a port', path: '/api/v1/nodes/https:no-such-node:81/proxy/healthz' },
    { name: 'a node of another scheme', path: '/api/v1/nodes/ftp:no-such-node:81/proxy/healthz' },
  ];
};
