// In which rounds several webhooks and a mutating policy hear of a request, and what each is sent.
import { authority, startWebhookServer } from '../webhook-server.mjs';
const patch = (...operations) => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });
export default ({ ns }) => {
  const log = [];
  const step = (x, f) => ({ object, operation }) => { log.push(`${x}:${Object.keys(object?.data ?? {}).sort().join('')}`); return f(object?.data ?? {}, object); };
  const server = startWebhookServer({
    '/a': step('a', (d) => patch({ op: 'add', path: '/data/a', value: `${Object.keys(d).length}` })),
    '/b': step('b', (d) => patch({ op: 'add', path: '/data/b', value: 'x' })),
    '/c': step('c', (d) => (d.a ? patch({ op: 'add', path: '/data/c', value: (d.c ?? '') + 'c' }) : { allowed: true })),
    '/same': step('same', (d) => patch({ op: 'replace', path: '/data/own', value: d.own })),
    '/label': step('label', () => patch({ op: 'add', path: '/metadata/labels', value: { picked: 'yes' } })),
    '/late': step('late', () => patch({ op: 'add', path: '/data/late', value: 'x' })),
    '/no': step('no', (d) => (d.b && d.late && d.own === 'refuse' ? { allowed: false, status: { message: 'second time no' } } : { allowed: true, warnings: ['asked'] })),
    '/v': step('v', (d) => ({ allowed: true, auditAnnotations: { x: 'y' }, warnings: [`valid ${Object.keys(d).sort().join('')}`] })),
  });
  const G = '/apis/admissionregistration.k8s.io/v1';
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const n = (x) => `rp-ext-webhooks-reinvoked-${x}`;
  const here = { matchLabels: { 'kubernetes.io/metadata.name': ns } };
  const hook = (path, more) => ({ name: `${path.slice(1)}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', namespaceSelector: here, clientConfig: { url: server.url(path), caBundle: authority }, rules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }], ...more });
  const configs = [['mutating', 'a', () => [hook('/a', { reinvocationPolicy: 'IfNeeded' }), hook('/same', { reinvocationPolicy: 'IfNeeded' })]], ['mutating', 'b', () => [hook('/b'), hook('/c', { reinvocationPolicy: 'IfNeeded' }), hook('/no', { reinvocationPolicy: 'IfNeeded' })]], ['mutating', 'c', () => [hook('/late', { objectSelector: { matchLabels: { picked: 'yes' } }, reinvocationPolicy: 'IfNeeded' }), hook('/label', { reinvocationPolicy: 'Never', matchConditions: [{ name: 'own', expression: 'object.data.own != "skip"' }] })]], ['validating', 'v', () => [hook('/v')]]];
  const make = ([kind, x, webhooks]) => () => ({ name: x, method: 'POST', path: `${G}/${kind}webhookconfigurations`, compare: false, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind[0].toUpperCase()}${kind.slice(1)}WebhookConfiguration`, metadata: { name: n(x) }, webhooks: webhooks() } });
  const cleanup = [...configs.map(([k, x]) => `${G}/${k}webhookconfigurations/${n(x)}`), `${G}/mutatingadmissionpolicies/${n('p')}`, `${G}/mutatingadmissionpolicybindings/${n('p')}`];
  const said = (b, r) => ({ body: r.status < 300 ? [b.data, b.metadata.labels ?? 0] : b, log: log.splice(0) });
  const post = (own, more, name = 'c') => [{ compare: false, path: cms, save: () => void log.splice(0) }, { name: `own ${own}`, method: 'POST', path: cms, query: { dryRun: 'All' }, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { own } }, pick: said, ...more }];
  const steps = [
    ...cleanup.map((path) => ({ compare: false, method: 'DELETE', path })),
    ...configs.map(make),
    { ...post('probe')[1], compare: false, until: (b, r) => b.data?.a && b.data?.b && /valid/.test(r.headers.warning), pick: undefined },
    ...post('x'), ...post('skip'), ...post('refuse'), ...post('real', { query: {}, pick: said }, 'r'),
    { compare: false, path: cms, save: () => void log.splice(0) },
    { name: 'patch', method: 'PATCH', path: `${cms}/r`, type: 'application/merge-patch+json', body: { data: { own: 'y' } }, pick: said },
    { name: 'patch nothing', method: 'PATCH', path: `${cms}/r`, type: 'application/merge-patch+json', body: {}, pick: said },
    { name: 'unpicked', method: 'PATCH', path: `${cms}/r`, type: 'application/merge-patch+json', body: { metadata: { labels: null }, data: { own: 'skip' } }, pick: said },
    { name: 'apply', sleep: 200, method: 'PATCH', path: `${cms}/r`, query: { fieldManager: 'me', force: 'true' }, type: 'application/apply-patch+yaml', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'r' }, data: { z: '1' } }, pick: said },
    { name: 'a policy', method: 'POST', path: `${G}/mutatingadmissionpolicies`, compare: false, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicy', metadata: { name: n('p') }, spec: { reinvocationPolicy: 'IfNeeded', matchConstraints: { resourceRules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }] }, mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{data: object.data.transformMapEntry(k, v, {k: v}) }' } }, { patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "add", path: "/data/p", value: string(size(object.data))}]' } }] } } },
    { method: 'POST', path: `${G}/mutatingadmissionpolicybindings`, compare: false, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicyBinding', metadata: { name: n('p') }, spec: { policyName: n('p'), matchResources: { namespaceSelector: here } } } },
    { ...post('probe')[1], compare: false, until: (b) => b.data?.p, pick: undefined },
    ...post('x'), ...post('skip'), ...post('refuse'),
  ];
  steps.cleanup = cleanup;
  return steps;
};
