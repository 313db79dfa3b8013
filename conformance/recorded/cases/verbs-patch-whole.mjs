// JSON patches of the whole document, and configurations to apply that do not say well what they are.
export default ({ ns }) => {
  const path = `/api/v1/namespaces/${ns}/configmaps/c`;
  const json = (name, body) => ({ name, method: 'PATCH', path, type: 'application/json-patch+json', query: { dryRun: 'All' }, pick: (b) => b.message ?? b.data, body });
  const apply = (name, body) => ({ name, method: 'PATCH', path, type: 'application/apply-patch+yaml', query: { dryRun: 'All', fieldManager: 'm' }, pick: (b) => b.message ?? b.data, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
  const D = `/apis/apps/v1/namespaces/${ns}/deployments/d`;
  const deployment = (name, container) => ({ name, method: 'PATCH', path: D, type: 'application/apply-patch+yaml', query: { dryRun: 'All', fieldManager: 'm' }, pick: (b) => b.message, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { spec: { containers: [{ name: 'a', ...container }] } } } } });
  const N = `/apis/networking.k8s.io/v1/namespaces/${ns}/networkpolicies`;
  return [
    { name: 'a config map', method: 'POST', path: path.slice(0, -2), compare: false, body: { ...map, data: { a: '1' } } },
    ...[[], 'x', 1, null, true, {}].flatMap((value) => ['add', 'replace'].map((op) => json(`${op} ${JSON.stringify(value)}`, [{ op, path: '', value }]))),
    apply('a version with two slashes', { ...map, apiVersion: 'a/b/c' }), apply('a name that is no text', { ...map, metadata: { name: 1 } }), apply('a kind that is no text', { ...map, kind: 1 }), apply('a time that is no text', { ...map, metadata: { name: 'c', creationTimestamp: true } }), apply('a time that is a list', { ...map, metadata: { name: 'c', creationTimestamp: [] } }), apply('a time that is none', { ...map, metadata: { name: 'c', creationTimestamp: 'x' } }),
    deployment('a port that is true', { livenessProbe: { httpGet: { port: true } } }), deployment('a port that is a list', { livenessProbe: { httpGet: { port: [] } } }),
    { name: 'a policy', method: 'POST', path: N, compare: false, body: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec: { podSelector: {} } } },
    ...['policyTypes', 'ingress', 'egress'].map((field) => ({ name: `no ${field}`, method: 'PATCH', path: `${N}/p`, type: 'application/merge-patch+json', query: { dryRun: 'All' }, pick: (b) => b.metadata.generation, body: { spec: { [field]: [] } } })),
  ];
};
