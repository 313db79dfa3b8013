// The order of ports in Endpoints and EndpointSlices, pods that no node has, a claim that gets less than it asks for, what is kept of a token's Secret, and an aggregated role whose last part goes.
import { cleanup, del, P, patch, pod, post, quiet, until } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods, slices } = P(ns);
  const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
  const roles = [`${rbac}/${ns}-sum`, `${rbac}/${ns}-part`];
  const role = (name, more) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', ...more, metadata: { name: `${ns}-${name}`, ...more.metadata } });
  const volume = `/api/v1/persistentvolumes/${ns}-v`;
  const label = { [`agg-${ns}`]: 'yes' };
  const names = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
  const protocols = ['UDP', 'TCP', 'SCTP'];
  const ports = names.map((name, i) => ({ name, port: 80 + i, protocol: protocols[i % 3], targetPort: 8080 + i, ...(i % 2 ? { appProtocol: 'kubernetes.io/h2c' } : {}) }));
  const q = (name) => ({ query: { labelSelector: `kubernetes.io/service-name=${name}` } });
  const mirrored = [{ addresses: [{ ip: '192.0.2.8' }], ports: names.map((name, i) => ({ name, port: 90 + i })) }];
  const events = (reason) => ({ query: { fieldSelector: `reason=${reason}` } });
  const messages = (b) => b.items.map(({ type, message, involvedObject: { kind, name }, source }) => ({ type, message: message.replace(/Node \S* Not/, 'Node <node> Not'), kind, name, source }));
  const managers = (b) => b.metadata.managedFields.map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 })).sort((x, y) => (x.manager < y.manager ? -1 : 1));
  const steps = [
    ...[...roles, volume].map((path) => quiet(del('none from before', path))),
    post('a service with many ports', `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'many' }, spec: { selector: { app: 'many' }, publishNotReadyAddresses: true, ports } }, (b) => b.spec.ports.map((p) => p.name)),
    post('a pod that nobody schedules', pods, pod('p', { schedulerName: 'none', containers: [{ name: 'a', image: 'example.com/a' }] }, { app: 'many' }), (b) => b.kind),
    patch('has an address all the same', `${pods}/p/status`, { status: { phase: 'Running', podIP: '192.0.2.7', podIPs: [{ ip: '192.0.2.7' }], conditions: [{ type: 'Ready', status: 'True' }] } }, (b) => b.kind),
    until('is published in a slice', slices, (b) => b.items[0]?.endpoints?.length === 1, (b) => b.items.map((s) => s.ports), q('many')),
    until('not in Endpoints, which would name no node', `${core}/events`, (b) => b.items.length > 0, (b) => messages(b).slice(0, 1), events('FailedToUpdateEndpoint')),
    patch('only ready ones', `${core}/services/many`, { spec: { publishNotReadyAddresses: false } }, (b) => b.kind),
    until('whose node has to be there', `${core}/events`, (b) => b.items.length > 0, (b) => messages(b).slice(0, 1), events('FailedToUpdateEndpointSlices')),
    until('leaves the slice empty', slices, (b) => b.items.length === 1 && !b.items[0].endpoints?.length, (b) => b.items.map((s) => s.ports ?? null), q('many')),
    post('Endpoints by hand', `${core}/endpoints`, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'hand' }, subsets: mirrored }, (b) => b.kind),
    post('their service', `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hand' }, spec: { ports: [{ port: 80 }] } }, (b) => b.kind),
    until('are mirrored', slices, (b) => b.items.length === 1, (b) => b.items.map((s) => s.ports), q('hand')),
    patch('other ports by hand', `${core}/endpoints/hand`, { subsets: [{ addresses: [{ ip: '192.0.2.8' }], ports: [{ name: 'p9', port: 99 }] }] }, (b) => b.kind),
    until('are mirrored into the same slice', slices, (b) => b.items[0]?.ports?.[0]?.name === 'p9', (b) => b.items.map((s) => [s.metadata.generateName, s.ports]), q('hand')),
    post('a volume for a claim of this name', '/api/v1/persistentvolumes', { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `${ns}-v` }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain', storageClassName: 'x', claimRef: { namespace: ns, name: 'c' }, nfs: { server: 'files.example.com', path: '/' } } }, (b) => b.kind),
    post('which asks for more', `${core}/persistentvolumeclaims`, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'x', volumeName: `${ns}-v`, resources: { requests: { storage: '2Gi' } } } }, (b) => b.kind),
    until('gets it, and waits for it to grow', `${core}/events`, (b) => b.items.length > 0, messages, events('ExternalExpanding')),
    post('an account', `${core}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }, (b) => b.kind),
    post('a Secret with a namespace of its own', `${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'robot' } }, data: { namespace: 'eA==', more: 'eA==' } }, (b) => b.kind),
    until('keeps it', `${core}/secrets/t`, (b) => b.data?.token, (b) => ({ namespace: b.data.namespace, data: Object.keys(b.data).sort(), fields: managers(b).map((m) => m.fieldsV1['f:data']) })),
    post('a part', rbac, role('part', { metadata: { labels: label }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }), (b) => b.kind),
    post('the sum', rbac, role('sum', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: label }] }, rules: [] }), (b) => b.kind),
    until('has its rules', roles[0], (b) => b.rules?.length === 1, managers),
    del('the part goes', roles[1]),
    until('nobody has rules left', roles[0], (b) => !b.rules?.length, managers),
  ];
  steps.cleanup = cleanup(ns, 0, [...roles, volume]);
  return steps;
};
