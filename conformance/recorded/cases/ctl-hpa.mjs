// Autoscalers without metrics: what their conditions say, and what a target that is not there means.
import { post, patch, until, P, cleanup, loose, condsFull, cond, events } from './lib/ctl.mjs';

// The names come in the order of a Go map.
const sorted = (message) => message.replace(/\[(.*)\]$/, (_, list) => `[${list.split(' ').sort().join(' ')}]`);

export default ({ ns }) => {
  const { apps } = P(ns);
  const H = `/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`;
  const d = (name) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: loose({ containers: [{ name: 'a', image: 'x', resources: { requests: { cpu: '100m' } } }] }) } } });
  const hpa = (name, target, spec) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, minReplicas: 1, maxReplicas: 5, ...spec } });
  const cpu = { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] };
  const seen = (name, type, reason) => until(`${name}: ${reason}`, `${H}/${name}`, (b) => cond(b, type)?.reason === reason, (b) => ({ current: b.status.currentReplicas, desired: b.status.desiredReplicas, metrics: b.status.currentMetrics, conditions: condsFull(b).map((c) => ({ ...c, message: sorted(c.message) })) }));
  const targets = ['web', 'outer', 'object', 'both'];
  const pods = { metrics: [{ type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '3' } } }] };
  const steps = [
    ...targets.map((x) => post(`deployment ${x}`, `${apps}/deployments`, d(x))),
    ...targets.map((x) => until(`${x} has its pods`, `${apps}/deployments/${x}`, (b) => b.status.replicas === 2, (b) => b.status.replicas)),
    // All of them first, as each is looked at for the first time after a quarter of a minute.
    post('by cpu', H, hpa('cpu', 'web', cpu), (b) => b.spec),
    post('of nothing', H, hpa('none', 'nowhere', cpu)),
    post('of a kind that is not there', H, hpa('kind', 'web', { ...cpu, scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Thing', name: 'x' } })),
    post('of what cannot be scaled', H, hpa('ds', 'web', { ...cpu, scaleTargetRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt' } })),
    post('an outer metric', H, hpa('outer', 'outer', { metrics: [{ type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '3' } } }] })),
    post('one of an object', H, hpa('object', 'object', { metrics: [{ type: 'Object', object: { describedObject: { apiVersion: 'v1', kind: 'Service', name: 's' }, metric: { name: 'hits' }, target: { type: 'Value', value: '3' } } }] })),
    post('one of the pods', H, hpa('pods', 'both', pods)), post('and another', H, hpa('also', 'both', cpu)),
    seen('cpu', 'ScalingActive', 'FailedGetResourceMetric'),
    seen('none', 'AbleToScale', 'FailedGetScale'),
    seen('kind', 'AbleToScale', 'FailedGetScale'),
    seen('outer', 'ScalingActive', 'FailedGetExternalMetric'),
    seen('object', 'ScalingActive', 'FailedGetObjectMetric'),
    seen('pods', 'ScalingActive', 'AmbiguousSelector'), seen('also', 'ScalingActive', 'AmbiguousSelector'),
    patch('scale to none', `${apps}/deployments/web/scale`, { spec: { replicas: 0 } }, (b) => b.spec),
    events('events', ns, 'none', ['FailedGetScale']),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
