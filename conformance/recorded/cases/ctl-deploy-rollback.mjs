// Going back: to the former template, to the one before it, and to one whose set was removed; what the annotations of the sets remember.
import { post, patch, strategic, get, del, until, gone, P, nodes, cleanup, on, cond, status, each, whole, told } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps } = P(ns); const D = `${apps}/deployments/web`;
  const d = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { of: 'deployment' }, annotations: { keep: 'a', 'kubernetes.io/change-cause': 'v1' } }, spec: { replicas: 2, minReadySeconds: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web', extra: 'x' } }, spec: on(ns) } } };
  const to = (v) => strategic(`to ${v}`, D, { metadata: { annotations: { 'kubernetes.io/change-cause': v } }, spec: { template: { spec: { containers: [{ name: 'a', image: `nginx:${v}` }] } } } });
  const done = (n) => until(`revision ${n} is complete`, D, (b) => b.metadata.annotations['deployment.kubernetes.io/revision'] === String(n) && b.status.updatedReplicas === 2 && b.status.availableReplicas === 2 && b.status.replicas === 2 && !b.status.terminatingReplicas && b.status.observedGeneration === b.metadata.generation && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable', (b) => ({ annotations: b.metadata.annotations, ...status(b) }));
  const sets = (n) => until(`${n} sets`, `${apps}/replicasets`, (b) => b.items.length === n && b.items.every((r) => (r.status.replicas ?? 0) === r.spec.replicas && !r.status.terminatingReplicas), each((r) => ({ annotations: r.metadata.annotations, labels: r.metadata.labels, replicas: r.spec.replicas, ready: r.status.readyReplicas ?? 0, image: r.spec.template.spec.containers[0].image, minReady: r.spec.minReadySeconds })));
  const steps = [
    ...nodes(ns, {}),
    post('create', `${apps}/deployments`, d), done(1), to('v2'), done(2), to('v3'), done(3), sets(3),
    to('v2'), done(4), sets(3),
    to('v3'), done(5), sets(3),
    to('v2'), done(6), sets(3),
    get('the first set', `${apps}/replicasets`, (b) => b.items.length, { save: (b, v) => { v.first = b.items.find((r) => r.spec.template.spec.containers[0].image === 'nginx:1.27').metadata.name; } }),
    (v) => del('is deleted', `${apps}/replicasets/${v.first}`), (v) => gone('is gone', `${apps}/replicasets/${v.first}`), sets(2),
    strategic('to the first again', D, { spec: { minReadySeconds: 0, template: { spec: { containers: [{ name: 'a', image: 'nginx:1.27' }] } } } }), done(7), sets(3),
    patch('no history', D, { spec: { revisionHistoryLimit: 0 } }), until('one set', `${apps}/replicasets`, (b) => b.items.length === 1, each((r) => r.metadata.annotations)),
    patch('annotations change', D, { metadata: { annotations: { keep: 'b', more: 'c' } } }), until('those of the set as well', `${apps}/replicasets`, (b) => b.items[0].metadata.annotations.more, each((r) => r.metadata.annotations)),
    patch('annotations go', D, { metadata: { annotations: { keep: null, more: null, 'deployment.kubernetes.io/revision': '77' } } }), until('revision is put right', D, (b) => b.metadata.annotations['deployment.kubernetes.io/revision'] === '7', (b) => b.metadata.annotations),
    get('of the set', `${apps}/replicasets`, each((r) => r.metadata.annotations)),
    until('all of it', D, (b) => b.status.observedGeneration === b.metadata.generation, whole),
    del('deleted, the sets stay', D, 'Orphan'), gone('is gone', D), sets(1), get('without owner', `${apps}/replicasets`, each((r) => r.metadata.ownerReferences ?? 'none')),
    post('made again with another limit', `${apps}/deployments`, { ...d, spec: { ...d.spec, minReadySeconds: 0 } }), done(7), sets(1),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
