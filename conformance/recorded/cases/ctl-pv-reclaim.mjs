// Claims that name a volume that does not fit, volumes that are deleted, cannot be deleted, or wait for a driver; claims that lose their volume.
import { post, patch, del, until, gone, quiet, P, cleanup, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core } = P(ns); const pvcs = `${core}/persistentvolumeclaims`; const pvs = '/api/v1/persistentvolumes';
  const n = (x) => `${ns}-${x}`;
  const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] } };
  const pv = (x, size, source, more = {}) => post(`volume ${x}`, pvs, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n(x) }, spec: { capacity: { storage: size }, accessModes: ['ReadWriteOnce'], storageClassName: n(x), ...source, ...more } });
  const pvc = (name, size, more = {}) => post(`claim ${name}`, pvcs, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: n(name), resources: { requests: { storage: size } }, ...more } });
  const Delete = { persistentVolumeReclaimPolicy: 'Delete' };
  const ghost = { claimRef: { namespace: ns, name: 'ghost', uid: '00000000-0000-0000-0000-000000000000' } };
  const volumes = ['free', 'tmp', 'var', 'csi', 'nfs', 'local', 'recycle', 'mode', 'lost'];
  const all = volumes.map((x) => `${pvs}/${n(x)}`);
  const phase = (x, want) => until(`${x} is ${want}`, `${pvs}/${n(x)}`, (b) => b.status.phase === want, (b) => ({ phase: b.status.phase, message: b.status.message, finalizers: b.metadata.finalizers, annotations: b.metadata.annotations }));
  const bound = (x) => until(`${x} is bound`, `${pvcs}/${x}`, (b) => b.status.phase === 'Bound', (b) => b.status);
  const volumeEvents = (x, reasons) => until(`events of ${x}`, '/api/v1/namespaces/default/events', (b) => reasons.every((w) => b.items.some((e) => e.reason === w)), (b) => [...new Set(b.items.filter((e) => reasons.includes(e.reason)).map((e) => `${e.type} ${e.reason} ${e.message}`))].sort(), { query: { fieldSelector: `involvedObject.name=${n(x)}` } });
  const hostPath = (path) => ({ hostPath: { path } });
  const steps = [
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    pv('free', '1Gi', hostPath('/tmp/rp')), phase('free', 'Available'),
    pvc('big', '2Gi', { volumeName: n('free'), storageClassName: n('free') }), events('too big', ns, 'big', ['VolumeMismatch']),
    pvc('class', '1Gi', { volumeName: n('free'), storageClassName: 'other' }), events('of another class', ns, 'class', ['VolumeMismatch']),
    pvc('many', '1Gi', { volumeName: n('free'), storageClassName: n('free'), accessModes: ['ReadWriteMany'] }), events('for many', ns, 'many', ['VolumeMismatch']),
    pvc('block', '1Gi', { volumeName: n('free'), storageClassName: n('free'), volumeMode: 'Block' }), events('a block device', ns, 'block', ['VolumeMismatch']),
    phase('free', 'Available'),
    ...['tmp', 'var', 'csi'].flatMap((x) => [pv(x, '1Gi', x === 'csi' ? { csi: { driver: 'example.com', volumeHandle: 'h' } } : hostPath(`/${x}/rp/x`), Delete), pvc(x, '1Gi'), bound(x)]),
    pvc('second', '1Gi', { volumeName: n('tmp'), storageClassName: n('tmp') }), events('its volume is taken', ns, 'second', ['FailedBinding']),
    ...['tmp', 'var', 'csi'].flatMap((x) => [del(`claim ${x} goes`, `${pvcs}/${x}`), gone(`${x} is gone`, `${pvcs}/${x}`)]),
    gone('a volume that can be deleted', `${pvs}/${n('tmp')}`), phase('var', 'Failed'), volumeEvents('var', ['VolumeFailedDelete']), phase('csi', 'Released'),
    pv('nfs', '1Gi', { nfs: { server: 'a', path: '/b' } }, { ...Delete, ...ghost }), phase('nfs', 'Failed'),
    pv('local', '1Gi', { local: { path: '/b' }, nodeAffinity }, { ...Delete, ...ghost }), phase('local', 'Failed'), volumeEvents('local', ['VolumeFailedDelete']),
    pv('recycle', '1Gi', { csi: { driver: 'example.com', volumeHandle: 'h' } }, { persistentVolumeReclaimPolicy: 'Recycle', ...ghost }), phase('recycle', 'Failed'), volumeEvents('recycle', ['VolumeFailedRecycle']),
    pv('lost', '1Gi', hostPath('/tmp/rp')), pvc('lost', '1Gi'), bound('lost'),
    patch('its volume without protection', `${pvs}/${n('lost')}`, { metadata: { finalizers: null } }, (b) => b.kind),
    del('the volume goes', `${pvs}/${n('lost')}`), quiet(patch('for good', `${pvs}/${n('lost')}`, { metadata: { finalizers: null } }, (b) => b.kind)), gone('it is gone', `${pvs}/${n('lost')}`),
    until('the claim is lost', `${pvcs}/lost`, (b) => b.status.phase === 'Lost', (b) => ({ status: b.status, annotations: b.metadata.annotations })), events('and is told', ns, 'lost', ['ClaimLost']),
  ];
  steps.cleanup = cleanup(ns, 0, all);
  return steps;
};
