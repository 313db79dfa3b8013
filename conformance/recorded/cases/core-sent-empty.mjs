// Empty lists, maps and bytes that a client sends: what messages print for them, and where they count as a change.
export default ({ ns }) => {
  const at = (group, plural) => `/${group.includes('/') ? 'apis' : 'api'}/${group}/namespaces/${ns}/${plural}`;
  const post = (name, path, body) => ({ name, method: 'POST', path, query: { dryRun: 'All' }, body });
  const policies = at('networking.k8s.io/v1', 'networkpolicies');
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const set = (labels) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'r' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { ...template, metadata: { labels } } } });
  const frozen = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'frozen' }, immutable: true, data: { a: 'b' } };
  const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b', labels: { 'bad key': 'x' } }, spec: { minAvailable: '-1%' } };
  const scaler = (policies) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec: { maxReplicas: 2, scaleTargetRef: { kind: 'K', name: 'n' }, behavior: { scaleUp: { policies } } } });
  return [
    post('labels that are empty', at('apps/v1', 'replicasets'), set({})),
    post('labels that are not there', at('apps/v1', 'replicasets'), set(undefined)),
    { name: 'a network policy', method: 'POST', path: policies, body: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec: { podSelector: {} } }, pick: (b) => b.metadata.generation },
    { name: 'an empty map in it is a change', method: 'PATCH', type: 'application/merge-patch+json', path: `${policies}/p`, body: { spec: { podSelector: { matchLabels: {} } } }, pick: (b) => b.metadata.generation },
    { name: 'null is none', method: 'PATCH', type: 'application/merge-patch+json', path: `${policies}/p`, body: { spec: { podSelector: { matchLabels: null } } }, pick: (b) => b.metadata.generation },
    { name: 'an immutable map', method: 'POST', path: at('v1', 'configmaps'), body: frozen, pick: (b) => b.immutable },
    { name: 'an empty map in it', method: 'PUT', path: `${at('v1', 'configmaps')}/frozen`, body: { ...frozen, binaryData: {} } },
    { name: 'the same without', method: 'PUT', path: `${at('v1', 'configmaps')}/frozen`, body: frozen, pick: (b) => b.immutable },
    post('policies that are empty', at('autoscaling/v2', 'horizontalpodautoscalers'), scaler([])),
    post('what is wrong with the spec of a budget hides its labels', at('policy/v1', 'poddisruptionbudgets'), budget),
    post('labels of a budget', at('policy/v1', 'poddisruptionbudgets'), { ...budget, spec: { minAvailable: 1 } }),
    post('an empty request for a certificate', '/apis/certificates.k8s.io/v1/certificatesigningrequests', { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'c' }, spec: { request: '', signerName: 'a.b/c', usages: ['client auth'] } }),
    post('a webhook without the name of its service', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'w' }, webhooks: [{ name: 'w.example.com', clientConfig: { service: { namespace: 'n' } }, sideEffects: 'None', admissionReviewVersions: ['v1'] }] }),
    post('an expression that is empty', '/apis/resource.k8s.io/v1/deviceclasses', { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: 'd' }, spec: { selectors: [{ cel: { expression: '' } }] } }),
    post('a docker configuration that is no JSON', at('v1', 'secrets'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '010.1' } }),
    { ...post('a webhook of a definition that says nothing', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.rp.example.com' }, spec: { group: 'rp.example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, conversion: { strategy: 'None', webhook: {} }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] } }), query: { dryRun: 'All' }, pick: (b) => ({ conversion: b.spec.conversion, fields: b.metadata.managedFields[0].fieldsV1['f:spec']['f:conversion'] }) },
    { name: 'a body that is no ASCII', method: 'POST', path: at('v1', 'configmaps'), body: '{"a":ä}', type: 'application/json' },
  ];
};
