// HorizontalPodAutoscalers that are refused in both versions, and how one version looks in the other.
export default ({ ns }) => {
  const path = (version) => `/apis/autoscaling/${version}/namespaces/${ns}/horizontalpodautoscalers`;
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  const make = (name, spec, version = 'v2', query = { dryRun: 'All' }, metadata = {}) => ({
    name, method: 'POST', path: path(version), query,
    body: { apiVersion: `autoscaling/${version}`, kind: 'HorizontalPodAutoscaler', metadata: { name: 'x', ...metadata }, spec: { scaleTargetRef: target, maxReplicas: 3, ...spec } },
  });
  const resource = (target2) => ({ type: 'Resource', resource: { name: 'cpu', target: target2 } });
  return [
    make('nothing but the most', {}),
    make('a range upside down', { minReplicas: 5 }),
    make('none', { maxReplicas: 0, minReplicas: -1 }),
    make('no target', { scaleTargetRef: { kind: '', name: 'a/b' } }),
    make('a metric without its source', { metrics: [{ type: 'Pods' }] }),
    make('a metric that is none', { metrics: [{ type: 'Guess' }] }),
    make('two sources', { metrics: [{ ...resource({ type: 'Utilization', averageUtilization: 50 }), pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1' } } }] }),
    make('no amount', { metrics: [resource({ type: 'Utilization' })] }),
    make('two amounts', { metrics: [resource({ type: 'Value', value: '1', averageUtilization: 1, averageValue: '-1' })] }),
    make('an object', { metrics: [{ type: 'Object', object: { describedObject: { kind: 'Ingress', name: '' }, metric: { name: 'a%2' }, target: { type: 'Value' } } }] }),
    make('external', { metrics: [{ type: 'External', external: { metric: { name: '', selector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } }, target: { type: 'AverageValue', averageValue: '0' } } }] }),
    make('a container', { metrics: [{ type: 'ContainerResource', containerResource: { name: '', container: '', target: { type: 'Utilization', averageUtilization: 0 } } }] }),
    make('behaviour', { behavior: { scaleUp: { stabilizationWindowSeconds: 3601, selectPolicy: 'Some', policies: [{ type: 'Pods', value: 0, periodSeconds: 1801 }] }, scaleDown: { policies: [{ type: 'Part', value: 1, periodSeconds: 1 }] } } }),
    make('the older version', { targetCPUUtilizationPercentage: 0 }, 'v1'),
    make('its metrics in an annotation', { targetCPUUtilizationPercentage: 50 }, 'v1', {}, { name: 'a', annotations: { 'autoscaling.alpha.kubernetes.io/metrics': JSON.stringify([{ type: 'Pods', pods: { metricName: 'm', targetAverageValue: '2' } }]) } }),
    { name: 'as the newer version sees it', path: `${path('v2')}/a`, pick: (b) => b.spec },
    make('a newer one', { metrics: [{ type: 'Pods', pods: { metric: { name: 'p', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '3' } } }, resource({ type: 'AverageValue', averageValue: '100m' })], behavior: { scaleDown: { stabilizationWindowSeconds: 1 } } }, 'v2', {}, { name: 'b' }),
    { name: 'as the older version sees it', path: `${path('v1')}/b`, pick: (b) => ({ annotations: b.metadata.annotations, spec: b.spec }) },
  ];
};
