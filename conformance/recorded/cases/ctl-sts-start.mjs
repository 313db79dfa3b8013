// A StatefulSet that begins elsewhere: another first ordinal, fewer and more pods, claims that go and come, and labels of pods.
import { post, patch, get, del, until, gone, settle, P, nodes, cleanup, on, status, each, whole, owners, told, managers } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods, core } = P(ns); const S = `${apps}/statefulsets/db`; const C = `${core}/persistentvolumeclaims`;
  const s = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { replicas: 2, serviceName: 'db', persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' }, selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' }, annotations: { an: 'x' } }, spec: on(ns, { terminationGracePeriodSeconds: 0 }) },
    volumeClaimTemplates: [{ metadata: { name: 'data', labels: { l: 'm' }, annotations: { a: 'b' } }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: `${ns}`, resources: { requests: { storage: '1Gi' } } } }] } };
  const vol = (i) => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `${ns}-${i}` }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Delete', storageClassName: ns, hostPath: { path: '/x' } } });
  const vols = [0, 1, 2, 3, 4].map((i) => `/api/v1/persistentvolumes/${ns}-${i}`);
  const up = (...ordinals) => until(`pods ${ordinals}`, pods, (b) => b.items.length === ordinals.length && ordinals.every((o) => b.items.some((p) => p.metadata.name === `db-${o}` && !p.metadata.deletionTimestamp && p.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'))), each((p) => ({ name: p.metadata.name, labels: p.metadata.labels, annotations: p.metadata.annotations, host: p.spec.hostname, sub: p.spec.subdomain, owners: owners(p), volumes: p.spec.volumes.map((v) => v.persistentVolumeClaim?.claimName ?? 'token') })));
  const claims = (n, owned) => until(`${n} claims`, C, (b) => b.items.length === n && (owned === undefined || b.items.filter((c) => c.metadata.ownerReferences?.length).length === owned), each((c) => ({ name: c.metadata.name, labels: c.metadata.labels, annotations: Object.keys(c.metadata.annotations ?? {}).sort(), owners: owners(c), finalizers: c.metadata.finalizers, phase: c.status.phase })));
  const st = (test) => until('status', S, (b) => b.status.observedGeneration === b.metadata.generation && test(b.status), status);
  const steps = [
    ...nodes(ns, {}), ...vols.flatMap((p) => [{ ...del('no volume', p), compare: false }, { ...gone('gone', p), compare: false }]), ...[0, 1, 2, 3, 4].map((i) => ({ ...post('volume', '/api/v1/persistentvolumes', vol(i)), compare: false })),
    post('create', `${apps}/statefulsets`, s, (b) => b.spec), up(0, 1), claims(2, 0), st((x) => x.availableReplicas === 2),
    patch('begins with 1', S, { spec: { ordinals: { start: 1 } } }, (b) => b.spec.ordinals), up(1, 2), claims(2, 0), st((x) => x.availableReplicas === 2 && x.replicas === 2),
    patch('three, from 0', S, { spec: { ordinals: { start: 0 }, replicas: 3 } }), up(0, 1, 2), claims(3, 0),
    patch('one', S, { spec: { replicas: 1 } }), up(0), claims(1, 0), st((x) => x.replicas === 1),
    patch('go with it', S, { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain', whenDeleted: 'Delete' } } }), claims(1, 1),
    patch('two again', S, { spec: { replicas: 2 } }), up(0, 1), claims(2, 2), patch('one again', S, { spec: { replicas: 1 } }), up(0), claims(2, 2),
    get('who wrote a claim', `${C}/data-db-0`, managers), get('revisions', `${apps}/controllerrevisions`, each((r) => ({ revision: r.revision, labels: Object.keys(r.metadata.labels ?? {}).sort(), owners: owners(r), data: r.data }))),
    del('delete it', S), gone('gone', S), until('nothing is left', C, (b) => b.items.length === 0, (b) => b.items.length),
  ];
  steps.cleanup = cleanup(ns, 1, vols);
  return steps;
};
