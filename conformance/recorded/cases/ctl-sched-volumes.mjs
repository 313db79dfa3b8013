// The scheduler and volumes: zones, node affinity of volumes, limits of a node, ReadWriteOncePod, claims that are lost, deleted or not bound, and classes that wait with topologies.
import { post, patch, get, del, until, gone, quiet, P, nodes, nodeName, nodePath, cleanup, on, pod, unschedulable, bound, cond, settle, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns); const C = `${core}/persistentvolumeclaims`; const V = '/api/v1/persistentvolumes'; const S = '/apis/storage.k8s.io/v1';
  const n = (x) => `${ns}-${x}`; const zone = 'topology.kubernetes.io/zone';
  const pv = (x, more = {}, labels) => post(`volume ${x}`, V, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n(x), labels }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: ns, claimRef: { namespace: ns, name: x }, csi: { driver: `${ns}.example.com`, volumeHandle: x }, ...more } });
  const pvc = (x, more = {}) => post(`claim ${x}`, C, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: ns, resources: { requests: { storage: '1Gi' } }, ...more } });
  const is = (x) => until(`${x} is bound`, `${C}/${x}`, (b) => b.status.phase === 'Bound', (b) => b.status.phase);
  const uses = (name, claims, more = {}) => post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })), ...more })));
  const wait = (name, test) => unschedulable(`${name} waits`, ns, name, test, /./);
  const affinity = (key, ...values) => ({ nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values }] }] } } });
  const names = ['zoned', 'there', 'nowhere', 'once', 'l1', 'l2', 'l3'];
  const all = [...names.map((x) => `${V}/${n(x)}`), `${S}/storageclasses/${ns}`, `${S}/storageclasses/${ns}-wait`, `${S}/csinodes/${nodeName(ns, 1)}`, `${S}/csinodes/${nodeName(ns, 2)}`];
  const csi = (i, count) => post(`the limit of node ${i}`, `${S}/csinodes`, (0, { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name: nodeName(ns, i) }, spec: { drivers: [{ name: `${ns}.example.com`, nodeID: `n${i}`, topologyKeys: [], allocatable: { count } }] } }), (b) => b.spec?.drivers ?? b.message);
  const steps = [
    ...nodes(ns, { labels: { [zone]: 'za' } }, { labels: { [zone]: 'zb' } }),
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    post('a class', `${S}/storageclasses`, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: ns }, provisioner: 'kubernetes.io/no-provisioner' }, (b) => b.kind),
    post('a class that waits', `${S}/storageclasses`, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: `${ns}-wait` }, provisioner: 'example.com/disk', volumeBindingMode: 'WaitForFirstConsumer', allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['zb'] }] }] }, (b) => b.allowedTopologies),
    pv('zoned', {}, { [zone]: 'zb__zc' }), pvc('zoned'), pv('there', affinity('kubernetes.io/hostname', nodeName(ns, 1))), pvc('there'), pv('nowhere', affinity('kubernetes.io/hostname', 'none')), pvc('nowhere'),
    pv('once', { accessModes: ['ReadWriteOncePod'] }), pvc('once', { accessModes: ['ReadWriteOncePod'] }), ...['l1', 'l2', 'l3'].flatMap((x) => [pv(x), pvc(x)]),
    ...names.map(is),
    uses('zoned', ['zoned']), bound('zoned goes to its zone', ns, 'zoned'),
    uses('there', ['there']), bound('there goes to its node', ns, 'there'),
    uses('nowhere', ['nowhere']), wait('nowhere'),
    uses('split', ['zoned', 'there']), wait('split'),
    uses('once', ['once']), until('once has it', `${pods}/once`, (b) => b.spec.nodeName, (b) => cond(b, 'PodScheduled')?.status), uses('twice', ['once']), wait('twice'),
    quiet(del('once goes', `${pods}/once`)), until('then twice has it', `${pods}/twice`, (b) => b.spec.nodeName, (b) => cond(b, 'PodScheduled')?.status),
    csi(1, 1), csi(2, 1),
    uses('many', ['l1', 'l2', 'l3']), wait('many'),
    pvc('late', { storageClassName: `${ns}-wait` }), uses('late', ['late']),
    until('late is asked for', `${C}/late`, (b) => b.metadata.annotations?.['volume.kubernetes.io/storage-provisioner'], (b) => b.metadata.annotations),
    events('somebody has to make it', ns, 'late', ['ExternalProvisioning', 'WaitForFirstConsumer'].slice(0, 1)),
    get('late is not placed yet', `${pods}/late`, (b) => b.spec.nodeName ?? 'none'),
    pvc('pending', { storageClassName: '' }), uses('pending', ['pending']), wait('pending'),
    uses('ghost', ['ghost']), wait('ghost'),
    pvc('leaving', { storageClassName: '' }), patch('is held', `${C}/leaving`, { metadata: { finalizers: ['example.com/hold'] } }, (b) => b.metadata.finalizers),
    del('it goes', `${C}/leaving`), uses('leaving', ['leaving']), wait('leaving', (c) => /deleted/.test(c.message)), patch('let it go', `${C}/leaving`, { metadata: { finalizers: null } }, (b) => b.kind),
    post('an ephemeral one', pods, pod('ephemeral', on(ns, { volumes: [{ name: 'e', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } } } } }] }))), wait('ephemeral', (c) => /unbound/.test(c.message)),
    post('a disk', pods, pod('disk1', on(ns, { nodeSelector: { 'rp-case': ns, [zone]: 'za' }, volumes: [{ name: 'd', gcePersistentDisk: { pdName: n('d') } }] }))), settle(300), get('is taken or not', `${pods}/disk1`, (b) => b.kind),
  ];
  steps.splice(-3);
  steps.cleanup = cleanup(ns, 2, all);
  return steps;
};
