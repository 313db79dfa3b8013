// Volumes of kinds that drivers took over: what is attached for those that a pod names itself, and for PersistentVolumes of all of these kinds; a disk that another node has; what pods are told.
import { post, patch, get, del, until, settle, quiet, P, nodes, nodePath, nodeName, cleanup, loose, pod } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const PV = '/api/v1/persistentvolumes'; const VA = '/apis/storage.k8s.io/v1/volumeattachments'; const n = (x) => `${ns}-${x}`;
  const free = (k, v) => (k === 'name' && /^csi-[0-9a-f]{64}$/.test(v) ? 'csi' : v);
  const mine = (b) => b.items.filter((a) => a.spec.nodeName.startsWith(`${ns}-n`));
  const shown = (b) => mine(b).map((a) => JSON.stringify({ node: a.spec.nodeName, attacher: a.spec.attacher, source: a.spec.source, finalizers: a.metadata.finalizers }, free)).sort();
  const sources = {
    ebs: { awsElasticBlockStore: { volumeID: 'aws://zone-a/vol-1', fsType: 'ext4', partition: 2 } }, ebs2: { awsElasticBlockStore: { volumeID: 'vol-2', readOnly: true } }, ebs3: { awsElasticBlockStore: { volumeID: 'aws://zone-a/other' } },
    gce: { gcePersistentDisk: { pdName: 'd', partition: 1 } }, gce2: { gcePersistentDisk: { pdName: 'e', readOnly: true } }, disk: { azureDisk: { diskName: 'd', diskURI: '/subscriptions/x/resourcegroups/y/providers/microsoft.compute/disks/d', kind: 'Managed' } },
    disk2: { azureDisk: { diskName: 'd', diskURI: 'https://blob/d', kind: 'Dedicated' } }, file: { azureFile: { secretName: 'azure-storage-account-acc-secret', shareName: 'share' } }, file2: { azureFile: { secretName: 'plain', shareName: 'share', readOnly: true } },
    cinder: { cinder: { volumeID: 'c', fsType: 'xfs' } }, vsphere: { vsphereVolume: { volumePath: '[store] a/b.vmdk', fsType: 'ext3' } }, portworx: { portworxVolume: { volumeID: 'p', readOnly: true } },
  };
  const kinds = ['ebs', 'gce', 'disk', 'file', 'cinder', 'vsphere', 'portworx'];
  const pv = (x, spec, metadata = {}) => [quiet(patch('free', `${PV}/${n(x)}`, { metadata: { finalizers: null } })), quiet(del('none', `${PV}/${n(x)}`)), post(`volume ${x}`, PV, { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: n(x), ...metadata }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: n('none'), claimRef: { kind: 'PersistentVolumeClaim', namespace: ns, name: x }, ...spec } }, (b) => b.message ?? b.kind), post(`claim ${x}`, `${core}/persistentvolumeclaims`, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { storageClassName: n('none'), volumeName: n(x), accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }, (b) => b.message ?? b.kind), until(`${x} is bound`, `${core}/persistentvolumeclaims/${x}`, (b) => b.status.phase === 'Bound', (b) => b.status.phase)];
  const run = (name, k, volumes) => post(`pod ${name}`, pods, pod(name, loose({ nodeName: nodeName(ns, k), volumes })), (b) => b.message ?? b.kind);
  const managed = (k) => patch(`node ${k} leaves attaching to the controller`, nodePath(ns, k), { metadata: { annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } } }, (b) => b.kind);
  const told = (name, ...wanted) => until(`${name} is told`, `${core}/events`, (b) => wanted.every((w) => b.items.some((e) => e.message.includes(w))), (b) => [...new Set(b.items.filter((e) => /Attach/.test(e.reason)).map((e) => `${e.type} ${e.reason} ${e.message}`))].sort(), { query: { fieldSelector: `involvedObject.name=${name}` } });
  const attached = (title, k, want) => until(title, VA, (b) => mine(b).filter((a) => a.spec.nodeName === nodeName(ns, k)).length === want, shown);
  const steps = [
    ...nodes(ns, { fake: false }, { fake: false }), managed(1), managed(2),
    ...['file2', 'gce2'].flatMap((x) => pv(x, sources[x], x === 'file2' ? { annotations: { 'kubernetes.io/azure-file-resource-group': 'group' } } : { labels: { 'topology.kubernetes.io/zone': 'us-east1-b__us-east1-c' } })), ...pv('file3', { azureFile: { ...sources.file.azureFile, secretNamespace: 'elsewhere' } }), ...pv('vsphere', sources.vsphere), ...pv('disk2', sources.disk2),
    run('inline', 1, Object.entries(sources).filter(([x]) => !['file2', 'gce2', 'vsphere'].includes(x)).map(([name, source]) => ({ name, ...source }))), attached('attached for it', 1, 7), settle(300), get('and no more', VA, shown),
    run('claims', 2, ['file2', 'file3', 'gce2', 'vsphere', 'disk2'].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }))), attached('attached for it', 2, 4), settle(300), get('and no more', VA, shown),
    get('all of them', VA, (b) => mine(b).length, { save: (b, v) => { v.all = mine(b).map((a) => a.metadata.name); } }), ...Array.from({ length: 11 }, (_, i) => (v) => patch('attached', `${VA}/${v.all[i]}/status`, { status: { attached: true } }, (b) => b.message ?? b.kind)),
    told('inline', 'vol-1', 'pd.csi', 'cinder', 'pxd', 'vol-2', 'microsoft', 'share'), told('claims', n('file2'), n('file3'), n('gce2'), n('vsphere')), ...[1, 2].map((k) => until(`node ${k} has them`, nodePath(ns, k), (b) => b.status.volumesAttached?.length === (k === 1 ? 7 : 4), (b) => b.status.volumesAttached.map(({ name }) => name).sort())),
    run('other', 2, [{ name: 'x', ...sources.cinder }, { name: 'y', ...sources.file }]), told('other', 'Multi-Attach'), until('a share can be had twice', VA, (b) => mine(b).some((a) => a.spec.nodeName === nodeName(ns, 2) && a.spec.source.inlineVolumeSpec), (b) => shown(b).filter((a) => /inline/.test(a) && a.includes(nodeName(ns, 2)))),
    quiet(del('inline goes', `${pods}/inline?gracePeriodSeconds=0`)), until('the disk is for the other', VA, (b) => mine(b).some((a) => a.spec.nodeName === nodeName(ns, 2) && a.spec.attacher.startsWith('cinder')), (b) => shown(b).filter((a) => /inline/.test(a))),
    get('those of the other', VA, (b) => mine(b).filter((a) => a.spec.nodeName === nodeName(ns, 2) && a.spec.source.inlineVolumeSpec).length, { save: (b, v) => { v.all = mine(b).filter((a) => a.spec.nodeName === nodeName(ns, 2) && a.spec.source.inlineVolumeSpec).map((a) => a.metadata.name); } }), ...[0, 1].map((i) => (v) => patch('attached', `${VA}/${v.all[i]}/status`, { status: { attached: true } }, (b) => b.message ?? b.kind)), told('other', 'succeeded for volume \"cinder', '#y#'),
    quiet(del('claims goes', `${pods}/claims?gracePeriodSeconds=0`)), quiet(del('other goes', `${pods}/other?gracePeriodSeconds=0`)), until('none is left', VA, (b) => mine(b).length === 0, (b) => shown(b)),
  ];
  steps.cleanup = cleanup(ns, 2, ['file2', 'file3', 'gce2', 'vsphere', 'disk2'].map((x) => `${PV}/${n(x)}`));
  return steps;
};
