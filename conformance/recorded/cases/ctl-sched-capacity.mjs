// Drivers that say how much room they have: what the scheduler says where none is told, where it is too little, of another class or elsewhere; what makes a pod be tried again; the node that a claim is told, a pod that is nominated for it, and a provisioner that gives up.
import { post, patch, get, del, until, gone, settle, quiet, P, nodes, nodeName, cleanup, on, pod, unschedulable, bound, cond, events, whole } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns); const C = `${core}/persistentvolumeclaims`; const V = '/api/v1/persistentvolumes'; const S = '/apis/storage.k8s.io/v1'; const K = `${S}/namespaces/${ns}/csistoragecapacities`;
  const n = (x) => `${ns}-${x}`; const zone = 'topology.example.com/zone'; const driver = `${ns}.example.com`;
  const sc = (x, more = {}) => post(`class ${x}`, `${S}/storageclasses`, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: n(x) }, provisioner: driver, volumeBindingMode: 'WaitForFirstConsumer', ...more }, (b) => b.message ?? b.kind);
  const pvc = (x, cls, size = '1Gi', more = {}) => post(`claim ${x}`, C, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: n(cls), resources: { requests: { storage: size } }, ...more } });
  const uses = (name, claims, more = {}) => post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })), ...more })));
  const room = (name, cls, more) => post(`room ${name}`, K, { apiVersion: 'storage.k8s.io/v1', kind: 'CSIStorageCapacity', metadata: { name }, storageClassName: n(cls), ...more }, (b) => b.message ?? b.kind);
  const at = (z) => ({ nodeTopology: { matchLabels: { [zone]: z } } });
  const wait = (name, x, test) => unschedulable(name, ns, x, test, /./);
  const drop = (...xs) => xs.flatMap((x) => [del(`pod ${x} goes`, `${pods}/${x}`), gone('gone', `${pods}/${x}`)]);
  const chosen = (x, node) => until(`${x} has a node`, `${C}/${x}`, (b) => b.metadata.annotations?.['volume.kubernetes.io/selected-node'] && (!node || b.metadata.annotations['volume.kubernetes.io/selected-node'] === nodeName(ns, node)) && b.metadata.annotations['volume.kubernetes.io/storage-provisioner'], (b) => [b.metadata.annotations, b.status]);
  const state = (x) => until(`pod ${x}`, `${pods}/${x}`, (b) => b.status.nominatedNodeName || cond(b, 'PodScheduled'), (b) => ({ node: b.spec.nodeName, nominated: b.status.nominatedNodeName, conditions: b.status.conditions?.map(({ type, status, reason, observedGeneration }) => ({ type, status, reason, observedGeneration })) }));
  const all = [...['room', 'free', 'topo'].map((x) => `${S}/storageclasses/${n(x)}`), `${S}/csidrivers/${driver}`, ...['p1', 'p2'].map((x) => `${V}/${n(x)}`)];
  const steps = [
    ...nodes(ns, { labels: { [zone]: 'za' } }, { labels: { [zone]: 'zb' } }),
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    post('a driver that tells its room', `${S}/csidrivers`, { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: driver }, spec: { storageCapacity: true, attachRequired: false } }, (b) => b.spec),
    sc('room'), sc('topo', { allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['zb'] }] }] }),
    pvc('a', 'room'), uses('a', ['a']), wait('nothing is told', 'a'), state('a'), get('claim a', `${C}/a`, (b) => [b.metadata.annotations ?? 'none', b.status]),
    room('other', 'topo', { capacity: '10Gi', ...at('za') }), room('little', 'room', { capacity: '512Mi', ...at('za') }), room('nowhere', 'room', { capacity: '10Gi' }), settle(700), wait('too little, none, of another class', 'a'),
    room('none', 'room', at('zb')), settle(500), wait('no amount', 'a'),
    patch('enough', `${K}/none`, { capacity: '1Gi' }, (b) => b.capacity ?? b.message), chosen('a', 2), state('a'),
    patch('the provisioner gives up', `${C}/a`, { metadata: { annotations: { 'volume.kubernetes.io/selected-node': null } } }, (b) => b.metadata.annotations), chosen('a', 2),
    patch('less', `${K}/none`, { capacity: '100Mi' }, (b) => b.capacity), patch('it gives up again', `${C}/a`, { metadata: { annotations: { 'volume.kubernetes.io/selected-node': null } } }, (b) => b.kind), wait('not enough any more', 'a', (c) => /free storage/.test(c.message)), state('a'),
    patch('a limit of a volume', `${K}/none`, { capacity: '10Gi', maximumVolumeSize: '512Mi' }, (b) => [b.capacity, b.maximumVolumeSize]), settle(800), wait('too big for one', 'a', (c) => /free storage/.test(c.message)),
    patch('more', `${K}/little`, { capacity: '2Gi' }, (b) => b.capacity), chosen('a', 1),
    { ...get('claim a', `${C}/a`, (b) => b.kind), save: (b, v) => { v.a = b.metadata.uid; } },
    (v) => post('the volume', V, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n('p1'), annotations: { 'pv.kubernetes.io/provisioned-by': driver } }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: n('room'), claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: ns, name: 'a', uid: v.a }, csi: { driver, volumeHandle: 'a' } } }),
    bound('a is placed', ns, 'a'), until('a runs', `${pods}/a`, (b) => b.status.phase === 'Running', (b) => b.status.nominatedNodeName ?? 'none'), get('claim a', `${C}/a`, whole),
    pvc('b', 'topo'), uses('b', ['b']), wait('room where it may not be', 'b'), room('there', 'topo', { capacity: '5Gi', nodeTopology: { matchExpressions: [{ key: zone, operator: 'NotIn', values: ['za'] }] } }), chosen('b', 2),
    del('its pod goes before', `${pods}/b`), gone('gone', `${pods}/b`), get('claim b', `${C}/b`, (b) => b.metadata.annotations), uses('b2', ['b'], { nodeSelector: { 'rp-case': ns, [zone]: 'za' } }), wait('the claim has another node', 'b2'), ...drop('b2'),
    pvc('c1', 'room', '1500Mi'), pvc('c2', 'room', '1500Mi'), uses('c', ['c1', 'c2'], { nodeSelector: { 'rp-case': ns, [zone]: 'za' } }), chosen('c1', 1), chosen('c2', 1), ...drop('c'),
    pvc('d', 'room', '50Gi'), uses('d', ['d']), wait('too big', 'd'), patch('a driver that does not tell', `${S}/csidrivers/${driver}`, { spec: { storageCapacity: false } }, (b) => b.spec?.storageCapacity ?? b.message), settle(1500), wait('nobody looks again', 'd'), ...drop('d'), uses('d2', ['d']), chosen('d'), ...drop('d2'),
    patch('it tells again', `${S}/csidrivers/${driver}`, { spec: { storageCapacity: true } }, (b) => b.spec.storageCapacity), sc('free', { provisioner: `other.${driver}` }), pvc('e', 'free', '50Gi'), uses('e', ['e']), chosen('e'), state('e'),
    uses('f', ['nope']), wait('no such claim', 'f'), pvc('g', 'gone'), uses('g', ['g']), wait('no such class', 'g'), events('claim a', ns, 'a', ['WaitForFirstConsumer', 'ExternalProvisioning']), events('claim e', ns, 'e', ['WaitForFirstConsumer', 'ExternalProvisioning']), events('claim g', ns, 'g', ['ProvisioningFailed']), sc('gone', { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'Immediate' }), wait('not bound at once', 'g', (c) => /immediate/.test(c.message)),
  ];
  steps.cleanup = cleanup(ns, 2, [...all, `${S}/storageclasses/${n('gone')}`]);
  return steps;
};
