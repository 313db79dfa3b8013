// Mutating webhooks: what they are sent, patches and what becomes of them, order, selectors, reinvocation, dry run, warnings, on create, update, patch and delete.
import { authority, startWebhookServer } from '../webhook-server.mjs';

const patch = (...operations) => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });
const add = (name) => ({ op: 'add', path: `/data/${name}`, value: 'yes' });

export default ({ ns }) => {
  const server = startWebhookServer({
    '/first': ({ object }) => patch({ ...add('first'), value: object.data?.second ? 'again' : 'once' }),
    '/second': () => ({ ...patch(add('second')), warnings: ['the second was here', 'and again'] }),
    '/labelled': () => patch({ op: 'add', path: '/metadata/annotations', value: { seen: 'labelled' } }),
    '/quiet': () => ({ allowed: true }),
    '/defaults': () => patch({ op: 'add', path: '/spec/containers/-', value: { name: 'side', image: 'side:1' } }),
    '/managed': () => patch({ op: 'replace', path: '/metadata/managedFields', value: [] }),
  });
  const A = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const n = (x) => `rp-ext-webhooks-mutating-${x}`;
  const names = ['a', 'b', 'c'];
  const here = { matchLabels: { 'kubernetes.io/metadata.name': ns } };
  const hook = (path, more) => ({
    name: `${path.slice(1)}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', namespaceSelector: here,
    clientConfig: { url: server.url(path), caBundle: authority },
    rules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }], ...more,
  });
  const configure = (x, webhooks) => () => ({
    name: `configuration ${x}`, method: 'POST', path: A,
    body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: n(x) }, webhooks: webhooks() },
    pick: (b, r) => (r.status === 201 ? JSON.parse(server.clean(JSON.stringify(b.webhooks)).replaceAll(authority, '<authority>')) : b),
  });
  const map = (name, more) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more?.metadata }, data: { own: 'x', ...more?.data } });
  const post = (name, more, step) => ({ name: `create ${name}`, method: 'POST', path: cms, body: map(name, more), ...step });
  const flush = { compare: false, path: `/api/v1/namespaces/${ns}`, save: () => void (server.seen.length = 0) };
  const sent = (name) => ({ name, path: `/api/v1/namespaces/${ns}`, pick: () => server.seen.map((r) => JSON.parse(JSON.stringify({ ...r, agent: r.agent.split('/')[0] }).replace(/X509SHA256=[0-9a-f]+/g, 'X509SHA256=<hash>'))) });
  const steps = [
    ...names.map((x) => ({ compare: false, method: 'DELETE', path: `${A}/${n(x)}` })),
    configure('a', () => [hook('/first', { reinvocationPolicy: 'IfNeeded', matchPolicy: 'Exact' }), hook('/labelled', { objectSelector: { matchLabels: { pick: 'me' } } })]),
    configure('b', () => [hook('/second', { timeoutSeconds: 5, sideEffects: 'NoneOnDryRun' }), hook('/quiet', { rules: [{ operations: ['DELETE', 'UPDATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['configmaps/*', 'configmaps', 'deployments/scale'], scope: 'Namespaced' }] })]),
    { ...post('probe'), query: { dryRun: 'All' }, compare: false, until: (b) => b.data?.first && b.data?.second },
    flush,
    post('one'), sent('what creating one sent'), flush,
    post('two', { metadata: { labels: { pick: 'me' } } }), flush,
    { name: 'replace', method: 'PUT', path: `${cms}/one`, body: map('one', { data: { more: '1' } }) }, sent('what replacing one sent'), flush,
    { name: 'merge patch', method: 'PATCH', path: `${cms}/one`, type: 'application/merge-patch+json', body: { data: { own: 'y' } } },
    { name: 'apply', method: 'PATCH', path: `${cms}/three`, query: { fieldManager: 'me' }, type: 'application/apply-patch+yaml', body: map('three') }, flush,
    { name: 'dry run', method: 'DELETE', path: `${cms}/one`, query: { dryRun: 'All' }, pick: (b) => b.status }, sent('what a dry delete sent'), flush,
    { name: 'delete', method: 'DELETE', path: `${cms}/one`, body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' }, pick: (b) => b.status }, sent('what deleting sent'), flush,
    { name: 'delete all', method: 'DELETE', path: cms, query: { labelSelector: 'pick=me' }, pick: (b) => b.items.length }, sent('what deleting all sent'),
    configure('c', () => [
      hook('/defaults', { rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }] }),
      hook('/managed', { rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] }] }),
    ]),
    { name: 'a pod gets a container and its defaults', method: 'POST', path: `/api/v1/namespaces/${ns}/pods`, query: { dryRun: 'All' }, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'own', image: 'own:1' }] } }, until: (b) => b.spec?.containers.length > 1, pick: (b) => b.spec.containers.map(({ volumeMounts, ...c }) => c) },
    { name: 'managed fields that a webhook empties', method: 'POST', path: `/api/v1/namespaces/${ns}/secrets`, body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'b' } } },
  ];
  steps.cleanup = names.map((x) => `${A}/${n(x)}`);
  return steps;
};
