// A StatefulSet whose pod is refused: its claim is there and belongs to the set all the same.
import { post, until, P, cleanup, loose, owners, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, core } = P(ns);
  const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];
  const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { replicas: 1, serviceName: 'db', persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' }, volumeClaimTemplates: claims, selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: loose() } } };
  const steps = [
    post('no pods', `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } }),
    until('is counted', `${core}/resourcequotas/none`, (b) => b.status.hard?.pods === '0', (b) => b.status),
    post('create', `${apps}/statefulsets`, set),
    until('its claim', `${core}/persistentvolumeclaims`, (b) => b.items[0]?.metadata.ownerReferences?.length === 1, (b) => b.items.map((claim) => ({ name: claim.metadata.name, owners: owners(claim) }))),
    events('is told of', ns, 'db', ['FailedCreate']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
