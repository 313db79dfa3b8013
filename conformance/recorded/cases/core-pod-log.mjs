// What the API server itself says of requests for logs and streams, before a kubelet is asked.
export default ({ ns }) => {
  const P = `/api/v1/namespaces/${ns}/pods`;
  const node = `${ns}-node`;
  const pod = (name, nodeName, more = {}) => ({ name: `pod ${name}`, method: 'POST', path: P, compare: false, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...(nodeName ? { nodeName } : { schedulerName: 'none' }), automountServiceAccountToken: false, tolerations: [{ operator: 'Exists' }], containers: [{ name: 'a', image: 'x' }], ...more } } });
  const log = (name, query = {}, of = 'p') => ({ name: `log: ${name}`, path: `${P}/${of}/log`, query });
  const get = (name, path, query = {}) => ({ name, path: `${P}/${path}`, query });
  return [
    { name: 'a node without an address', method: 'POST', path: '/api/v1/nodes', compare: false, body: { apiVersion: 'v1', kind: 'Node', metadata: { name: node } } },
    pod('p', node, { containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 'w' }], initContainers: [{ name: 'i', image: 'z' }] }), pod('lone', node), pod('lost', `${ns}-nowhere`), pod('new'),
    log('a negative number of lines', { container: 'a', tailLines: '-1' }), log('no bytes', { container: 'a', limitBytes: '0' }), log('since now', { container: 'a', sinceSeconds: '0' }), log('two since', { container: 'a', sinceSeconds: '1', sinceTime: '2026-01-01T00:00:00Z' }), log('several faults of a pod that is not there', { tailLines: '-1', limitBytes: '-1' }, 'none'), log('a stream', { container: 'a', stream: 'Stdout' }), log('no number', { container: 'a', tailLines: 'x' }), log('no time', { container: 'a', sinceTime: 'bad' }),
    log('no such pod', {}, 'none'), log('no such container', { container: 'zz' }), log('which container', {}), log('a node without an address', {}, 'lone'), log('a node that is not there', {}, 'lost'), log('no node', {}, 'new'), log('no node, no such container', { container: 'zz' }, 'new'),
    get('exec without an upgrade, node without an address', 'lone/exec', { command: 'ls', stdout: 'true' }),
    { name: 'an address', method: 'PATCH', path: `/api/v1/nodes/${node}/status`, type: 'application/merge-patch+json', compare: false, body: { status: { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port: 9 } } } } },
    log('nobody listens', {}, 'lone'), log('with all options', { container: 'b', follow: 'maybe', previous: '0', timestamps: 'true', sinceSeconds: '5', limitBytes: '7', tailLines: '3' }), log('since a time', { sinceTime: '2026-01-01T00:00:00Z' }, 'lone'),
    get('exec without an upgrade', 'lone/exec', { command: 'ls', stdout: 'true' }), get('exec without streams', 'lone/exec', { command: 'ls' }), get('exec: which container', 'p/exec', { command: 'ls', stdout: 'true' }), get('exec: no such container', 'p/exec', { command: 'ls', container: 'zz' }), get('exec: no node', 'new/exec', { command: 'ls' }), get('exec: a node that is not there', 'lost/exec', { command: 'ls' }), get('exec with dryRun', 'lone/exec', { command: 'ls', dryRun: 'All' }),
    get('attach without an upgrade', 'lone/attach', { stdout: 'true' }), get('attach: which container', 'p/attach'), get('port-forward without an upgrade', 'p/portforward'), get('port-forward: no port', 'none/portforward', { ports: 'abc' }), get('port-forward: no node', 'new/portforward'),
    { name: 'the node goes', method: 'DELETE', path: `/api/v1/nodes/${node}`, compare: false },
    ...['p', 'lone', 'lost', 'new'].map((name) => ({ name: `${name} goes`, method: 'DELETE', path: `${P}/${name}`, query: { gracePeriodSeconds: '0' }, compare: false })),
  ];
};
