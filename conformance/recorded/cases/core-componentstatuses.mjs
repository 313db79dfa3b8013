// How the control plane's parts are: made up for the answer. Whether the scheduler and the controllers are found depends on where they run.
const path = '/api/v1/componentstatuses';
const etcd = { fieldSelector: 'metadata.name=etcd-0' };
const form = (as) => `application/json;as=${as};g=meta.k8s.io;v=v1`;

export default () => [
  { name: 'who is asked', path, pick: (b) => b.items.map((item) => item.metadata.name).sort() },
  { name: 'the storage', path: `${path}/etcd-0` },
  { name: 'the storage, as metadata', path: `${path}/etcd-0`, headers: { accept: form('PartialObjectMetadata') } },
  { name: 'the storage in a list', path, query: etcd },
  { name: 'the storage as a table', path, query: etcd, headers: { accept: form('Table') } },
  { name: 'the storage as a list of metadata', path, query: etcd, headers: { accept: form('PartialObjectMetadataList') } },
  { name: 'labels, which none has', path, query: { labelSelector: 'a=b' } },
  { name: 'a label that none has', path, query: { labelSelector: '!a', fieldSelector: 'metadata.name!=scheduler,metadata.name!=controller-manager' } },
  { name: 'labels that cannot be read', path, query: { labelSelector: 'a===' } },
  { name: 'an unknown field', path, query: { fieldSelector: 'status=ok' } },
  { name: 'a limit that is no number', path, query: { limit: 'x' } },
  { name: 'an unknown part', path: `${path}/kubelet` },
  { name: 'a watch', path, query: { watch: 'true' } },
  { name: 'a watch of one is a get', path: `${path}/etcd-0`, query: { watch: 'true' } },
  { name: 'a watch by its path', path: '/api/v1/watch/componentstatuses' },
  { name: 'none can be deleted', method: 'DELETE', path: `${path}/etcd-0` },
];
