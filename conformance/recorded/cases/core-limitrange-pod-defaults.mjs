// Defaults in a limit for pods are refused, and compared with nothing else: neither with the bounds nor with each other.
export default ({ ns }) => {
  const lr = (name, limit) => ({ name, method: 'POST', path: `/api/v1/namespaces/${ns}/limitranges`, query: { dryRun: 'All' }, body: { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: [{ type: 'Pod', ...limit }] } } });
  return [
    lr('a default below the minimum', { default: { cpu: '1' }, min: { cpu: '3' }, max: { cpu: '4' } }),
    lr('a default request above the maximum and the default', { default: { cpu: '1' }, defaultRequest: { cpu: '5' }, max: { cpu: '4' } }),
    lr('the bounds themselves are compared', { default: { cpu: '1' }, min: { cpu: '5' }, max: { cpu: '4' } }),
  ];
};
