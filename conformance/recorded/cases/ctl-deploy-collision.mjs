// A Deployment whose ReplicaSet's name is taken: the collision count; labels and annotations of ReplicaSets, minReadySeconds, a restart, a rollback, wrong strategies.
import { post, patch, strategic, get, del, until, gone, P, cleanup, loose, READY, report, tidy, owners, counts, condsFull, cond, revisions, names, quiet, live, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const D = `${apps}/deployments/web`;
  const d = (spec, meta) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', labels: { tier: 'front' }, annotations: { own: 'a', 'kubectl.kubernetes.io/last-applied-configuration': 'x' }, ...meta }, spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: loose({ terminationGracePeriodSeconds: 0 }) }, ...spec } });
  const image = (n) => ({ spec: { template: { spec: { containers: [{ name: 'a', image: `nginx:${n}` }] } } } });
  const sets = (name, test) => until(name, `${apps}/replicasets`, test, revisions);
  const full = (b) => ({ annotations: b.metadata.annotations, generation: b.metadata.generation, status: counts(b), order: b.status.conditions?.map((c) => c.type), conditions: condsFull(b) });
  const steps = [
    post('create', `${apps}/deployments`, d()),
    until('its pod', D, (b) => b.status.replicas === 1, full),
    get('its set', `${apps}/replicasets`, (b) => b.items.map((r) => ({ name: tidy(r.metadata.name), labels: Object.keys(r.metadata.labels).sort(), annotations: r.metadata.annotations, owners: owners(r), spec: { selector: Object.keys(r.spec.selector.matchLabels).sort(), labels: Object.keys(r.spec.template.metadata.labels).sort(), min: r.spec.minReadySeconds } })), { save: (b, v) => { v.rs = b.items[0].metadata.name; } }),
    del('leave the set', D, 'Orphan'), gone('gone', D),
    (v) => strategic('its template changes', `${apps}/replicasets/${v.rs}`, image(9), (b) => b.kind),
    post('the Deployment again', `${apps}/deployments`, d({ minReadySeconds: 1 })),
    until('its name is taken', D, (b) => b.status.collisionCount === 1 && b.status.updatedReplicas === 1, (b) => ({ collisions: b.status.collisionCount, updated: b.status.updatedReplicas, replicas: b.status.replicas, revision: b.metadata.annotations['deployment.kubernetes.io/revision'] })),
    sets('two sets', (b) => b.items.length === 2),
    quiet(until('the new pod', pods, (b) => live(b).some((p) => p.spec.containers[0].image === 'nginx:1.27'), null, { save: (b, v) => { v.pod = live(b).filter((p) => p.spec.containers[0].image === 'nginx:1.27').sort((x, y) => (x.metadata.creationTimestamp < y.metadata.creationTimestamp ? 1 : -1))[0].metadata.name; } })),
    patch('annotations go to the set', D, { metadata: { annotations: { own: 'b', more: 'c' } } }, (b) => b.metadata.generation),
    until('all but kubectl\'s', `${apps}/replicasets`, (b) => b.items.some((r) => r.metadata.annotations.more === 'c'), (b) => b.items.filter((r) => r.metadata.annotations.more).map((r) => r.metadata.annotations)),
    strategic('a restart', D, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2020-01-01T00:00:00Z' } } } } }, (b) => b.metadata.generation),
    until('is a new revision', D, (b) => b.status.observedGeneration === b.metadata.generation && b.metadata.annotations['deployment.kubernetes.io/revision'] === '3', (b) => b.metadata.annotations['deployment.kubernetes.io/revision']),
    // Which of the two older sets gives way first depends on whose pods are available by then.
    until('of its own', `${apps}/replicasets`, (b) => b.items.length === 3 && b.items.some((r) => r.metadata.annotations['deployment.kubernetes.io/revision'] === '3'), (b) => b.items.length),
    patch('no surge and none unavailable', D, { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } }),
    patch('a strategy with what is not its own', D, { spec: { strategy: { type: 'Recreate' } } }),
    patch('a deadline that is too short', D, { spec: { minReadySeconds: 10, progressDeadlineSeconds: 5 } }),
    patch('a percentage of no number', D, { spec: { strategy: { rollingUpdate: { maxSurge: 'x%', maxUnavailable: '110%' } } } }),
    post('by rollback', `${D}/rollback`, { apiVersion: 'apps/v1', kind: 'DeploymentRollback', name: 'web', rollbackTo: { revision: 1 } }),
    patch('pause', D, { spec: { paused: true } }, (b) => b.spec.paused),
    until('is paused', D, (b) => cond(b, 'Progressing')?.reason === 'DeploymentPaused', (b) => condsFull(b)),
    patch('resume', D, { spec: { paused: null } }, (b) => b.spec.paused ?? false),
    until('is resumed', D, (b) => cond(b, 'Progressing')?.reason === 'DeploymentResumed' || cond(b, 'Progressing')?.reason === 'ReplicaSetUpdated', (b) => b.status.conditions.map((c) => c.type)),
    patch('no replicas', D, { spec: { replicas: 0 } }, (b) => b.spec.replicas),
    until('is complete', D, (b) => !b.status.replicas && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable', (b) => ({ status: counts(b), conditions: condsFull(b) })),
    until('none of them has any', `${apps}/replicasets`, (b) => b.items.every((r) => r.spec.replicas === 0), (b) => b.items.length),
    get('as a scale', `${D}/scale`, (b) => ({ spec: b.spec, status: b.status })),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
