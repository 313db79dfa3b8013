// Autoscalers that can do without metrics: limits, targets that are scaled to none, two for one target, conditions and their order.
import { post, get, until, P, cleanup, loose, condsFull, cond, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { apps, core } = P(ns);
  const H = `/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`;
  const sorted = (message) => message.replace(/\[(.*)\]$/, (_, list) => `[${list.split(' ').sort().join(' ')}]`);
  const d = (name, replicas, kind = 'Deployment') => ({ apiVersion: 'apps/v1', kind, metadata: { name }, spec: { replicas, ...(kind === 'StatefulSet' ? { serviceName: name, podManagementPolicy: 'Parallel' } : {}), selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: loose({ containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '100m' } } }, { name: 'b', image: 'x' }] }) } } });
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  const hpa = (name, target, spec, kind = 'Deployment') => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec: { scaleTargetRef: { apiVersion: kind === 'ReplicationController' ? 'v1' : 'apps/v1', kind, name: target }, minReplicas: 1, maxReplicas: 5, metrics: [cpu], ...spec } });
  const state = (b) => ({ observed: b.status.observedGeneration ?? 'none', current: b.status.currentReplicas, desired: b.status.desiredReplicas, last: typeof b.status.lastScaleTime, order: b.status.conditions?.map((c) => c.type), conditions: condsFull(b).map((c) => ({ ...c, message: sorted(c.message) })) });
  const seen = (name, test) => until(`${name}: its state`, `${H}/${name}`, test, state);
  const steps = [
    // All of them first, as each is looked at for the first time after a quarter of a minute.
    post('a deployment of one', `${apps}/deployments`, d('low', 1)),
    post('at least three', H, hpa('low', 'low', { minReplicas: 3 })),
    post('a deployment of seven', `${apps}/deployments`, d('high', 7)),
    post('at most four', H, hpa('high', 'high', { maxReplicas: 4 })),
    post('a deployment of none', `${apps}/deployments`, d('off', 0)),
    post('is left alone', H, hpa('off', 'off', {})),
    post('a set', `${apps}/statefulsets`, d('db', 1, 'StatefulSet')), until('has its pod', `${apps}/statefulsets/db`, (b) => b.status.replicas === 1, (b) => b.status.replicas),
    post('of a set, at least two', H, hpa('db', 'db', { minReplicas: 2 }, 'StatefulSet')),
    post('a set of its own', `${apps}/replicasets`, d('rs', 2, 'ReplicaSet')), until('has its pods', `${apps}/replicasets/rs`, (b) => b.status.replicas === 2, (b) => b.status.replicas),
    post('one metric of a container', H, hpa('rs', 'rs', { metrics: [{ type: 'ContainerResource', containerResource: { name: 'memory', container: 'b', target: { type: 'AverageValue', averageValue: '10Mi' } } }] }, 'ReplicaSet')),
    post('two metrics', H, hpa('two', 'db', { metrics: [cpu, { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '10Mi' } } }] }, 'StatefulSet')),
    post('a lone one of pods', `${apps}/deployments`, d('lone', 2)), until('has its pods too', `${apps}/deployments/lone`, (b) => b.status.replicas === 2, (b) => b.status.replicas),
    post('by what pods tell', H, hpa('lone', 'lone', { metrics: [{ type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '3' } } }] })),
    post('behaviour', H, hpa('behave', 'none', { behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] }, scaleUp: { selectPolicy: 'Disabled', tolerance: '0.2' } } }), (b) => b.spec.behavior),
    post('behaviour that is wrong', H, hpa('bad', 'none', { behavior: { scaleDown: { stabilizationWindowSeconds: 4000, policies: [{ type: 'Pods', value: 0, periodSeconds: 60 }, { type: 'None', value: 1, periodSeconds: 3600 }] } } })),
    post('limits that are wrong', H, hpa('bad', 'none', { minReplicas: 0, maxReplicas: 0 })),
    until('is scaled up', `${apps}/deployments/low`, (b) => b.spec.replicas === 3, (b) => b.spec.replicas),
    seen('low', (b) => b.status.desiredReplicas === 3),
    events('it is told', ns, 'low', ['SuccessfulRescale']),
    until('is scaled down', `${apps}/deployments/high`, (b) => b.spec.replicas === 4, (b) => b.spec.replicas),
    seen('high', (b) => b.status.desiredReplicas === 4),
    events('it is told too', ns, 'high', ['SuccessfulRescale']),
    seen('off', (b) => cond(b, 'ScalingActive')?.reason === 'ScalingDisabled'),
    until('is scaled up as well', `${apps}/statefulsets/db`, (b) => b.spec.replicas === 2, (b) => b.spec.replicas),
    seen('rs', (b) => cond(b, 'ScalingActive')),
    events('events of that', ns, 'rs', ['FailedGetContainerResourceMetric', 'FailedComputeMetricsReplicas']),
    seen('lone', (b) => cond(b, 'ScalingActive')),
    events('events of the lone one', ns, 'lone', ['FailedGetPodsMetric', 'FailedComputeMetricsReplicas']),
    get('as the first version', `/apis/autoscaling/v1/namespaces/${ns}/horizontalpodautoscalers/low`, (b) => ({ spec: b.spec, annotations: Object.keys(b.metadata.annotations ?? {}), conditions: JSON.parse(b.metadata.annotations['autoscaling.alpha.kubernetes.io/conditions']).map((c) => [c.type, c.status, c.reason]) })),
    // With their second look.
    seen('two', (b) => cond(b, 'ScalingActive')?.reason === 'AmbiguousSelector'),
    until('events of two for one', `${core}/events`, (b) => b.items.some((e) => e.reason === 'AmbiguousSelector'), (b) => [...new Set(b.items.filter((e) => e.reason === 'AmbiguousSelector').map((e) => `${e.type} ${sorted(e.message)}`))], { query: { fieldSelector: 'involvedObject.name=two' } }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
