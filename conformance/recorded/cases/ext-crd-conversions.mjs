// Versions of a custom kind that a webhook converts, or that are the same but for their schemas: what each version shows, what the webhook is sent, and
// what becomes of answers that are wrong.
import { authority, startWebhookServer } from '../webhook-server.mjs';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const success = { result: { status: 'Success' } };

function converted(object, apiVersion) {
  const { spec = {}, ...rest } = object;
  const labels = { ...object.metadata.labels, via: apiVersion.split('/')[1] };
  const metadata = { ...object.metadata, labels, finalizers: ['ignored.example.com/x'], generation: 77 };
  if (apiVersion.endsWith('v2')) {
    const { host, port, ...more } = spec;
    return { ...rest, apiVersion, metadata, spec: { ...more, address: `${host}:${port}` } };
  }
  const { address = 'none:0', ...more } = spec;
  const [host, port] = address.split(':');
  return { ...rest, apiVersion, metadata, spec: { ...more, host, port: Number(port), dropped: true } };
}

export default ({ ns }) => {
  const group = 'rp-ext-convert.example.com';
  const change = (with_) => ({ objects, desiredAPIVersion }) => with_(objects.map((o) => converted(o, desiredAPIVersion)), objects);
  const server = startWebhookServer({
    '/convert': change((convertedObjects) => ({ ...success, convertedObjects })),
    '/refuse': () => ({ result: { status: 'Failure', message: 'not today' } }),
    '/silent': () => ({ result: { status: 'Failure' } }),
    '/fewer': () => ({ ...success, convertedObjects: [] }),
    '/unchanged': change((_, objects) => ({ ...success, convertedObjects: objects })),
    '/name': change((list) => ({ ...success, convertedObjects: list.map((o) => ({ ...o, metadata: { ...o.metadata, name: 'other' } })) })),
    '/uid': change((list) => ({ ...success, convertedObjects: list.map((o) => ({ ...o, metadata: { ...o.metadata, uid: 'other' } })) })),
    '/kind': change((list) => ({ ...success, convertedObjects: list.map((o) => ({ ...o, kind: 'Other' })) })),
    '/bare': change((list) => ({ ...success, convertedObjects: list.map(({ metadata, ...o }) => o) })),
    '/labels': change((list) => ({ ...success, convertedObjects: list.map((o) => ({ ...o, metadata: { ...o.metadata, labels: { a: 1 } } })) })),
    '/badlabels': change((list) => ({ ...success, convertedObjects: list.map((o) => ({ ...o, metadata: { ...o.metadata, labels: { 'a b': 'c' } } })) })),
    '/empty': () => ({ body: '{"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview"}' }),
    '/other': () => ({ body: '{"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"ConversionReview"}' }),
    '/uidless': () => ({ uid: 'other', ...success, convertedObjects: [] }),
    '/fails': () => ({ status: 500, body: 'oh no', type: 'text/plain' }),
  });
  const path = (version, name = '') => `/apis/${group}/${version}/namespaces/${ns}/convs${name && `/${name}`}`;
  const text = { type: 'string' };
  const schema = (spec) => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } } });
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `convs.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural: 'convs', kind: 'Conv' }, versions: [
      { name: 'v1', served: true, storage: true, schema: schema({ host: text, port: { type: 'integer' }, both: text, proto: { ...text, default: 'tcp' } }) },
      { name: 'v2', served: true, storage: false, schema: schema({ address: text, both: text, proto: text, mode: { ...text, default: 'plain' } }) } ] } };
  const object = (version, name, spec, metadata) => ({ apiVersion: `${group}/${version}`, kind: 'Conv', metadata: { name, ...metadata }, spec });
  const convs = `${CRDS}/convs.${group}`;
  const merge = 'application/merge-patch+json';
  const webhook = (at, versions = ['v2beta9', 'v1', 'v1beta1']) => ({ strategy: 'Webhook', webhook: { conversionReviewVersions: versions, clientConfig: { url: server.url(at), caBundle: authority } } });
  const use = (at, versions) => ({ compare: false, method: 'PATCH', type: merge, path: convs, get body() { return { spec: { conversion: webhook(at, versions) } }; } });
  const clean = (b) => JSON.parse(server.clean(JSON.stringify(b)));
  const flush = { compare: false, path: `/api/v1/namespaces/${ns}`, save: () => void (server.seen.length = 0) };
  // Informers of the cluster's own controllers list the kind at moments of their own; what they began before a change of the webhook may come after it.
  const isOf = (object, version) => ({ review: { apiVersion, request: { objects } } }) =>
    apiVersion.endsWith(`/${version}`) && objects.length === 1 && objects[0].metadata.name === object;
  const sent = (name, object, version = 'v1') => ({ name, path: `/api/v1/namespaces/${ns}`, pick: () => server.seen.filter(isOf(object, version)).slice(0, 1).map((r) => JSON.parse(JSON.stringify({ ...r, agent: r.agent.split('/')[0] }))) });
  const wrong = (at, marks) => [
    use(at),
    { name: `an answer that is wrong: ${at}`, path: path('v2', 'one'), until: (b, r) => r.status !== 200 && JSON.stringify(b).includes(marks), pick: clean },
  ];
  const steps = [
    { compare: false, method: 'PATCH', type: merge, path: convs, body: { spec: { conversion: { strategy: 'None', webhook: null } } } },
    { compare: false, method: 'DELETE', path: convs }, { compare: false, path: convs, until: (b, r) => r.status === 404 },
    { name: 'define', method: 'POST', path: CRDS, body: crd, pick: (b) => b.spec?.conversion ?? b },
    { compare: false, path: path('v2'), until: (b, r) => r.status === 200 },
    { compare: false, method: 'DELETE', path: path('v2') },
    { name: 'create in the stored version', method: 'POST', path: path('v1'), body: object('v1', 'one', { host: 'h', port: 80, both: 'b' }) },
    { name: 'read in the other', path: path('v2', 'one') },
    { name: 'create in the other', method: 'POST', path: path('v2'), body: object('v2', 'two', { address: 'a:1', both: 'b' }) },
    { name: 'read it there', path: path('v2', 'two') },
    { name: 'read it in the stored version', path: path('v1', 'two') },
    { name: 'list', path: path('v2'), pick: (b) => b.items },
    use('/convert'),
    { compare: false, path: path('v2', 'one'), until: (b) => b.spec?.address === 'h:80' },
    { name: 'what the definition says', path: convs, pick: (b) => [JSON.parse(server.clean(JSON.stringify(b.spec.conversion)).replaceAll(authority, '<authority>')), b.status.storedVersions] },
    flush,
    { name: 'read through the webhook', path: path('v2', 'one') },
    sent('what reading sent', 'one'),
    { name: 'list through the webhook', path: path('v2'), until: (b, r) => r.status === 200, pick: (b) => b.items.map((o) => [o.apiVersion, o.metadata, o.spec]) },
    { name: 'the stored version asks nobody', path: path('v1'), pick: (b) => b.items.map((o) => [o.apiVersion, o.metadata, o.spec]) }, flush,
    { name: 'create through the webhook', method: 'POST', path: path('v2'), body: object('v2', 'three', { address: 'c:3', both: 'b', odd: 1 }, { labels: { mine: 'yes' } }) },
    sent('what creating sent', 'three'),
    { name: 'read it in the stored version', path: path('v1', 'three') },
    { name: 'dry run', method: 'POST', path: path('v2'), query: { dryRun: 'All' }, body: object('v2', 'four', { address: 'd:4' }) },
    { name: 'replace', method: 'PUT', path: path('v2', 'three'), body: object('v2', 'three', { address: 'e:5' }, { resourceVersion: '1' }) },
    { name: 'merge patch', method: 'PATCH', type: merge, path: path('v2', 'three'), body: { spec: { address: 'f:6' } } },
    { name: 'the same again', method: 'PATCH', type: merge, path: path('v2', 'three'), body: { spec: { address: 'f:6' } } },
    { name: 'a table', path: path('v2'), headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }, pick: (b) => b.rows?.map((r) => [r.cells[0], r.object.kind]) },
    { name: 'delete', method: 'DELETE', path: path('v2', 'three'), pick: (b) => b.status },
    use('/convert', ['v1beta1', 'v1']),
    flush,
    { compare: false, path: path('v2', 'one'), until: () => server.seen.at(-1)?.review.apiVersion.endsWith('beta1') },
    flush,
    { name: 'the older review', path: path('v2', 'one'), pick: (b) => b.spec }, sent('what it is', 'one', 'v1beta1'),
    ...wrong('/refuse', 'not today'), ...wrong('/silent', 'not \'Success\''), ...wrong('/fewer', 'returned 0'), ...wrong('/unchanged', 'invalid groupVersion'), ...wrong('/name', 'same name'),
    ...wrong('/uid', 'same UID'), ...wrong('/kind', 'invalid kind'), ...wrong('/bare', '!= "'), ...wrong('/labels', 'must be a string'),
    ...wrong('/badlabels', 'name part'), ...wrong('/empty', 'no response'), ...wrong('/other', 'unknown conversion'), ...wrong('/uidless', 'response.uid'),
    ...wrong('/fails', 'error on the server'),
    { name: 'a create that cannot be converted', method: 'POST', path: path('v2'), body: object('v2', 'five', { address: 'c:3' }), pick: clean },
    { name: 'a dry one', method: 'POST', path: path('v2'), query: { dryRun: 'All' }, body: object('v2', 'five', { address: 'c:3' }), pick: clean },
    { name: 'a patch', method: 'PATCH', type: merge, path: path('v2', 'one'), body: { spec: { address: 'f:6' } }, pick: clean },
    { name: 'a delete', method: 'DELETE', path: path('v2', 'one'), pick: clean },
    { name: 'the stored version is as it was', path: path('v1', 'one'), pick: (b) => b.spec },
    { name: 'no review version that is known', method: 'PATCH', type: merge, path: convs, get body() { return { spec: { conversion: webhook('/convert', ['v9']) } }; }, pick: clean },
    { name: 'no webhook', method: 'PATCH', type: merge, path: convs, body: { spec: { conversion: { webhook: null } } }, pick: clean },
    { name: 'back to none', method: 'PATCH', type: merge, path: convs, body: { spec: { conversion: { strategy: 'None', webhook: null } } }, pick: (b) => b.spec?.conversion ?? b },
    { name: 'the other version is stored from now on', method: 'PATCH', type: 'application/json-patch+json', path: convs, body: [{ op: 'replace', path: '/spec/versions/0/storage', value: false }, { op: 'replace', path: '/spec/versions/1/storage', value: true }], pick: (b) => [b.spec?.versions.map((v) => [v.name, v.storage]), b.status] },
    { compare: false, path: convs, until: (b) => b.status.storedVersions.length === 2 },
    { name: 'writing migrates', method: 'PATCH', type: merge, path: path('v1', 'one'), body: { spec: { both: 'c' } }, pick: (b) => b.spec ?? b },
    { name: 'a stored version cannot go', method: 'PATCH', type: 'application/json-patch+json', path: convs, body: [{ op: 'remove', path: '/spec/versions/0' }] },
    { name: 'until it is said that it is stored no more', method: 'PATCH', type: merge, path: `${convs}/status`, body: { status: { storedVersions: ['v2'] } }, pick: (b) => b.status?.storedVersions ?? b },
  ];
  steps.cleanup = [convs];
  return steps;
};
