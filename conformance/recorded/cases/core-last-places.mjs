// Where rules look at what was put back, what stands twice, and what is empty.
export default ({ ns }) => {
  const pods = `/api/v1/namespaces/${ns}/pods`;
  const pod = (name, spec) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { schedulerName: 'none', automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], ...spec } });
  const make = (name, spec) => ({ name, method: 'POST', path: pods, body: pod(name, spec), compare: false });
  const patch = (name, target, spec, type = 'application/merge-patch+json') => ({ name, method: 'PATCH', path: `${pods}/${target}`, query: { dryRun: 'All' }, type, body: { spec }, pick: (b) => b.message ?? b.spec.schedulingGates ?? null });
  const try_ = (name, spec) => ({ name, method: 'POST', path: pods, query: { dryRun: 'All' }, body: pod('new', spec), pick: (b) => b.message ?? b.spec.nodeName });
  const apply = (name, path, body) => ({ name, method: 'PATCH', path, query: { dryRun: 'All', fieldManager: 'm' }, type: 'application/apply-patch+yaml', body, pick: (b) => b.message ?? 'applied' });
  const services = `/api/v1/namespaces/${ns}/services`;
  return [
    make('plain', {}), make('gated', { schedulingGates: [{ name: 'a' }] }),
    patch('a gate twice, neither of which was there', 'plain', { schedulingGates: [{ name: 'v' }, { name: 'v' }] }),
    patch('no gates, and another scheduler', 'plain', { schedulingGates: [], schedulerName: 'other' }, 'application/strategic-merge-patch+json'),
    patch('no init containers, and another scheduler', 'plain', { initContainers: [], schedulerName: 'other' }),
    patch('no tolerations, and another scheduler', 'plain', { tolerations: [], schedulerName: 'other' }),
    patch('no volumes, and another scheduler', 'plain', { volumes: [], schedulerName: 'other' }),
    patch('one gate fewer', 'gated', { schedulingGates: [] }),
    try_('a node that no node can be called', { nodeName: 'a/b' }), try_('one with a percent sign', { nodeName: 'a%b' }), try_('two points', { nodeName: '..' }),
    try_('a path of two sources without a name', { volumes: [{ name: 'v', projected: { sources: [{ secret: { items: [{ key: 'k', path: 'p' }] } }, { configMap: { items: [{ key: 'k', path: 'p' }] } }] } }] }),
    try_('a path twice of one source', { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 's', items: [{ key: 'k', path: 'p' }, { key: 'l', path: 'p' }] } }, { downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } }, { serviceAccountToken: { path: 'p' } }] } }] }),
    apply('a container three times', `${pods}/three`, pod('three', { containers: [1, 2, 3].map(() => ({ name: 'a', image: 'i' })) })),
    apply('a finalizer four times', `${pods}/four`, { apiVersion: 'v1', kind: 'Pod', metadata: { finalizers: ['a', 'b', 'a', 'a', 'a', 'b'] } }),
    ...[2147483647, 2147483646].map((nodePort) => ({ name: `a node port of ${nodePort}`, method: 'POST', path: services, query: { dryRun: 'All' }, pick: (b) => b.message, body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort }] } } })),
    { name: 'a headless service', method: 'POST', path: services, body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'headless' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } }, compare: false },
    ...[['10.96.9.9', 'None'], ['None', '10.96.9.9'], ['10.96.9.9', '10.96.9.10'], ['10.96.9.9', 'x'], ['10.96.9.9']].map((clusterIPs) => ({
      name: `its addresses ${clusterIPs}`, method: 'PATCH', path: `${services}/headless`, query: { dryRun: 'All' }, type: 'application/merge-patch+json', body: { spec: { clusterIP: clusterIPs[0], clusterIPs } }, pick: (b) => b.message ?? b.spec.clusterIPs,
    })),
  ];
};
