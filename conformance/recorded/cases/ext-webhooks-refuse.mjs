// Webhooks that refuse, fail, answer nonsense, are slow or not there: words, codes and failure policies; which requests they hear of.
import { authority, startWebhookServer } from '../webhook-server.mjs';

export default ({ ns }) => {
  const refuse = (status) => () => ({ allowed: false, ...(status ? { status } : {}) });
  const json = (body) => () => ({ body: typeof body === 'string' ? body : JSON.stringify(body) });
  const review = (response) => (request) => ({ body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: request.uid, ...response } }) });
  const patched = (operations) => review({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });
  const handlers = {
    '/plain': refuse(), '/message': refuse({ message: 'no such thing here' }), '/code': refuse({ code: 418, message: 'a teapot', reason: 'Teapot' }),
    '/reason': refuse({ reason: 'BadMood' }), '/success': refuse({ status: 'Success', code: 200, message: 'fine' }),
    '/details': refuse({ code: 422, reason: 'Invalid', message: 'bad field', details: { causes: [{ field: 'data.x', message: 'bad' }] } }),
    '/warns': () => ({ allowed: false, warnings: ['mind this'], status: { message: 'warned and refused' } }),
    '/wrong-uid': () => ({ uid: 'other', allowed: true }), '/no-response': json({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }),
    '/wrong-kind': (request) => ({ body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'Other', response: { uid: request.uid, allowed: true } }) }),
    '/wrong-version': (request) => ({ body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview', response: { uid: request.uid, allowed: true } }) }),
    '/not-json': json('nonsense'), '/empty': json(''), '/no-kind': json({ response: {} }), '/list': json('[]'),
    '/error': () => ({ status: 500, body: 'it broke', type: 'text/plain' }), '/missing': () => ({ status: 404, body: 'nothing here', type: 'text/plain' }),
    '/forbidden': () => ({ status: 403, body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'go away', reason: 'Forbidden', code: 403 }) }),
    '/slow': () => undefined,
    '/patch-type': review({ allowed: true, patchType: 'Other', patch: 'W10=' }), '/patch-no-type': review({ allowed: true, patch: 'W10=' }),
    '/patch-type-alone': review({ allowed: true, patchType: 'JSONPatch' }), '/patch-bad': review({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from('{').toString('base64') }),
    '/patch-fails': patched([{ op: 'test', path: '/data/own', value: 'other' }]), '/patch-path': patched([{ op: 'remove', path: '/data/none' }]),
    '/patch-wrong-type': patched([{ op: 'replace', path: '/data', value: 'text' }]), '/patch-name': patched([{ op: 'replace', path: '/metadata/name', value: 'renamed' }]),
    '/patch-invalid': patched([{ op: 'add', path: '/data/not a key', value: 'x' }]), '/patch-kind': patched([{ op: 'replace', path: '/kind', value: 'Secret' }]),
    '/patch-refused': review({ allowed: false, patchType: 'JSONPatch', patch: 'W10=' }), '/allow': () => ({ allowed: true }),
  };
  const server = startWebhookServer(handlers);
  const G = '/apis/admissionregistration.k8s.io/v1';
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const n = (x) => `rp-ext-webhooks-refuse-${x}`;
  const here = { matchLabels: { 'kubernetes.io/metadata.name': ns } };
  const hook = (x, label, more) => ({
    name: `${x}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', namespaceSelector: here, objectSelector: { matchLabels: { hook: label } },
    clientConfig: { url: server.url(`/${x}`), caBundle: authority }, rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }], ...more,
  });
  const configuration = (kind, x, webhooks) => () => ({
    name: `${kind} ${x}`, method: 'POST', path: `${G}/${kind.toLowerCase()}webhookconfigurations`, compare: false,
    body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name: n(x) }, webhooks: webhooks() },
  });
  const nothing = { url: 'https://127.0.0.1:1/none', caBundle: authority };
  const both = Object.keys(handlers).map((path) => path.slice(1));
  const post = (label, title = label, more) => ({
    name: title, method: 'POST', path: cms, query: { dryRun: 'All' }, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c-${label}`, labels: { hook: label } }, data: { own: 'x' } },
    pick: (b, r) => (r.status < 300 ? { let: 'through', data: b.data } : JSON.parse(server.clean(JSON.stringify(b)))), ...more,
  });
  const cleanup = [`${G}/mutatingwebhookconfigurations/${n('m')}`, `${G}/validatingwebhookconfigurations/${n('v')}`];
  const steps = [
    ...cleanup.map((path) => ({ compare: false, method: 'DELETE', path })),
    configuration('Mutating', 'm', () => both.map((x) => hook(x, `m-${x}`, x === 'slow' ? { timeoutSeconds: 1 } : {}))),
    configuration('Validating', 'v', () => [
      ...both.filter((x) => !x.startsWith('patch') || x === 'patch-type').map((x) => hook(x, `v-${x}`, x === 'slow' ? { timeoutSeconds: 1 } : {})),
      hook('ignored', 'ignored', { clientConfig: nothing, failurePolicy: 'Ignore' }), hook('refused', 'refused', { clientConfig: nothing }),
      hook('unknown-authority', 'unknown-authority', { clientConfig: { url: server.url('/allow') } }),
      hook('ignored-nonsense', 'ignored-nonsense', { clientConfig: { url: server.url('/not-json'), caBundle: authority }, failurePolicy: 'Ignore' }),
      hook('ignored-refusal', 'ignored-refusal', { clientConfig: { url: server.url('/message'), caBundle: authority }, failurePolicy: 'Ignore' }),
      hook('no-service', 'no-service', { clientConfig: { service: { namespace: ns, name: 'none', path: '/x' }, caBundle: authority } }),
      hook('side-effects', 'side-effects', { sideEffects: 'NoneOnDryRun', clientConfig: { url: server.url('/allow'), caBundle: authority } }),
      hook('on-delete', 'on-delete', { rules: [{ operations: ['DELETE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }], clientConfig: { url: server.url('/message'), caBundle: authority } }),
      hook('last', 'last', { clientConfig: { url: server.url('/plain'), caBundle: authority } }),
    ]),
    post('last', 'both configurations are known', { until: (b, r) => r.status === 403 }), post('m-plain', 'the mutating one too', { until: (b, r) => r.status === 403 }),
    ...both.map((x) => post(`m-${x}`)), ...both.filter((x) => !x.startsWith('patch') || x === 'patch-type').map((x) => post(`v-${x}`)),
    ...['ignored', 'refused', 'unknown-authority', 'ignored-nonsense', 'ignored-refusal', 'no-service', 'side-effects', 'on-delete', 'nobody'].map((x) => post(x)),
    { ...post('on-delete', 'created for real'), query: {}, pick: (b) => b.data },
    { name: 'its deletion is refused', method: 'DELETE', path: `${cms}/c-on-delete` },
    { name: 'so is that of all', method: 'DELETE', path: cms, query: { labelSelector: 'hook=on-delete' } },
    { name: 'a patch is refused', method: 'PATCH', path: `${cms}/c-on-delete`, type: 'application/merge-patch+json', body: { metadata: { labels: { hook: 'v-message' } } } },
    { name: 'and one that leaves', method: 'PATCH', path: `${cms}/c-on-delete`, type: 'application/merge-patch+json', body: { metadata: { labels: { hook: 'nobody' } } }, pick: (b) => b.metadata?.labels ?? b },
  ];
  steps.cleanup = cleanup;
  return steps;
};
