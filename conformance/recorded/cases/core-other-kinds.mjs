// Bodies of another kind or version than the one that is asked for: read as what they say they are, and then refused for it.
export default ({ ns }) => {
  const N = `/api/v1/namespaces/${ns}`;
  const A = `/apis/apps/v1/namespaces/${ns}`;
  const said = (b) => b.message ?? b.kind;
  const post = (path, apiVersion, kind, more) => ({ name: `${apiVersion} ${kind}${more ? ' with what it cannot have' : ''} to ${path.split('/').at(-1)}`, method: 'POST', path, query: { dryRun: 'All' }, pick: said, body: { apiVersion, kind, metadata: { name: 'x' }, ...more } });
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', labels: { a: 'b' } }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } } };
  const patch = (type, body) => ({ name: `${JSON.stringify(body)} as a ${type} patch`, method: 'PATCH', path: `${A}/deployments/d`, type: `application/${type}+json`, query: { dryRun: 'All' }, pick: (b) => (b.message?.replace(/^.*}": /s, '') ?? b.apiVersion), body });
  const scale = (apiVersion) => ({ name: `a Scale of ${apiVersion}`, method: 'PUT', path: `${A}/deployments/d/scale`, query: { dryRun: 'All' }, pick: said, body: { apiVersion, kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 2 } } });
  return [
    ...['List', 'ConfigMapList', 'Status', 'DeleteOptions', 'PodExecOptions', 'Table'].map((kind) => post(`${N}/configmaps`, 'v1', kind)),
    post(`${N}/configmaps`, '/v1', 'ConfigMap'), post(`${N}/configmaps`, '/v1', 'Widget'), post(`${N}/configmaps`, 'x.example.com/v1', 'Status'), post(`${N}/configmaps`, 'x.example.com/v1', 'DeleteOptions'), post(`${N}/configmaps`, 'v1', 'Status', { status: {} }), post(`${N}/configmaps`, 'v2', 'ConfigMap'),
    ...['apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1', 'apps/v2', 'x.example.com/v1'].map((version) => post(`${A}/deployments`, version, 'Deployment')), post(`${A}/deployments`, 'apps/v1beta1', 'Deployment', { spec: { replicas: 'x' } }), post(`${A}/deployments`, 'apps/v1', 'DeploymentList'), post(`${A}/deployments`, 'autoscaling/v1', 'Scale'),
    post(`/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses`, 'extensions/v1beta1', 'Ingress'), post(`/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses`, 'networking.k8s.io/v1beta1', 'Ingress'), post(`/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets`, 'policy/v1beta1', 'PodDisruptionBudget'), post(`/apis/policy/v1/namespaces/${ns}/poddisruptionbudgets`, 'policy/v1', 'Eviction'),
    post(`/apis/batch/v1/namespaces/${ns}/cronjobs`, 'batch/v1beta1', 'CronJob'), post(`/apis/autoscaling/v2/namespaces/${ns}/horizontalpodautoscalers`, 'autoscaling/v2beta2', 'HorizontalPodAutoscaler'), post(`/apis/storage.k8s.io/v1/storageclasses`, 'storage.k8s.io/v1beta1', 'StorageClass'), post(`/apis/storage.k8s.io/v1/storageclasses`, 'storage.k8s.io/v1beta1', 'StorageClassList'),
    { name: 'a deployment', method: 'POST', path: `${A}/deployments`, compare: false, body: deployment },
    patch('merge-patch', { apiVersion: 'apps/v1beta1' }), patch('merge-patch', { apiVersion: 'apps/v3' }), patch('merge-patch', { apiVersion: 'v1', kind: 'List' }), patch('json-patch', [{ op: 'replace', path: '/kind', value: 'DeploymentList' }]), patch('json-patch', [{ op: 'replace', path: '/kind', value: 'Status' }]), patch('strategic-merge-patch', { apiVersion: 'apps/v1beta2' }),
    ...['autoscaling/v1', 'extensions/v1beta1', 'apps/v1beta2', 'autoscaling/v2'].map(scale),
    { name: 'an eviction whose options are none', method: 'POST', path: `${N}/pods/p/eviction`, pick: said, body: { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'p' }, deleteOptions: 'x' } },
  ];
};
