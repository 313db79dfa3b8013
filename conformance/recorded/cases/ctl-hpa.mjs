// Autoscalers without metrics: what their conditions say, and what a target that is not there means.
import { post, patch, until, P, cleanup, loose, condsFull, cond, events } from './lib/ctl.mjs';

// The names come in the order of a Go map.
const sorted = (message) => message.replace(/\[(.*)\]$/, (_, list) => `[${list.split(' ').sort().join(' ')}]`);

export default ({ ns }) => {
  const { apps } = P(ns);
  const H = `/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`;
  const d = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: loose({ containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '100m' } } }] }) } } };
  const hpa = (name, target, spec) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, minReplicas: 1, maxReplicas: 5, ...spec } });
  const cpu = { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] };
  const seen = (name, type, reason) => until(`${name}: ${reason}`, `${H}/${name}`, (b) => cond(b, type)?.reason === reason, (b) => ({ current: b.status.currentReplicas, desired: b.status.desiredReplicas, metrics: b.status.currentMetrics, conditions: condsFull(b).map((c) => ({ ...c, message: sorted(c.message) })) }));
  const steps = [
    post('a deployment', `${apps}/deployments`, d),
    until('has its pods', `${apps}/deployments/web`, (b) => b.status.replicas === 2, (b) => b.status.replicas),
    post('by cpu', H, hpa('cpu', 'web', cpu), (b) => b.spec),
    seen('cpu', 'ScalingActive', 'FailedGetResourceMetric'),
    post('of nothing', H, hpa('none', 'nowhere', cpu)),
    seen('none', 'AbleToScale', 'FailedGetScale'),
    post('of a kind that is not there', H, hpa('kind', 'web', { ...cpu, scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Thing', name: 'x' } })),
    seen('kind', 'AbleToScale', 'FailedGetScale'),
    post('of what cannot be scaled', H, hpa('ds', 'web', { ...cpu, scaleTargetRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt' } })),
    seen('ds', 'AbleToScale', 'FailedGetScale'),
    post('an outer metric', H, hpa('outer', 'web', { metrics: [{ type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '3' } } }] })),
    seen('outer', 'ScalingActive', 'FailedGetExternalMetric'),
    post('one of an object', H, hpa('object', 'web', { metrics: [{ type: 'Object', object: { describedObject: { apiVersion: 'v1', kind: 'Service', name: 's' }, metric: { name: 'hits' }, target: { type: 'Value', value: '3' } } }] })),
    seen('object', 'ScalingActive', 'FailedGetObjectMetric'),
    post('one of the pods', H, hpa('pods', 'web', { metrics: [{ type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '3' } } }] })),
    seen('pods', 'ScalingActive', 'AmbiguousSelector'),
    patch('scale to none', `${apps}/deployments/web/scale`, { spec: { replicas: 0 } }, (b) => b.spec),
    events('events', ns, 'none', ['FailedGetScale']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
