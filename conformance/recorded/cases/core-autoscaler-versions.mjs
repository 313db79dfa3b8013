// What one version of an autoscaler's status says is read through the other.
export default ({ ns }) => {
  const at = (version, rest = '') => `/apis/autoscaling/${version}/namespaces/${ns}/horizontalpodautoscalers${rest}`;
  const body = (status) => ({ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec: { scaleTargetRef: { kind: 'Deployment', name: 'none', apiVersion: 'apps/v1' }, maxReplicas: 3, targetCPUUtilizationPercentage: 80 }, ...status });
  const patch = (title, version, rest, change) => ({ name: `versions: ${title}`, method: 'PATCH', path: at(version, rest), type: 'application/merge-patch+json', query: { fieldManager: 'm' }, body: change });
  const both = (title) => ['v1', 'v2'].map((version) => ({ name: `versions: ${title}, in ${version}`, path: at(version, '/h') }));
  const steps = [
    { name: 'versions: made in v1', method: 'POST', path: at('v1'), body: body({}) },
    patch('a status in v1', 'v1', '/h/status', { status: { currentReplicas: 3, desiredReplicas: 3, currentCPUUtilizationPercentage: 44 } }),
    ...both('the status'),
    { name: 'versions: a status put in v1', method: 'PUT', path: at('v1', '/h/status'), body: body({ status: { currentReplicas: 1, desiredReplicas: 1, currentCPUUtilizationPercentage: 5 } }) },
    ...both('the status put'),
    patch('another status in v1, of what v1 made of it', 'v1', '/h/status', { status: { currentCPUUtilizationPercentage: 45 } }),
    ...both('the other status'),
    patch('a status in v2', 'v2', '/h/status', { status: { currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 1, averageValue: '5m' } } }] } }),
    ...both('the status of v2'),
    patch('metrics in v2', 'v2', '/h', { spec: { metrics: [{ type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '1k' } } }], behavior: { scaleUp: { stabilizationWindowSeconds: 5 } } } }),
    ...both('the metrics'),
    patch('a target in v1', 'v1', '/h', { spec: { targetCPUUtilizationPercentage: 70 } }),
    ...both('the target'),
  ];
  // Who owns what stands in an order of time.
  return steps.map((step) => ({ ...step, ignore: ['metadata.managedFields'] }));
};
