// Scaling in the middle of a rollout that stands still: how the sets share, by what they have, with surges and rests, up, down and to none.
import { post, patch, strategic, get, until, settle, P, nodes, cleanup, on, cond, status, each, revisions } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps } = P(ns); const D = (x) => `${apps}/deployments/${x}`;
  const d = (name, replicas, strategy) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: strategy }, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: on(ns) } } });
  const next = (x, image) => strategic(`${x}: a template that nobody runs`, D(x), { spec: { template: { spec: { schedulerName: 'none', containers: [{ name: 'a', image }] } } } });
  const sets = (x, test) => [settle(3000), until(`${x}: its sets`, `${apps}/replicasets`, (b) => test(b) && b.items.every((r) => (r.spec.template.spec.schedulerName === 'none' || (r.status.readyReplicas ?? 0) === r.spec.replicas) && r.status.observedGeneration === r.metadata.generation && (r.status.replicas ?? 0) === r.spec.replicas && !r.status.terminatingReplicas), revisions, { query: { labelSelector: `app=${x}` } })];
  const calm = (b) => ({ ...status(b), terminatingReplicas: undefined });
  const sum = (n) => (b) => b.items.reduce((s, r) => s + r.spec.replicas, 0) === n;
  const to = (x, replicas) => patch(`${x}: ${replicas}`, `${D(x)}/scale`, { spec: { replicas } }, (b) => b.spec);
  const steps = [
    ...nodes(ns, { pods: 100, cpu: '64', memory: '64Gi' }),
    post('ten', `${apps}/deployments`, d('web', 10, { maxSurge: 3, maxUnavailable: 2 })), until('run', D('web'), (b) => b.status.availableReplicas === 10, (b) => b.status.availableReplicas),
    next('web', 'nginx:2'), sets('web', (b) => b.items.length === 2 && sum(13)(b)),
    to('web', 15), sets('web', sum(18)),
    to('web', 30), sets('web', sum(33)),
    until('its status', D('web'), (b) => b.status.readyReplicas + b.status.updatedReplicas === 33, calm),
    to('web', 12), sets('web', (b) => sum(15)(b) || sum(12)(b)),
    to('web', 0), sets('web', sum(0)), until('its status at none', D('web'), (b) => !b.status.replicas && b.status.observedGeneration === b.metadata.generation, calm),
    to('web', 3), sets('web', sum(3)), until('its status at three', D('web'), (b) => b.status.replicas === 3 && b.status.observedGeneration === b.metadata.generation, calm),
    post('percentages', `${apps}/deployments`, d('pct', 7, { maxSurge: '30%', maxUnavailable: '30%' })), until('run', D('pct'), (b) => b.status.availableReplicas === 7, (b) => b.status.availableReplicas),
    next('pct', 'nginx:2'), sets('pct', (b) => b.items.length === 2 && sum(10)(b)),
    to('pct', 20), sets('pct', sum(26)),
    patch('pct: another strategy', D('pct'), { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '50%' } } } }), sets('pct', () => true),
  ];
  const all = steps.flat();
  all.cleanup = cleanup(ns, 1);
  return all;
};
