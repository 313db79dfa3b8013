// What a conversion webhook may answer that is wrong or odd, one at a time: to a get each of them, to a create the sorts of them.
import { authority, startWebhookServer } from '../webhook-server.mjs';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const success = { result: { status: 'Success' } };
const conv = (o, apiVersion) => ({ ...o, apiVersion, spec: { ...o.spec, via: apiVersion.split('/')[1] } });
export default ({ ns }) => {
  const group = 'rp-ext-answers.example.com';
  const each = (f) => ({ objects, desiredAPIVersion }) => ({ ...success, convertedObjects: objects.map((o) => f(conv(o, desiredAPIVersion), o)) });
  const raw = (body, more) => () => ({ body: typeof body === 'string' ? body : JSON.stringify(body), ...more });
  const review = (f) => (request, r) => ({ body: JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', ...f(request) }) });
  const good = each((o) => o);
  const ways = {
    more: (r) => ({ ...success, convertedObjects: [...r.objects, ...r.objects].map((o) => conv(o, r.desiredAPIVersion)) }),
    nullobjs: () => ({ ...success, convertedObjects: null }),
    nullobj: () => ({ ...success, convertedObjects: [null] }),
    text: () => ({ ...success, convertedObjects: ['x'] }),
    list: () => ({ ...success, convertedObjects: [[]] }),
    number: () => ({ ...success, convertedObjects: [1] }),
    emptyobj: () => ({ ...success, convertedObjects: [{}] }),
    objsmap: () => ({ ...success, convertedObjects: {} }),
    nokind: each(({ kind, ...o }) => o),
    noversion: each(({ apiVersion, ...o }) => o),
    badversion: each((o) => ({ ...o, apiVersion: 'a/b/c' })),
    coreversion: each((o) => ({ ...o, apiVersion: 'v2' })),
    numkind: each((o) => ({ ...o, kind: 1 })),
    numversion: each((o) => ({ ...o, apiVersion: 1 })),
    metanull: each((o) => ({ ...o, metadata: null })),
    metatext: each((o) => ({ ...o, metadata: 'x' })),
    metalist: each((o) => ({ ...o, metadata: [] })),
    namenum: each((o) => ({ ...o, metadata: { ...o.metadata, name: 1 } })),
    noname: each((o) => ({ ...o, metadata: { ...o.metadata, name: undefined } })),
    ns: each((o) => ({ ...o, metadata: { ...o.metadata, namespace: 'other' } })),
    nons: each((o) => ({ ...o, metadata: { ...o.metadata, namespace: undefined } })),
    nouid: each((o) => ({ ...o, metadata: { ...o.metadata, uid: undefined } })),
    labelsnull: each((o) => ({ ...o, metadata: { ...o.metadata, labels: null } })),
    labelslist: each((o) => ({ ...o, metadata: { ...o.metadata, labels: [] } })),
    labelstext: each((o) => ({ ...o, metadata: { ...o.metadata, labels: 'x' } })),
    labelsval: each((o) => ({ ...o, metadata: { ...o.metadata, labels: { a: null } } })),
    labelslong: each((o) => ({ ...o, metadata: { ...o.metadata, labels: { a: 'x'.repeat(64) } } })),
    annsnum: each((o) => ({ ...o, metadata: { ...o.metadata, annotations: { a: 1.5 } } })),
    annsbool: each((o) => ({ ...o, metadata: { ...o.metadata, annotations: true } })),
    annsbad: each((o) => ({ ...o, metadata: { ...o.metadata, annotations: { 'a b': 'c' } } })),
    annsbig: each((o) => ({ ...o, metadata: { ...o.metadata, annotations: { a: 'x'.repeat(270000) } } })),
    rv: each((o) => ({ ...o, metadata: { ...o.metadata, resourceVersion: '5', generation: 99, creationTimestamp: '2020-01-01T00:00:00Z', deletionTimestamp: '2020-01-01T00:00:00Z', finalizers: ['x/y'], ownerReferences: 'x', managedFields: 'y', generateName: 'z', selfLink: 'k' } })),
    specwrong: each((o) => ({ ...o, spec: 'text' })),
    specinvalid: each((o) => ({ ...o, spec: { ...o.spec, n: 'not a number', unknown: { a: 1 } } })),
    toplevel: each((o) => ({ ...o, extra: 1, status: { a: 1 } })),
    statustext: () => ({ result: { status: 'success' } }),
    statusnone: () => ({ convertedObjects: [] }),
    statusnum: () => ({ result: { status: 1 } }),
    resultnull: () => ({ result: null }),
    resulttext: () => ({ result: 'x' }),
    failcode: () => ({ result: { status: 'Failure', message: 'with code', code: 404, reason: 'NotFound', details: { name: 'x' } } }),
    failnomsg: () => ({ result: { status: 'Failure', reason: 'Because' } }),
    faillong: () => ({ result: { status: 'Failure', message: 'y'.repeat(3000) } }),
    failmulti: () => ({ result: { status: 'Failure', message: 'two\nlines "quoted" é' } }),
    uidnum: () => ({ uid: 5, ...success }),
    uidempty: () => ({ uid: '', ...success }),
    uidnull: () => ({ uid: null, ...success }),
    responsenull: review(() => ({ response: null })),
    responselist: review(() => ({ response: [] })),
    responsetext: review(() => ({ response: 'x' })),
    requestonly: review((request) => ({ request })),
    bodyempty: raw(''),
    bodynull: raw('null'),
    bodylist: raw('[]'),
    bodytext: raw('not json at all'),
    bodytruncated: raw('{"apiVersion":"apiextensions.k8s.io/v1","kind":"ConversionReview","resp'),
    bodyhtml: raw('<html><body>hello</body></html>', { type: 'text/html' }),
    bodyyaml: raw('apiVersion: apiextensions.k8s.io/v1\nkind: ConversionReview\n', { type: 'application/yaml' }),
    bodyobj: raw('{}'),
    kindonly: raw({ kind: 'ConversionReview' }),
    versiononly: raw({ apiVersion: 'apiextensions.k8s.io/v1' }),
    otherkind: raw({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'Other' }),
    othergroup: raw({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }),
    aStatus: raw({ apiVersion: 'v1', kind: 'Status', status: 'Failure', message: 'a status', reason: 'Forbidden', code: 403 }, { status: 200 }),
    status403: raw({ apiVersion: 'v1', kind: 'Status', status: 'Failure', message: 'a status', reason: 'Forbidden', code: 403 }, { status: 403 }),
    http404: raw('nothing here', { status: 404, type: 'text/plain' }),
    http400: raw('bad', { status: 400, type: 'text/plain' }),
    http401: raw('who', { status: 401, type: 'text/plain' }),
    http403: raw('no', { status: 403, type: 'text/plain' }),
    http409: raw('conflict', { status: 409, type: 'text/plain' }),
    http413: raw('big', { status: 413, type: 'text/plain' }),
    http422: raw('inv', { status: 422, type: 'text/plain' }),
    http503: raw('later', { status: 503, type: 'text/plain' }),
    http502: raw('', { status: 502, type: 'text/plain' }),
    http204: raw('', { status: 204 }),
    http201: (request, r) => ({ status: 201, body: JSON.stringify({ apiVersion: r.apiVersion, kind: r.kind, response: { uid: request.uid, ...good(request) } }) }),
    wrongtype: (request, r) => ({ type: 'text/plain', body: JSON.stringify({ apiVersion: r.apiVersion, kind: r.kind, response: { uid: request.uid, ...good(request) } }) }),
    notype: (request, r) => (res) => { res.writeHead(200); res.end(JSON.stringify({ apiVersion: r.apiVersion, kind: r.kind, response: { uid: request.uid, ...good(request) } })); },
    casekeys: (request, r) => ({ body: JSON.stringify({ APIVersion: r.apiVersion, Kind: r.kind, Response: { UID: request.uid, ...good(request) } }) }),
    extra: (request) => ({ ...good(request), more: { a: 1 }, result: { status: 'Success', message: 'fine', extra: 1 } }),
    dupkeys: (request, r) => ({ body: `{"apiVersion":"x","apiVersion":${JSON.stringify(r.apiVersion)},"kind":"ConversionReview","response":${JSON.stringify({ uid: request.uid, ...good(request) })}}` }),
    trailing: (request, r) => ({ body: `${JSON.stringify({ apiVersion: r.apiVersion, kind: r.kind, response: { uid: request.uid, ...good(request) } })} {"more":1}` }),
    bigints: each((o) => ({ ...o, spec: { ...o.spec, n: 9007199254740993 } })),
  };
  let way = 'good';
  ways.good = good;
  const server = startWebhookServer({ '/convert': (request, r) => ways[way](request, r) });
  const path = (version, name = '') => `/apis/${group}/${version}/namespaces/${ns}/convs${name && `/${name}`}`;
  const spec = { type: 'object', properties: { s: { type: 'string' }, n: { type: 'integer' }, via: { type: 'string' } } };
  const version = (name, storage) => ({ name, served: true, storage, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } });
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `convs.${group}` }, spec: { group, scope: 'Namespaced', names: { plural: 'convs', kind: 'Conv' }, versions: [version('v1', true), version('v2', false)], conversion: undefined } };
  const convs = `${CRDS}/convs.${group}`;
  const merge = 'application/merge-patch+json';
  const webhook = { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { caBundle: authority } } };
  let uid = 'none';
  const clean = (b) => JSON.parse(server.clean(JSON.stringify(b)).replaceAll(uid, '<its uid>'));
  const object = (v, name, more) => ({ apiVersion: `${group}/${v}`, kind: 'Conv', metadata: { name, labels: { l: '1' }, annotations: { a: '1' } }, spec: { s: 'x', n: 1 }, ...more });
  // The entry of who wrote it last has a time, whose form depends on the second.
  const pick = (b) => { const c = clean(b); if (c.metadata) delete c.metadata.managedFields; return typeof c.message === 'string' ? { ...c, message: c.message.replace(/,"managedFields":\[.*?\](?=,"name")/, '') } : c; };
  const steps = [
    { compare: false, method: 'PATCH', type: merge, path: convs, body: { spec: { conversion: { strategy: 'None', webhook: null } } } },
    { compare: false, method: 'DELETE', path: convs }, { compare: false, path: convs, until: (b, r) => r.status === 404 },
    { name: 'define', method: 'POST', path: CRDS, body: crd, pick: (b) => b.spec?.conversion ?? b },
    { compare: false, path: path('v2'), until: (b, r) => r.status === 200 },
    { name: 'one', method: 'POST', path: path('v1'), body: object('v1', 'one'), pick, save: (b) => { uid = b.metadata.uid; } },
  ];
  steps.push(
    { compare: false, method: 'PATCH', type: merge, path: convs, get body() { webhook.webhook.clientConfig.url = server.url('/convert'); return { spec: { conversion: webhook } }; } },
    { compare: false, path: path('v2', 'one'), until: (b) => b.spec?.via === 'v2' },
  );
  const under = (w, step) => ({ ...step, name: `${w}: ${step.name}`, pick, get path() { way = w; return step.path; } });
  const sorts = ['good', 'more', 'nullobj', 'emptyobj', 'coreversion', 'ns', 'labelsval', 'specinvalid', 'toplevel', 'failmulti', 'uidempty', 'aStatus', 'http503', 'extra'];
  for (const w of Object.keys(ways)) steps.push(under(w, { name: 'get', path: path('v2', 'one') }));
  for (const w of sorts) {
    const dry = { query: { dryRun: 'All' } };
    steps.push(
      under(w, { name: 'create', method: 'POST', path: path('v2'), ...dry, body: object('v2', 'dry') }),
    );
  }
  steps.push(under('good', { name: 'get at last', path: path('v2', 'one') }));
  steps.cleanup = [convs];
  return steps;
};
