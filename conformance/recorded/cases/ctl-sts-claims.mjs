// Claims of a StatefulSet: who owns them under each retention policy, what a change of it does, and what stays.
import { post, patch, get, del, until, gone, settle, P, cleanup, loose, owners, counts, events, names } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods, core } = P(ns);
  const claims = `${core}/persistentvolumeclaims`; const S = `${apps}/statefulsets/db`;
  const template = (name, more = {}) => ({ metadata: { name, labels: { part: name }, annotations: { note: 'n' } }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'ghost', resources: { requests: { storage: '1Gi' } }, ...more } });
  const sts = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { serviceName: 'db', replicas: 2, podManagementPolicy: 'Parallel', selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, volumeClaimTemplates: [template('data'), template('log')] } };
  const shown = (b) => b.items.map((c) => ({ name: c.metadata.name, labels: c.metadata.labels, annotations: c.metadata.annotations, owners: owners(c) })).sort((x, y) => (x.name < y.name ? -1 : 1));
  const owned = (b) => Object.fromEntries(b.items.map((c) => [c.metadata.name, owners(c).map((o) => `${o.kind}/${o.name}`).join()]).sort());
  const steps = [
    post('create', `${apps}/statefulsets`, sts, (b) => b.spec.volumeClaimTemplates.map(({ metadata, spec, status }) => ({ metadata, spec, status }))),
    until('two pods', S, (b) => b.status.replicas === 2, counts),
    until('four claims', claims, (b) => b.items.length === 4, shown),
    get('the volumes of a pod', `${pods}/db-0`, (b) => b.spec.volumes.filter((v) => v.persistentVolumeClaim)),
    patch('they go with the set', S, { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } } }, (b) => b.spec.persistentVolumeClaimRetentionPolicy),
    until('the set owns them', claims, (b) => b.items.every((c) => owners(c).length === 1), shown),
    patch('and when it is scaled', S, { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } } }, (b) => b.spec.persistentVolumeClaimRetentionPolicy),
    patch('scale down', `${S}/scale`, { spec: { replicas: 1 } }, (b) => b.spec),
    until('two claims go', claims, (b) => b.items.length === 2, owned),
    patch('they stay', S, { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain', whenDeleted: 'Retain' } } }, (b) => b.spec.persistentVolumeClaimRetentionPolicy),
    until('nobody owns them', claims, (b) => b.items.every((c) => owners(c).length === 0), owned),
    patch('a template changes', S, { spec: { volumeClaimTemplates: [template('data', { resources: { requests: { storage: '2Gi' } } }), template('log')] } }),
    get('remember', `${pods}/db-0`, (b) => b.kind, { save: (b, v) => { v.uid = b.metadata.uid; } }),
    del('a claim goes', `${claims}/log-db-0`), gone('it is gone', `${claims}/log-db-0`),
    del('its pod goes', `${pods}/db-0`),
    (v) => until('both come again', pods, (b) => b.items.length === 1 && b.items[0].metadata.uid !== v.uid, names),
    until('the claim too', `${claims}/log-db-0`, (b) => b.kind === 'PersistentVolumeClaim' && !b.metadata.deletionTimestamp, (b) => ({ finalizers: b.metadata.finalizers, phase: b.status.phase })),
    events('its events', ns, 'db', ['SuccessfulCreate', 'SuccessfulDelete']),
    del('the set goes', S, 'Foreground'), gone('is gone', S),
    until('no pods', pods, (b) => b.items.length === 0, names),
    settle(800), get('the claims stay', claims, owned),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
