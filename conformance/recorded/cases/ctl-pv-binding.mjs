// Volumes and claims: what is bound to what, in which order of preference; sizes, modes, selectors, classes, a volume that waits for its claim; protection; a class that becomes the default.
import { post, patch, get, del, until, gone, settle, P, cleanup, loose, pod, quiet, events, tidy } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const C = `${core}/persistentvolumeclaims`; const V = '/api/v1/persistentvolumes'; const SC = '/apis/storage.k8s.io/v1/storageclasses';
  const n = (x) => `${ns}-${x}`;
  const pv = (x, size, more = {}, meta = {}) => post(`volume ${x}`, V, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n(x), ...meta }, spec: { capacity: { storage: size }, accessModes: ['ReadWriteOnce'], storageClassName: ns, persistentVolumeReclaimPolicy: 'Retain', hostPath: { path: '/data' }, ...more } }, (b) => ({ kind: b.kind, message: b.message, finalizers: b.metadata?.finalizers }));
  const pvc = (x, size, more = {}) => post(`claim ${x}`, C, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: ns, resources: { requests: { storage: size } }, ...more } }, (b) => ({ kind: b.kind, message: b.message, finalizers: b.metadata?.finalizers, status: b.status }));
  const is = (x, phase) => until(`claim ${x} is ${phase}`, `${C}/${x}`, (b) => b.status.phase === phase && (phase !== 'Bound' || b.status.capacity), (b) => ({ volume: b.spec.volumeName, annotations: b.metadata.annotations, status: b.status }));
  const vol = (x, phase) => until(`volume ${x} is ${phase}`, `${V}/${n(x)}`, (b) => b.status.phase === phase, (b) => ({ claim: b.spec.claimRef && { ...b.spec.claimRef, uid: undefined, resourceVersion: undefined, known: typeof b.spec.claimRef.uid }, annotations: b.metadata.annotations, status: { ...b.status, lastPhaseTransitionTime: typeof b.status.lastPhaseTransitionTime } }));
  const all = [...['small', 'large', 'block', 'labelled', 'many', 'waits', 'taken'].map((x) => `${V}/${n(x)}`), `${SC}/${ns}`, `${SC}/${ns}-default`];
  const steps = [
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    post('a class', SC, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: ns }, provisioner: 'kubernetes.io/no-provisioner' }, (b) => b.volumeBindingMode),
    pv('small', '1Gi'), pv('large', '5Gi'), pv('block', '2Gi', { volumeMode: 'Block' }), pv('labelled', '9Gi', {}, { labels: { tier: 'gold' } }), pv('many', '8Gi', { accessModes: ['ReadOnlyMany', 'ReadWriteMany'] }),
    vol('small', 'Available'), vol('large', 'Available'), vol('labelled', 'Available'), vol('many', 'Available'), vol('block', 'Available'),
    pvc('two', '2Gi'), is('two', 'Bound'), vol('large', 'Bound'),
    pvc('one', '500Mi'), is('one', 'Bound'),
    pvc('raw', '1Gi', { volumeMode: 'Block' }), is('raw', 'Bound'),
    pvc('gold', '1Gi', { selector: { matchLabels: { tier: 'gold' } } }), is('gold', 'Bound'),
    pvc('wide', '1Gi', { accessModes: ['ReadWriteMany'] }), is('wide', 'Bound'),
    pvc('none', '1Gi'), settle(500), get('waits', `${C}/none`, (b) => b.status),
    pv('waits', '1Gi', { claimRef: { namespace: ns, name: 'wanted' } }), settle(500), vol('waits', 'Available'), pvc('wanted', '1Gi'), is('wanted', 'Bound'), vol('waits', 'Bound'),
    pv('taken', '1Gi', { claimRef: { namespace: ns, name: 'ghost', uid: '00000000-0000-0000-0000-000000000000' } }), vol('taken', 'Released'),
    pvc('named', '1Gi', { volumeName: n('taken') }), settle(500), get('that is taken', `${C}/named`, (b) => b.status.phase), events('it is told', ns, 'named', ['FailedBinding']),
    pvc('absent', '1Gi', { volumeName: n('nowhere') }), settle(300), get('of a volume that is not there', `${C}/absent`, (b) => b.status),
    patch('a claim grows', `${C}/one`, { spec: { resources: { requests: { storage: '3Gi' } } } }),
    patch('a claim moves', `${C}/one`, { spec: { volumeName: n('large') } }),
    post('a pod of a claim', pods, pod('user', loose({ nodeName: n('nowhere'), terminationGracePeriodSeconds: 0, volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'one' } }] }))),
    del('the claim goes', `${C}/one`), until('but is held', `${C}/one`, (b) => b.metadata.deletionTimestamp, (b) => ({ finalizers: b.metadata.finalizers, phase: b.status.phase })),
    del('its volume goes', `${V}/${n('small')}`), until('and is held', `${V}/${n('small')}`, (b) => b.metadata.deletionTimestamp, (b) => ({ finalizers: b.metadata.finalizers, phase: b.status.phase })),
    del('the pod goes', `${pods}/user`), gone('then the claim', `${C}/one`), gone('then the volume', `${V}/${n('small')}`),
    del('another claim goes', `${C}/two`), gone('at once', `${C}/two`), vol('large', 'Released'),
    (v) => patch('it may be taken again', `${V}/${n('large')}`, { spec: { claimRef: null } }, (b) => b.spec.claimRef ?? 'none'), is('none', 'Bound'),
    { name: 'delete a volume that is bound', method: 'DELETE', path: `${V}/${n('many')}`, pick: (b) => ({ kind: b.kind, finalizers: b.metadata?.finalizers }) },
    (v) => patch('without protection', `${V}/${n('many')}`, { metadata: { finalizers: null } }, (b) => b.kind), is('wide', 'Lost'),
    events('the claim is told', ns, 'wide', ['ClaimLost']),
  ];
  steps.cleanup = cleanup(ns, 0, all);
  return steps;
};
