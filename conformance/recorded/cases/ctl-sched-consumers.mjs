// Claims that wait for their first consumer: local volumes, topologies of a class, and a provisioner that makes what it is asked for.
import { post, patch, get, del, until, gone, quiet, P, nodes, nodeName, cleanup, on, pod, unschedulable, bound, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns); const C = `${core}/persistentvolumeclaims`; const V = '/api/v1/persistentvolumes'; const S = '/apis/storage.k8s.io/v1';
  const n = (x) => `${ns}-${x}`; const zone = 'topology.kubernetes.io/zone';
  const sc = (x, more = {}) => post(`class ${x}`, `${S}/storageclasses`, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: n(x) }, provisioner: `${ns}.example.com`, volumeBindingMode: 'WaitForFirstConsumer', ...more }, (b) => b.message ?? b.kind);
  const pvc = (x, cls, more = {}) => post(`claim ${x}`, C, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: n(cls), resources: { requests: { storage: '1Gi' } }, ...more } });
  const pv = (x, cls, node, size = '1Gi', more = {}) => post(`volume ${x}`, V, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n(x) }, spec: { capacity: { storage: size }, accessModes: ['ReadWriteOnce'], storageClassName: n(cls), local: { path: '/d' }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName(ns, node)] }] }] } }, ...more } });
  const uses = (name, claims, more = {}) => post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })), ...more })));
  const wait = (name, test) => unschedulable(`${name} waits`, ns, name, test, /./);
  const annotated = (x) => until(`${x} has a node`, `${C}/${x}`, (b) => b.metadata.annotations?.['volume.kubernetes.io/selected-node'] && b.metadata.annotations['volume.kubernetes.io/storage-provisioner'], (b) => b.metadata.annotations);
  const all = [...['static', 'prov', 'topo'].map((x) => `${S}/storageclasses/${n(x)}`), ...['l1', 'l2', 'l3'].map((x) => `${V}/${n(x)}`)];
  const steps = [
    ...nodes(ns, { labels: { [zone]: 'za' } }, { labels: { [zone]: 'zb' } }),
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    sc('static', { provisioner: 'kubernetes.io/no-provisioner' }), sc('prov'), sc('topo', { allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['zc'] }] }] }),
    pvc('s1', 'static'), events('the claim', ns, 's1', ['WaitForFirstConsumer']), uses('s1', ['s1']), wait('s1'),
    pv('l1', 'static', 2), bound('s1 goes to the node of the volume', ns, 's1'),
    get('s1 is bound', `${C}/s1`, (b) => ({ a: b.metadata.annotations, v: b.spec.volumeName, phase: b.status.phase })),
    get('l1 is bound', `${V}/${n('l1')}`, (b) => ({ a: b.metadata.annotations, phase: b.status.phase })),
    pv('l2', 'static', 1, '5Gi'), pvc('s2', 'static'), pvc('s3', 'static'), until('l2 is available', `${V}/${n('l2')}`, (b) => b.status.phase === 'Available', (b) => b.status.phase),
    uses('two', ['s2', 's3']), wait('two'), pv('l3', 'static', 1, '2Gi'), bound('two', ns, 'two'),
    get('s2', `${C}/s2`, (b) => b.status.phase), 
    pvc('t1', 'topo'), uses('t1', ['t1']), wait('t1'),
    pvc('d1', 'prov'), uses('d1', ['d1'], { nodeSelector: { 'rp-case': ns, [zone]: 'za' } }), annotated('d1'),
    { ...get('d1 is known', `${C}/d1`, (b) => b.kind), save: (b, v) => { v.d1 = b.metadata.uid; } },
    (v) => post('the provisioner makes it', V, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `${n('d1')}`, annotations: { 'pv.kubernetes.io/provisioned-by': `${ns}.example.com` } }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: n('prov'), claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: ns, name: 'd1', uid: v.d1 }, persistentVolumeReclaimPolicy: 'Delete', csi: { driver: `${ns}.example.com`, volumeHandle: 'd1' } } }),
    bound('d1 is placed', ns, 'd1'),
    events('events of d1', ns, 'd1', ['Scheduled']),
    del('s1 claim goes while used', `${C}/s1`), until('waits', `${C}/s1`, (b) => b.metadata.deletionTimestamp, (b) => b.metadata.finalizers),
  ];
  steps.cleanup = cleanup(ns, 2, [...all, `${V}/${n('d1')}`]);
  return steps;
};
