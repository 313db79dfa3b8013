// Webhooks of subresources: what they see of a scale, a status, an eviction, a token and a binding, and how they change a scale.
import { authority, startWebhookServer } from '../webhook-server.mjs';

export default ({ ns }) => {
  const server = startWebhookServer({
    '/see': () => ({ allowed: true }),
    '/limit': ({ object }) => (object.spec.replicas > 5 ? { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify([{ op: 'replace', path: '/spec/replicas', value: 5 }])).toString('base64') } : { allowed: true }),
    '/refuse': ({ object }) => ({ allowed: object.spec.replicas !== 3, status: { message: 'not three' } }),
  });
  const G = '/apis/admissionregistration.k8s.io/v1';
  const here = { matchLabels: { 'kubernetes.io/metadata.name': ns } };
  const hook = (path, apiGroups, resources, more) => ({ name: `${path}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', namespaceSelector: here, clientConfig: { url: server.url(`/${path}`), caBundle: authority }, rules: [{ operations: ['*'], apiGroups, apiVersions: ['*'], resources }], ...more });
  const configuration = (kind, webhooks) => () => ({ name: kind, method: 'POST', path: `${G}/${kind.toLowerCase()}webhookconfigurations`, compare: false, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name: ns }, webhooks: webhooks() } });
  const R = `/apis/apps/v1/namespaces/${ns}/replicasets`, P = `/api/v1/namespaces/${ns}/pods`;
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const pick = (b, r) => (r.status < 300 ? { spec: b.spec, kind: b.kind } : JSON.parse(server.clean(JSON.stringify(b))));
  const scale = (title, replicas, more) => ({ name: title, method: 'PUT', path: `${R}/set/scale`, body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'set', namespace: ns }, spec: { replicas } }, pick, ...more });
  const flush = { compare: false, path: `/api/v1/namespaces/${ns}`, save: () => void (server.seen.length = 0) };
  const still = (o) => o && { ...o, metadata: { ...o.metadata, managedFields: null }, ...(o.kind === 'Scale' && { status: { ...o.status, replicas: null } }) };
  const clean = ({ path, review: { request } }) => ({ path: path.split('?')[0], ...request, userInfo: null, object: still(request.object), oldObject: still(request.oldObject) });
  const sent = (name) => ({ name, path: `/api/v1/namespaces/${ns}`, pick: () => server.seen.map(clean).sort((a, b) => (a.path < b.path ? -1 : 1)) });
  const cleanup = ['mutating', 'validating'].map((kind) => `${G}/${kind}webhookconfigurations/${ns}`);
  // Whoever writes the set's status meanwhile makes a patch begin anew, and the webhooks are asked twice.
  const scaled = { name: 'its controller has seen it', compare: false, path: `${R}/set`, until: (b) => b.status.replicas === 1 && b.status.fullyLabeledReplicas === 1 && b.status.observedGeneration === b.metadata.generation };
  const steps = [
    ...cleanup.map((path) => ({ compare: false, method: 'DELETE', path })),
    { name: 'a set', method: 'POST', path: R, body: { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'set' }, spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { ...template, spec: { ...template.spec, schedulerName: 'nobody' } } } }, pick: (b) => b.kind },
    { name: 'a pod', method: 'POST', path: P, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ...template.spec, schedulerName: 'nobody', terminationGracePeriodSeconds: 0 } }, pick: (b) => b.kind },
    configuration('Mutating', () => [hook('limit', ['apps'], ['replicasets/scale']), hook('see', [''], ['pods/status', 'pods/binding', 'pods/eviction', 'serviceaccounts/token'], { name: 'see-all.example.com' })]), configuration('Validating', () => [hook('refuse', ['apps'], ['*/scale'])]),
    scale('too many', 7, { query: { dryRun: 'All' }, until: (b) => b.spec?.replicas === 5 }), scale('refused', 3, { query: { dryRun: 'All' }, until: (b, r) => r.status !== 200 }), flush,
    scale('to one', 1), sent('what scaling to one sent'), scaled, flush, { name: 'a patch of the scale', method: 'PATCH', path: `${R}/set/scale`, type: 'application/merge-patch+json', body: { spec: { replicas: 9 } }, pick }, sent('what the patch sent'), { name: 'the set', path: `${R}/set`, pick: (b) => b.spec.replicas }, flush,
    { name: 'a status', method: 'PATCH', path: `${P}/p/status`, type: 'application/merge-patch+json', body: { status: { message: 'm' } }, pick: (b) => b.status.message }, sent('what the status sent'), flush,
    { name: 'a token', method: 'POST', path: `/api/v1/namespaces/${ns}/serviceaccounts/default/token`, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }, pick: (b) => b.kind }, sent('what the token sent'), flush,
    { name: 'a binding', method: 'POST', path: `${P}/p/binding`, body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'none' } }, pick: (b) => b.status }, sent('what the binding sent'), flush,
    { name: 'an eviction', method: 'POST', path: `${P}/p/eviction`, query: { dryRun: 'All' }, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }, pick: (b) => b.status }, sent('what the eviction sent'),
    { compare: false, method: 'DELETE', path: `${P}/p`, query: { gracePeriodSeconds: '0' } }, { compare: false, method: 'DELETE', path: `${R}/set` },
  ];
  steps.cleanup = cleanup;
  return steps;
};
