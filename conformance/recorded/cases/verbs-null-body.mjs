// Bodies that are null, or YAML without a value, and watches with a token to continue.
export default ({ ns }) => {
  const C = `/api/v1/namespaces/${ns}/configmaps`;
  return [
    ...['', 'null', '~', '---', '# nothing', '[]', '3'].map((raw) => ({ name: `yaml ${JSON.stringify(raw)}`, method: 'POST', path: C, type: 'application/yaml', body: raw })),
    { name: 'json null', method: 'POST', path: C, body: 'null' },
    { name: 'json null, strictly', method: 'POST', path: C, query: { fieldValidation: 'Strict' }, body: 'null' },
    { name: 'put of nothing', method: 'PUT', path: `${C}/kube-root-ca.crt`, type: 'application/yaml', body: '' },
    { name: 'a namespace of nothing', method: 'POST', path: '/api/v1/namespaces', type: 'application/yaml', body: 'null' },
    { name: 'a deployment of nothing', method: 'POST', path: `/apis/apps/v1/namespaces/${ns}/deployments`, type: 'application/yaml', body: 'null' },
    { name: 'a review of nothing', method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', type: 'application/yaml', body: 'null', pick: (b, r) => [r.status, b.kind, b.message ?? ''] },
    ...[{}, { resourceVersion: '0' }, { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' }].map((query) => ({ name: `watch with a token ${JSON.stringify(query)}`, path: C, query: { watch: '1', continue: 'abc', timeoutSeconds: '1', ...query } })),
  ];
};
