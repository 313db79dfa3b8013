// Attaching: a volume that another node has, a node that goes, errors of a driver, inline CSI volumes that attach nothing, read-only ones on two nodes.
import { post, patch, del, until, gone, quiet, settle, get, P, nodeName, nodePath, cleanup, pod, events, ready, running } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const pvcs = `${core}/persistentvolumeclaims`; const pvs = '/api/v1/persistentvolumes'; const storage = '/apis/storage.k8s.io/v1';
  const n = (x) => `${ns}-${x}`;
  const all = [...['a', 'b'].map((x) => `${pvs}/${n(x)}`)];
  const node = (i) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName(ns, i), annotations: { 'kwok.x-k8s.io/node': 'fake', 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' }, labels: { 'rp-case': ns } }, spec: { taints: [{ key: 'rp-case', value: ns, effect: 'NoSchedule' }] }, status: { capacity: { cpu: '4', memory: '8Gi', pods: '30' }, allocatable: { cpu: '4', memory: '8Gi', pods: '30' } } });
  const up = (i) => [quiet(del('no node', nodePath(ns, i))), quiet(gone('no node', nodePath(ns, i))), quiet(post('the node', '/api/v1/nodes', node(i))), until(`node ${i} is ready`, nodePath(ns, i), (b) => ready(b) === 'True' && !b.spec.taints.some((t) => /not-ready/.test(t.key)), ready)];
  const pv = (x, mode) => [post(`volume ${x}`, pvs, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n(x) }, spec: { capacity: { storage: '1Gi' }, accessModes: [mode], storageClassName: ns, claimRef: { namespace: ns, name: x }, csi: { driver: `${ns}.example.com`, volumeHandle: x, volumeAttributes: { k: 'v' } } } }), post(`claim ${x}`, pvcs, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: [mode], storageClassName: ns, resources: { requests: { storage: '1Gi' } } } }), until(`${x} is bound`, `${pvcs}/${x}`, (b) => b.status.phase === 'Bound', (b) => b.status.phase)];
  const uses = (name, claim, i) => post(`pod ${name}`, pods, pod(name, { nodeName: nodeName(ns, i), terminationGracePeriodSeconds: 0, tolerations: [{ operator: 'Exists' }], containers: [{ name: 'a', image: 'nginx' }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: claim } }] }));
  const mine = (b) => b.items.filter((v) => v.spec.nodeName.startsWith(ns));
  const shown = (b) => mine(b).map((v) => ({ name: v.metadata.name.replace(/[0-9a-f]{20,}/, '<hash>'), annotations: v.metadata.annotations, finalizers: v.metadata.finalizers, spec: v.spec, status: v.status, deleting: Boolean(v.metadata.deletionTimestamp) })).sort((x, y) => (JSON.stringify(x.spec) < JSON.stringify(y.spec) ? -1 : 1));
  const A = `${storage}/volumeattachments`;
  const steps = [
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    ...up(1), ...up(2), ...pv('a', 'ReadWriteOnce'), ...pv('b', 'ReadOnlyMany'),
    uses('one', 'a', 1), until('an attachment', A, (b) => mine(b).length === 1, shown, { save: (b, v) => { v.va = mine(b)[0].metadata.name; } }),
    (v) => patch('the driver fails', `${A}/${v.va}/status`, { status: { attached: false, attachError: { message: 'no disk', time: new Date().toISOString().replace(/\.\d+/, '') } } }, (b) => ({ attached: b.status.attached, message: b.status.attachError.message })),
    events('the pod is told', ns, 'one', ['FailedAttachVolume']),
    (v) => patch('then it attaches', `${A}/${v.va}/status`, { status: { attached: true, attachError: null, attachmentMetadata: { devicePath: '/dev/x' } } }, (b) => b.status),
    until('the node knows', nodePath(ns, 1), (b) => b.status.volumesAttached, (b) => b.status.volumesAttached),
    events('the pod too', ns, 'one', ['SuccessfulAttachVolume']),
    uses('two', 'a', 2), events('another node may not', ns, 'two', ['FailedAttachVolume']),
    get('no second attachment', A, (b) => mine(b).length),
    uses('three', 'b', 1), uses('four', 'b', 2), until('two for the other', A, (b) => mine(b).length === 3, shown),
    quiet(del('the first pod goes', `${pods}/one`)), gone('it is gone', `${pods}/one`),
    until('it moves', A, (b) => mine(b).some((x) => x.spec.nodeName === nodeName(ns, 2) && x.spec.source.persistentVolumeName === n('a')), (b) => mine(b).filter((x) => x.spec.source.persistentVolumeName === n('a')).map((x) => [x.spec.nodeName, Boolean(x.metadata.deletionTimestamp)]), { within: 90_000 }),
    get('the node of old', nodePath(ns, 1), (b) => (b.status.volumesAttached ?? []).map((x) => x.name)),
  ];
  steps.cleanup = cleanup(ns, 2, all);
  return steps;
};
