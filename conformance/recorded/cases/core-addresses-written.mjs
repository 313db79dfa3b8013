// ServiceCIDRs and IPAddresses as people write them: their statuses are the controllers', their metadata not the status', what may not change, a cell without a column; annotations that only autoscaling/v1 has.
const ident = (m) => `${m.operation} ${m.manager} ${m.subresource} ${m.apiVersion}`;
// Controllers write meanwhile.
const told = (b) => {
  if (b.kind === 'Status' || b.kind === 'Table') return b;
  const managers = b.metadata.managedFields?.filter(({ manager }) => !manager.includes('controller')).sort((a, c) => (ident(a) < ident(c) ? -1 : 1));
  const { labels, annotations, ownerReferences } = b.metadata;
  return { managers, labels, annotations, ownerReferences, spec: b.spec, conditions: b.status?.conditions?.filter(({ type }) => type !== 'Ready') ?? [] };
};
export default ({ ns }) => {
  const N = '/apis/networking.k8s.io/v1', cidrs = `${N}/servicecidrs`, addresses = `${N}/ipaddresses`;
  const until = (_, r) => r.status !== 409;
  const write = (name, method, path, fieldManager, body, type) => ({ name, method, path, query: { fieldManager }, type, body, pick: told, until });
  const merge = 'application/merge-patch+json', apply = 'application/apply-patch+yaml';
  const cidr = (more, metadata) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'rp-core-addresses', ...metadata }, spec: { cidrs: ['192.168.30.0/24'] }, ...more });
  const one = `${cidrs}/rp-core-addresses`;
  const condition = (type) => ({ status: { conditions: [{ type, status: 'True', reason: 'R', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' }] } });
  const ranges = (...list) => cidr({ spec: { cidrs: list } });
  const address = (parentRef) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name: '192.168.7.7' }, spec: parentRef && { parentRef } });
  const parent = { resource: 'services', namespace: ns, name: 'x' };
  const scalers = `/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`;
  const old = { 'autoscaling.alpha.kubernetes.io/metrics': 'x', 'autoscaling.alpha.kubernetes.io/behavior': 'y', kept: 'z' };
  const scaler = (annotations, labels) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h', annotations, labels }, spec: { scaleTargetRef: { kind: 'ReplicaSet', name: 'none', apiVersion: 'apps/v1' }, maxReplicas: 3 } });
  const steps = [
    { method: 'DELETE', path: one, compare: false }, { path: one, compare: false, until: (_, r) => r.status === 404 },
    write('a range with a status', 'POST', cidrs, 'm', cidr(condition('A'), { labels: { a: 'b' }, finalizers: ['z/z'] })),
    write('a status in the main resource', 'PUT', one, 'p', cidr(condition('B'), { labels: { a: 'b' }, finalizers: ['z/z'] })),
    write('the same applied', 'PATCH', one, 'ap', cidr(condition('D')), apply),
    write('a status with other metadata and another spec', 'PUT', `${one}/status`, 's', cidr({ ...condition('E'), spec: { cidrs: ['1.2.3.0/24'] } }, { labels: { c: 'd' }, annotations: { x: 'y' }, finalizers: ['u/u'], ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }] })),
    write('labels merged through the status', 'PATCH', `${one}/status`, 's', { ...condition('F'), metadata: { labels: { z: 'y' } } }, merge),
    write('labels applied through the status', 'PATCH', `${one}/status`, 'sa', cidr(condition('G'), { labels: { a: 'other' }, annotations: { k: 'v' } }), apply),
    write('conditions that are hardly any', 'PUT', `${one}/status`, 's', cidr({ status: { conditions: [{ type: 'A b', status: 'X' }, {}] } })),
    ...[[], ['192.168.30.0/24', '192.168.31.0/24'], ['192.168.31.0/24', 'fd00:7::/64'], ['192.168.30.0/24', 'fd00:7::/64'], ['192.168.30.0/24'], ['192.168.30.0/24', 'fd00:8::/64'], ['fd00:7::/64', '192.168.30.0/24'], ['192.168.30.0/24', 'fd00:7::/64', 'x']].map((list) => write(`ranges: ${list.join(' ') || 'none'}`, 'PUT', one, 'm', ranges(...list))),
    write('without ranges', 'PUT', one, 'm', cidr({ spec: undefined })),
    write('its finalizers taken', 'PATCH', one, 'm', { metadata: { finalizers: null } }, merge),
    { method: 'DELETE', path: one, compare: false },
    { ...write('an address', 'POST', addresses, 'm', address(parent)), compare: false },
    write('another parent', 'PUT', `${addresses}/192.168.7.7`, 'm', address({ ...parent, name: 'y' })),
    write('a parent that is wrong', 'PUT', `${addresses}/192.168.7.7`, 'm', address({ group: 'A_', resource: '', namespace: 'B_', name: '' })),
    write('no parent', 'PUT', `${addresses}/192.168.7.7`, 'm', address()),
    { name: 'the address as a row', path: `${addresses}/192.168.7.7`, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, pick: (b) => [b.columnDefinitions?.map(({ name }) => name), b.rows?.[0].cells.length] },
    { method: 'DELETE', path: `${addresses}/192.168.7.7`, compare: false },
    write('an autoscaler with annotations of the first version', 'POST', scalers, 'm', scaler(old)),
    write('put with them', 'PUT', `${scalers}/h`, 'p', scaler(old, { a: 'b' })),
    write('merged into it', 'PATCH', `${scalers}/h`, 'q', { metadata: { annotations: old } }, merge),
    write('applied to it', 'PATCH', `${scalers}/h`, 'ap', scaler(old), apply),
  ];
  steps.cleanup = [one, `${addresses}/192.168.7.7`];
  return steps;
};
