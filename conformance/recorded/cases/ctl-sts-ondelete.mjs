// A StatefulSet that is scaled down, updated on delete, with ordinals that begin elsewhere, claims that go with it, and rolling back by hand.
import { post, patch, get, del, until, settle, P, cleanup, loose, READY, report, conds, counts, names, owners, quiet, tidy, events } from './lib/ctl.mjs';

export default ({ ns }) => {
  const { apps, pods, core } = P(ns);
  const S = `${apps}/statefulsets/db`;
  const claims = `${core}/persistentvolumeclaims`;
  const sts = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { serviceName: 'db', replicas: 2, podManagementPolicy: 'Parallel', ordinals: { start: 3 }, updateStrategy: { type: 'OnDelete' }, persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' }, selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, volumeClaimTemplates: [{ metadata: { name: 'data', labels: { a: 'b' } }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } } }] } };
  const revision = (l) => new Set(l.items.map((p) => p.metadata.labels['controller-revision-hash'])).size;
  const state = (b) => ({ generation: b.metadata.generation, observed: b.status.observedGeneration, ...Object.fromEntries(Object.entries(counts(b)).map(([k, v]) => [k, /Revision$/.test(k) ? tidy(v) : v])), same: b.status.currentRevision === b.status.updateRevision });
  const steps = [
    post('create', `${apps}/statefulsets`, sts, (b) => ({ ordinals: b.spec.ordinals, update: b.spec.updateStrategy, retention: b.spec.persistentVolumeClaimRetentionPolicy, claim: b.spec.volumeClaimTemplates })),
    until('both pods at once', S, (b) => b.status.replicas === 2, state),
    until('their names', pods, (b) => b.items.length === 2, (b) => b.items.map((p) => [p.metadata.name, p.metadata.labels, p.spec.volumes?.[0]])),
    until('their claims', claims, (b) => b.items.length === 2 && b.items.every((c) => c.metadata.ownerReferences?.length), (b) => b.items.map((c) => ({ name: c.metadata.name, labels: c.metadata.labels, owners: owners(c) }))),
    report('ready', ns, 'db-3', READY), report('ready too', ns, 'db-4', READY),
    until('both are available', S, (b) => b.status.availableReplicas === 2, state),
    patch('a new image', S, { spec: { template: { spec: { containers: [{ name: 'a', image: 'nginx:2' }] } } } }, (b) => b.metadata.generation, { type: 'application/strategic-merge-patch+json' }),
    until('has a revision', S, (b) => b.status.updateRevision !== b.status.currentRevision, state),
    settle(1000),
    get('but the pods stay', pods, (b) => [names(b), revision(b)]),
    del('delete one', `${pods}/db-3`),
    until('it is of the new revision', `${pods}/db-3`, (b) => b.spec?.containers[0].image === 'nginx:2', (b) => b.metadata.name),
    until('counted', S, (b) => b.status.updatedReplicas === 1, state),
    patch('scale to one', `${S}/scale`, { spec: { replicas: 1 } }, (b) => b.spec),
    until('the last one goes', pods, (b) => b.items.length === 1, names),
    until('and its claim', claims, (b) => b.items.length === 1, (b) => b.items.map((c) => ({ name: c.metadata.name, owners: owners(c) }))),
    patch('the service name stays', S, { spec: { serviceName: 'x' } }, (b) => ({ status: b.status, message: b.message })),
    events('events', ns, 'db', ['SuccessfulCreate', 'SuccessfulDelete']),
    del('delete the set', S),
    until('no pods', pods, (b) => b.items.length === 0, names),
    until('no claims', claims, (b) => b.items.length === 0, names),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
