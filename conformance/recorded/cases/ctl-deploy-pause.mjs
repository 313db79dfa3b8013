// A paused Deployment: made paused, scaled, given other templates, and resumed; what its set is told of annotations; who wrote what.
import { post, patch, strategic, get, until, settle, P, nodes, cleanup, on, cond, condsFull, status, whole, each, managers, revisions, told } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, pods } = P(ns); const D = `${apps}/deployments/web`;
  const d = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', annotations: { note: 'one', 'kubernetes.io/change-cause': 'first' } }, spec: { paused: true, replicas: 2, progressDeadlineSeconds: 600, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' }, annotations: { of: 'template' } }, spec: on(ns) } } };
  const image = (x) => ({ spec: { template: { spec: { containers: [{ name: 'a', image: x }] } } } });
  const set = (b) => ({ annotations: b.metadata.annotations, replicas: b.spec.replicas, image: b.spec.template.spec.containers[0].image, status: status(b) });
  const steps = [
    ...nodes(ns, {}),
    post('made paused', `${apps}/deployments`, d),
    until('is seen', D, (b) => b.status.observedGeneration === 1 && cond(b, 'Progressing'), status),
    settle(800), get('there is no set', `${apps}/replicasets`, (b) => b.items.length),
    patch('resumed', D, { spec: { paused: false } }, (b) => b.metadata.generation),
    until('available', D, (b) => b.status.availableReplicas === 2 && b.status.observedGeneration === 2 && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable', (b) => ({ annotations: b.metadata.annotations, ...status(b) })),
    patch('paused', D, { spec: { paused: true }, metadata: { annotations: { note: 'two', 'kubernetes.io/change-cause': 'second' } } }),
    until('says so', D, (b) => cond(b, 'Progressing')?.reason === 'DeploymentPaused' && b.status.observedGeneration === b.metadata.generation, status),
    settle(800), get('annotations of its set', `${apps}/replicasets`, each(set)),
    strategic('another template', D, image('nginx:2')), patch('and five', D, { spec: { replicas: 5 } }),
    until('the old set is scaled', D, (b) => b.status.availableReplicas === 5 && b.status.observedGeneration === b.metadata.generation, status),
    until('it alone', `${apps}/replicasets`, (b) => b.items[0].status.availableReplicas === 5, each(set)),
    strategic('yet another template', D, image('nginx:3')), patch('and four at most six', D, { spec: { replicas: 4, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } } }),
    until('four', D, (b) => b.status.replicas === 4 && !b.status.terminatingReplicas && b.status.observedGeneration === b.metadata.generation, status),
    patch('resumed again', D, { spec: { paused: false } }),
    until('the update runs', D, (b) => b.status.updatedReplicas === 4 && b.status.replicas === 4 && b.status.availableReplicas === 4 && cond(b, 'Progressing')?.reason === 'NewReplicaSetAvailable' && !b.status.terminatingReplicas, (b) => ({ annotations: b.metadata.annotations, ...status(b) })),
    until('two revisions', `${apps}/replicasets`, (b) => b.items.every((r) => (r.status.replicas ?? 0) === r.spec.replicas && !r.status.terminatingReplicas), each((r) => ({ ...set(r), status: r.status.replicas }))),
    get('who wrote it', D, managers), get('who wrote the sets', `${apps}/replicasets`, each(managers)),
    get('a scale', `${D}/scale`, whole),
  ];
  steps.cleanup = cleanup(ns, 1);
  return steps;
};
