// Numbers as large as they may be, where nothing may be made: replicas, surges, deadlines, limits, percentages beyond a hundred, and what statuses and annotations say of them.
import { post, patch, until, settle, P, cleanup, loose, each, status } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, apps, batch, policy } = P(ns); const max = 2147483647; const H = `/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`;
  const tpl = (app, more) => ({ metadata: { labels: { app } }, spec: loose({ terminationGracePeriodSeconds: 0, ...more }) });
  const of = (kind, app, spec = {}) => post(`${kind} ${app}`, `${apps}/${kind.toLowerCase()}s`, { apiVersion: 'apps/v1', kind, metadata: { name: app }, spec: { ...(kind === 'DaemonSet' ? {} : { replicas: max }), ...(kind === 'StatefulSet' ? { serviceName: 'x' } : {}), selector: { matchLabels: { app } }, template: tpl(app), ...spec } }, (b) => b.message ?? b.kind);
  const st = (kind, x, test = () => true) => until(`${x}: status`, `${apps}/${kind}/${x}`, (b) => b.status.observedGeneration === b.metadata.generation && test(b.status), (b) => { const { terminatingReplicas, unavailableReplicas, conditions, ...s } = status(b); return { ...s, conditions: conditions?.filter((c) => c.type !== 'ReplicaFailure') }; });
  const sets = (app, n = 1, test = () => true) => until(`sets of ${app}`, `${apps}/replicasets`, (b) => b.items.length === n && b.items.every((r) => r.status.observedGeneration === r.metadata.generation) && test(b.items), each((r) => ({ replicas: r.spec.replicas, annotations: r.metadata.annotations })), { query: { labelSelector: `app=${app}` } });
  const job = (name, spec) => post(`job ${name}`, `${batch}/jobs`, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never' }) }, ...spec } }, (b) => b.message ?? b.kind);
  const pdb = (name, spec) => [post(`budget ${name}`, `${policy}/poddisruptionbudgets`, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec: { selector: { matchLabels: { app: name } }, ...spec } }, (b) => b.message ?? b.kind)];
  const pdbs = (name) => until(`budget ${name}: status`, `${policy}/poddisruptionbudgets/${name}`, (b) => b.status.observedGeneration && b.status.conditions, status);
  const dep = (x, patchOf, n, test) => [patch(`${x} changes`, `${apps}/deployments/${x}`, { spec: patchOf }, (b) => b.message ?? b.kind), st('deployments', x, test), sets(x, n)];
  const progresses = (s) => s.conditions?.some((c) => c.type === 'Progressing');
  const failed = (s) => s.conditions?.some((c) => c.type === 'ReplicaFailure');
  const steps = [
    post('no pods', `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } }, (b) => b.kind), until('it counts', `${core}/resourcequotas/none`, (b) => b.status.used, (b) => b.status),
    of('Deployment', 'a'), st('deployments', 'a'), sets('a'), ...dep('a', { strategy: { rollingUpdate: { maxSurge: max, maxUnavailable: max } } }, 1), ...dep('a', { strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: '100%' } } }, 1), ...dep('a', { strategy: { rollingUpdate: { maxSurge: '1000%', maxUnavailable: 0 } } }, 1), ...dep('a', { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } }, 2), ...dep('a', { replicas: 5 }, 2), ...dep('a', { replicas: max }, 2),
    of('Deployment', 'b', { progressDeadlineSeconds: max, revisionHistoryLimit: max, minReadySeconds: max - 1 }), st('deployments', 'b'), settle(300), st('deployments', 'b'), ...dep('b', { progressDeadlineSeconds: max - 1, minReadySeconds: max - 2 }, 1, progresses), ...dep('b', { progressDeadlineSeconds: 600, minReadySeconds: 600 }, 1, progresses), ...dep('b', { strategy: { type: 'Recreate', rollingUpdate: null } }, 1, progresses),
    of('ReplicaSet', 'c', { minReadySeconds: max }), st('replicasets', 'c', failed),
    of('StatefulSet', 'd2', { ordinals: { start: max }, replicas: 1 }), settle(400), st('statefulsets', 'd2'),
    of('DaemonSet', 'e', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '1000%', maxUnavailable: 0 } }, minReadySeconds: max }), of('DaemonSet', 'e2', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: max } }, minReadySeconds: max, template: tpl('e2', { nodeSelector: { none: 'x' } }) }), st('daemonsets', 'e2'),
    job('f', { completions: max, parallelism: 0, backoffLimit: max, activeDeadlineSeconds: max, ttlSecondsAfterFinished: max }), job('g', { completionMode: 'Indexed', completions: max, parallelism: 2 }), job('i', { completionMode: 'Indexed', completions: 10, parallelism: 1, backoffLimitPerIndex: max, maxFailedIndexes: max }), ...['f'].map((x) => until(`${x}: status`, `${batch}/jobs/${x}`, (b) => b.status?.startTime, status)),
    ...pdb('b', { minAvailable: max }), ...pdb('c', { maxUnavailable: max }), ...pdb('d', { minAvailable: '100%' }), ...pdb('e', { maxUnavailable: '101%' }), ...pdb('f', { minAvailable: '1000%' }), pdbs('b'), pdbs('c'), pdbs('d'),
    post('autoscaler', H, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' }, minReplicas: max, maxReplicas: max, behavior: { scaleUp: { policies: [{ type: 'Percent', value: max, periodSeconds: 1800 }] } } } }, (b) => b.message ?? b.spec),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
