// CSI volumes: the VolumeAttachment of a pod's volume, what the node reports, who is told; growth and classes of attributes.
import { post, patch, del, until, gone, quiet, settle, get, P, nodeName, nodePath, cleanup, pod, events, ready } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const pvcs = `${core}/persistentvolumeclaims`; const pvs = '/api/v1/persistentvolumes'; const storage = '/apis/storage.k8s.io/v1';
  const n = (x) => `${ns}-${x}`;
  const all = [...['a', 'b'].map((x) => `${pvs}/${n(x)}`), `${storage}/storageclasses/${ns}`, `${storage}/volumeattributesclasses/${ns}`, `${storage}/csidrivers/rp-no-attach.example.com`];
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName(ns, 1), annotations: { 'kwok.x-k8s.io/node': 'fake', 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' }, labels: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, 1) } }, spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }] }, status: { capacity: { cpu: '4', memory: '8Gi', pods: '30' }, allocatable: { cpu: '4', memory: '8Gi', pods: '30' } } };
  const pv = (x, driver) => post(`volume ${x}`, pvs, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n(x) }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: ns, csi: { driver, volumeHandle: x } } });
  const pvc = (x) => post(`claim ${x}`, pvcs, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: ns, volumeName: n(x), resources: { requests: { storage: '1Gi' } } } });
  const bound = (x) => until(`${x} is bound`, `${pvcs}/${x}`, (b) => b.status.phase === 'Bound', (b) => b.status.phase);
  const uses = (name, claim) => post(`pod ${name}`, pods, pod(name, { nodeName: nodeName(ns, 1), tolerations: [{ operator: 'Exists' }], containers: [{ name: 'a', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: claim } }] }));
  const mine = (b) => b.items.filter((v) => v.spec.nodeName === nodeName(ns, 1));
  let attachment = '';
  const steps = [
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    quiet(del('no node', nodePath(ns, 1))), quiet(gone('no node', nodePath(ns, 1))), quiet(post('the node', '/api/v1/nodes', node)),
    until('is ready', nodePath(ns, 1), (b) => ready(b) === 'True' && !b.spec.taints.some((t) => /not-ready/.test(t.key)), ready),
    post('the class', `${storage}/storageclasses`, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: ns }, provisioner: 'rp-attach.example.com', allowVolumeExpansion: true }, (b) => b.kind),
    post('a driver that attaches nothing', `${storage}/csidrivers`, { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: 'rp-no-attach.example.com' }, spec: { attachRequired: false } }, (b) => b.kind),
    pv('a', 'rp-attach.example.com'), pv('b', 'rp-no-attach.example.com'), pvc('a'), pvc('b'), bound('a'), bound('b'),
    uses('none', 'b'), uses('one', 'a'),
    until('an attachment', `${storage}/volumeattachments`, (b) => mine(b).length === 1, (b) => { attachment = mine(b)[0].metadata.name; return mine(b).map((v) => ({ name: v.metadata.name, spec: v.spec, status: v.status })); }),
    () => patch('the driver has attached it', `${storage}/volumeattachments/${attachment}/status`, { status: { attached: true } }, (b) => b.status),
    until('the node knows', nodePath(ns, 1), (b) => b.status.volumesAttached, (b) => b.status.volumesAttached),
    events('the pod is told', ns, 'one', ['SuccessfulAttachVolume']),
    patch('the claim grows', `${pvcs}/a`, { spec: { resources: { requests: { storage: '2Gi' } } } }, (b) => b.spec.resources), events('somebody else has to do it', ns, 'a', ['ExternalExpanding']),
    del('the pod goes', `${pods}/one`), gone('it is gone', `${pods}/one`),
    until('so is the attachment', `${storage}/volumeattachments`, (b) => mine(b).length === 0, (b) => mine(b).length),
    until('and the node knows', nodePath(ns, 1), (b) => !b.status.volumesAttached, (b) => b.status.volumesAttached ?? 'none'),
    post('a class of attributes', `${storage}/volumeattributesclasses`, { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttributesClass', metadata: { name: ns }, driverName: 'rp-attach.example.com', parameters: { a: 'b' } }, (b) => b.metadata.finalizers),
    post('a claim that has it', pvcs, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: ns, volumeAttributesClassName: ns, resources: { requests: { storage: '1Gi' } } } }),
    settle(500), del('the class goes', `${storage}/volumeattributesclasses/${ns}`), settle(800),
    get('not yet', `${storage}/volumeattributesclasses/${ns}`, (b) => ({ going: Boolean(b.metadata.deletionTimestamp), finalizers: b.metadata.finalizers })),
    del('the claim goes', `${pvcs}/v`), gone('then the class', `${storage}/volumeattributesclasses/${ns}`),
  ];
  steps.cleanup = cleanup(ns, 1, all);
  return steps;
};
