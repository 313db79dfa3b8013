// Classes of volume attributes: protection while claims or volumes use them, claims that wait for one, changes of a claim, and quotas by class.
import { post, patch, get, del, until, gone, quiet, settle, P, cleanup, whole, managers, status } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core } = P(ns); const C = `${core}/persistentvolumeclaims`; const V = `/api/v1/persistentvolumes/${ns}`; const A = '/apis/storage.k8s.io/v1/volumeattributesclasses'; const a = (x) => `${A}/${ns}-${x}`;
  const all = [V, a('gold'), a('silver'), a('free'), a('late')];
  const cls = (x) => post(`class ${x}`, A, { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttributesClass', metadata: { name: `${ns}-${x}` }, driverName: 'example.com', parameters: { iops: '1' } }, whole);
  const pvc = (x, spec) => post(`claim ${x}`, C, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: ns, resources: { requests: { storage: '1Gi' } }, ...spec } }, (b) => b.message ?? b.spec);
  const going = (x) => until(`${x} waits`, a(x), (b) => b.metadata.deletionTimestamp, (b) => b.metadata.finalizers);
  const steps = [
    ...all.flatMap((p) => [quiet(del('none', p)), quiet(gone('gone', p))]),
    cls('gold'), cls('silver'), cls('free'), until('is protected', a('gold'), (b) => b.metadata.finalizers?.length, whole), until('so is silver', a('silver'), (b) => b.metadata.finalizers?.length, managers),
    post('a quota', `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { persistentvolumeclaims: '2' }, scopeSelector: { matchExpressions: [{ scopeName: 'VolumeAttributesClass', operator: 'In', values: [`${ns}-gold`] }] } } }, (b) => b.message ?? b.kind),
    del('free goes', a('free')), gone('at once', a('free')),
    pvc('c', { volumeAttributesClassName: `${ns}-gold` }), settle(400), get('waits', `${C}/c`, whole),
    del('gold goes', a('gold')), going('gold'),
    post('a volume', '/api/v1/persistentvolumes', { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: ns }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: ns, volumeAttributesClassName: `${ns}-gold`, csi: { driver: 'example.com', volumeHandle: 'h' } } }, (b) => b.message ?? b.kind), until('is bound', `${C}/c`, (b) => b.status.phase === 'Bound', whole),
    until('counts', `${core}/resourcequotas/q`, (b) => b.status.used?.persistentvolumeclaims, (b) => b.status),
    patch('another class', `${C}/c`, { spec: { volumeAttributesClassName: `${ns}-silver` } }, (b) => b.message ?? b.spec.volumeAttributesClassName), settle(800), get('nobody does it', `${C}/c`, (b) => ({ spec: b.spec.volumeAttributesClassName, status: b.status })), until('counts still', `${core}/resourcequotas/q`, (b) => b.status.used, (b) => b.status.used),
    going('gold'), patch('none', `${C}/c`, { spec: { volumeAttributesClassName: null } }, (b) => b.message ?? b.spec.volumeAttributesClassName), patch('empty', `${C}/c`, { spec: { volumeAttributesClassName: '' } }, (b) => b.message ?? b.spec.volumeAttributesClassName),
    patch('the driver says so', `${C}/c/status`, { status: { currentVolumeAttributesClassName: `${ns}-silver`, modifyVolumeStatus: { status: 'InProgress', targetVolumeAttributesClassName: `${ns}-silver` } } }, (b) => b.message ?? b.status), patch('of the volume too', V, { spec: { volumeAttributesClassName: `${ns}-silver` } }, (b) => b.message ?? b.spec.volumeAttributesClassName), gone('gold is free', a('gold')),
    del('silver goes', a('silver')), going('silver'), del('the claim goes', `${C}/c`), gone('gone', `${C}/c`), settle(600), going('silver'), del('and the volume', V), quiet(patch('let go', V, { metadata: { finalizers: null } })), gone('gone', V), gone('silver as well', a('silver')),
    pvc('late', { volumeAttributesClassName: `${ns}-late` }), settle(300), cls('late'), until('protected', a('late'), (b) => b.metadata.finalizers, (b) => b.metadata.finalizers), del('goes', a('late')), going('late'), del('its claim', `${C}/late`), gone('gone', `${C}/late`), gone('then it', a('late')),
  ];
  steps.cleanup = cleanup(ns, 0, all);
  return steps;
};
