// Webhooks and policies over custom kinds of several versions: scale, status, match policies, deletions of all, and what each hears.
import { CRDS, define } from '../custom-kinds.mjs';
import { authority, startWebhookServer } from '../webhook-server.mjs';
export default ({ ns }) => {
  const G = 'rp-ext-webhooks-custom.example.com';
  const server = startWebhookServer(new Proxy({}, { get: (_, k) => (typeof k === 'string' && k.startsWith('/') ? ({ object }) => (k.startsWith('/label') ? { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { by: object.apiVersion.split('/')[1] } }])).toString('base64') } : { allowed: true }) : undefined) }));
  const R = '/apis/admissionregistration.k8s.io/v1', n = (x) => `rp-ext-webhooks-custom-${x}`;
  const v = (name, storage) => ({ name, served: true, storage, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { replicas: { type: 'integer', default: 1 }, [name]: { type: 'string' } }, 'x-kubernetes-preserve-unknown-fields': true }, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } }, subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } } });
  const crd = define(G, 'Hk', {}); crd.spec.versions = [v('v1', true), v('v2', false)];
  const rule = (more) => ({ operations: ['*'], apiGroups: [G], apiVersions: ['v1'], resources: ['hks'], ...more });
  const hook = (x, r, more) => ({ name: `${x}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { url: server.url(`/${x}`), caBundle: authority }, rules: [rule(r)], ...more });
  const config = (kind, webhooks) => () => ({ compare: false, method: 'POST', path: `${R}/${kind}webhookconfigurations`, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind[0].toUpperCase()}${kind.slice(1)}WebhookConfiguration`, metadata: { name: n(kind) }, webhooks: webhooks() } });
  const at = (x, name = '', sub = '') => `/apis/${G}/${x}/namespaces/${ns}/hks${name && `/${name}`}${sub && `/${sub}`}`;
  const sent = () => server.seen.splice(0).map((r) => { const q = r.review.request; return [r.path.split('?')[0], q.kind, q.resource, q.subResource ?? 0, q.requestKind, q.requestResource, q.requestSubResource ?? 0, q.operation, q.name ?? 0, q.object && [q.object.apiVersion, q.object.kind, q.object.spec, Object.keys(q.object.metadata)], q.oldObject && [q.oldObject.apiVersion, q.oldObject.kind, q.oldObject.spec], q.options]; }).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const act = (name, method, path, body, more) => ({ name, method, path, body, pick: (b, r) => [r.status < 300 ? [b.apiVersion, b.kind, b.spec ?? 0, b.metadata?.labels ?? 0] : b, sent()], ...more });
  const obj = (x, name, spec) => ({ apiVersion: `${G}/${x}`, kind: 'Hk', metadata: { name }, spec });
  const merge = { type: 'application/merge-patch+json' };
  const cleanup = [`${CRDS}/hks.${G}`, `${R}/validatingwebhookconfigurations/${n('validating')}`, `${R}/mutatingwebhookconfigurations/${n('mutating')}`];
  const steps = [
    ...cleanup.map((path) => ({ compare: false, method: 'DELETE', path })), { compare: false, path: cleanup[0], until: (b, r) => r.status === 404 },
    { compare: false, method: 'POST', path: CRDS, body: crd }, { compare: false, path: at('v2'), until: (b, r) => r.status === 200 },
    config('mutating', () => [hook('label1', { operations: ['CREATE'] }), hook('label2', { apiVersions: ['v2'], operations: ['CREATE', 'UPDATE'] }, { matchPolicy: 'Exact' })]),
    config('validating', () => [hook('equiv', {}), hook('exact', {}, { matchPolicy: 'Exact' }), hook('v2', { apiVersions: ['v2'] }), hook('scale', { resources: ['hks/scale'] }), hook('scale2', { resources: ['hks/scale'], apiVersions: ['v2'] }, { matchPolicy: 'Exact' }), hook('status', { resources: ['hks/status'], apiVersions: ['v2'] }), hook('subs', { resources: ['hks/*'] }), hook('star', { resources: ['*/*'], apiVersions: ['*'], scope: 'Namespaced' }), hook('autoscaling', { apiGroups: ['autoscaling'], resources: ['scales', 'hks/scale'] }), hook('cluster', { scope: 'Cluster' })]),
    { compare: false, method: 'POST', path: at('v1'), query: { dryRun: 'All' }, body: obj('v1', 'probe', {}), until: (b) => b.metadata?.labels && server.seen.some((r) => r.path.startsWith('/equiv')) }, { compare: false, path: at('v1'), save: () => void server.seen.splice(0) },
    act('create in v1', 'POST', at('v1'), obj('v1', 'a', { v1: 'x' })), act('create in v2', 'POST', at('v2'), obj('v2', 'b', { v2: 'y' })), act('patch in v2', 'PATCH', at('v2', 'a'), { spec: { v2: 'z' } }, merge), act('apply in v2', 'PATCH', at('v2', 'c'), obj('v2', 'c', { v2: 'q' }), { type: 'application/apply-patch+yaml', query: { fieldManager: 'm' } }), act('scale in v1', 'PATCH', at('v1', 'a', 'scale'), { spec: { replicas: 3 } }, merge), act('scale in v2', 'PUT', at('v2', 'a', 'scale'), { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a', namespace: ns }, spec: { replicas: 4 } }), act('status in v1', 'PATCH', at('v1', 'a', 'status'), { status: { replicas: 1 } }, merge), act('status in v2', 'PATCH', at('v2', 'a', 'status'), { status: { replicas: 2 } }, merge), act('delete in v2', 'DELETE', at('v2', 'b')), act('delete all in v2', 'DELETE', at('v2'), undefined, { query: { propagationPolicy: 'Background' }, pick: (b, r) => [b.kind, b.items?.map((o) => [o.apiVersion, o.metadata.name]), sent()] }),
  ];
  steps.cleanup = cleanup;
  return steps;
};
