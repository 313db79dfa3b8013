// Patches that take away what says of what version an object is, directives where there is nothing to direct, and what an update of a pod leaves out.
export default ({ ns }) => {
  const C = `/api/v1/namespaces/${ns}/configmaps`;
  const P = `/api/v1/namespaces/${ns}/pods`;
  const patch = (name, type, body, { path = `${C}/c`, query, pick = (b) => b.message ?? { metadata: { labels: b.metadata.labels }, data: b.data } } = {}) => ({ name, method: 'PATCH', path, type: `application/${type}-patch+json`, query: { dryRun: 'All', ...query }, pick, body });
  const ofPod = { path: `${P}/p`, pick: (b) => b.message ?? { priority: b.spec.priority, preemptionPolicy: b.spec.preemptionPolicy, nodeSelector: b.spec.nodeSelector, labels: b.metadata.labels } };
  const pod = (name, spec, metadata) => patch(name, 'strategic-merge', { ...(spec && { spec }), ...(metadata && { metadata }) }, ofPod);
  return [
    { name: 'the default account', path: `/api/v1/namespaces/${ns}/serviceaccounts/default`, compare: false, until: (b, r) => r.status === 200 },
    { name: 'a config map', method: 'POST', path: C, compare: false, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } } },
    patch('a merge with nothing', 'merge', 'null'), patch('a strategic merge with nothing', 'strategic-merge', 'null'),
    ...['merge', 'strategic-merge'].flatMap((type) => [patch(`no kind (${type})`, type, { kind: null }), patch(`no version (${type})`, type, { apiVersion: null }), patch(`an empty version (${type})`, type, { apiVersion: '' })]),
    ...['Strict', 'Warn', 'Ignore'].map((fieldValidation) => patch(`no version (JSON, ${fieldValidation})`, 'json', [{ op: 'remove', path: '/apiVersion' }], { query: { fieldValidation }, pick: (b) => b.message.replace(/(resourceVersion\W+)\d+/, '$1N') })),
    patch('no kind (JSON)', 'json', [{ op: 'remove', path: '/kind' }]),
    { name: 'a pod', method: 'POST', path: P, compare: false, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { schedulerName: 'none', automountServiceAccountToken: false, schedulingGates: [{ name: 'g' }], containers: [{ name: 'c', image: 'i' }] } } },
    pod('no priority and policy is no change', { priority: null, preemptionPolicy: null }), pod('another priority is', { priority: 5 }),
    pod('replacing labels where there are none', undefined, { labels: { $patch: 'replace', a: 'b' } }), pod('deleting where there is nothing', { nodeSelector: { $patch: 'delete' } }), pod('replacing a selector where there is none', { nodeSelector: { $patch: 'replace', a: 'b' } }),
    pod('a directive that is a number', { $patch: 1 }), pod('a directive that is none', { $patch: 'x' }), pod('an order of texts', { '$setElementOrder/containers': ['c'] }), pod('an order without keys', { '$setElementOrder/containers': [{}] }),
    { name: 'it goes', method: 'DELETE', path: `${P}/p`, query: { gracePeriodSeconds: '0' }, compare: false },
  ];
};
