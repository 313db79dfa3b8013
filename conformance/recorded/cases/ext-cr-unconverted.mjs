// Requests of a kind whose conversion webhook has begun to fail or to lie: what each verb begins from, in the version that is stored and in another one, dry and real.
import { authority, startWebhookServer } from '../webhook-server.mjs';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const success = { result: { status: 'Success' } };
const conv = (o, apiVersion) => ({ ...o, apiVersion, spec: { ...o.spec, via: apiVersion.split('/')[1] } });
export default ({ ns }) => {
  const group = 'rp-ext-unconverted.example.com';
  const good = ({ objects, desiredAPIVersion }) => ({ ...success, convertedObjects: objects.map((o) => conv(o, desiredAPIVersion)) });
  let mode = 'good';
  const ways = {
    fails: () => ({ result: { status: 'Failure', message: 'not today' } }),
    tostorage: (r) => (r.desiredAPIVersion.endsWith('/v1') ? { result: { status: 'Failure', message: 'not to storage' } } : good(r)),
    fromstorage: (r) => (r.desiredAPIVersion.endsWith('/v2') ? { result: { status: 'Failure', message: 'not from storage' } } : good(r)),
    lies: ({ objects, desiredAPIVersion }) => ({ ...success, convertedObjects: objects.map((o) => ({ ...conv(o, desiredAPIVersion), spec: 'text' })) }),
  };
  const server = startWebhookServer({ '/a': (r) => (mode === 'good' ? good : ways[mode])(r) });
  const path = (version, name = '') => `/apis/${group}/${version}/namespaces/${ns}/convs${name && `/${name}`}`;
  const spec = { type: 'object', properties: { s: { type: 'string' }, n: { type: 'integer', maximum: 10 }, via: { type: 'string' } } };
  const version = (name, storage) => ({ name, served: true, storage, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } });
  const webhook = (at) => ({ strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: server.url(at), caBundle: authority } } });
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `convs.${group}` }, spec: { group, scope: 'Namespaced', names: { plural: 'convs', kind: 'Conv' }, versions: [version('v1', true), version('v2', false)], get conversion() { return webhook('/a'); } } };
  const convs = `${CRDS}/convs.${group}`;
  const merge = 'application/merge-patch+json';
  const object = (v, name, more) => ({ apiVersion: `${group}/${v}`, kind: 'Conv', metadata: { name, labels: { l: '1' }, ...more }, spec: { s: 'x', n: 1 } });
  const uids = [];
  const clean = (b) => { let t = server.clean(JSON.stringify(b)).replace(/x{1000,}/g, 'xxx…'); for (const u of uids) t = t.replaceAll(u, '<uid>'); return JSON.parse(t); };
  const noFields = (b) => (b?.metadata ? { ...b, metadata: { ...b.metadata, managedFields: b.metadata.managedFields?.map((m) => [m.manager.startsWith('node') ? 'node' : m.manager, m.operation, m.apiVersion, m.subresource ?? '']) } } : b);
  const pick = (b) => { const c = noFields(clean(b)); return c.items ? { ...c, items: c.items.map(noFields) } : c; };
  const set = (to) => ({ compare: false, path: `/api/v1/namespaces/${ns}`, save: () => { mode = to; } });
  const ready = { name: 'ready', path: path('v2'), until: (b, r) => r.status === 200, compare: false };
  const cleanObjs = [{ compare: false, path: `/api/v1/namespaces/${ns}`, save: () => { mode = 'good'; } }, ready,
    ...['fin', 'del2-v1', 'del2-v2', 'del-v1', 'del-v2'].map((x) => ({ compare: false, method: 'PATCH', type: merge, path: path('v1', x), body: { metadata: { finalizers: null } } })),
    { compare: false, method: 'DELETE', path: path('v1') }, { compare: false, path: path('v1'), until: (b) => b.items?.length === 0 }];
  const reads = (t, v) => [
    { name: `${t}: get`, path: path(v, 'one'), pick }, { name: `${t}: get 0`, path: path(v, 'one'), query: { resourceVersion: '0' }, pick }, { name: `${t}: get none`, path: path(v, 'none'), pick },
    { name: `${t}: list`, path: path(v), pick }, { name: `${t}: list 0`, path: path(v), query: { resourceVersion: '0' }, pick }, { name: `${t}: list 1`, path: path(v), query: { limit: '1' }, pick: (b) => (b.items ? b.items.length : clean(b)) }, { name: `${t}: list by label`, path: path(v), query: { labelSelector: 'l=2' }, pick }, { name: `${t}: list by name`, path: path(v), query: { fieldSelector: 'metadata.name=none' }, pick },
    { name: `${t}: table`, path: path(v), headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, pick: (b) => (b.rows ? b.rows.length : clean(b)) }, { name: `${t}: partial`, path: path(v, 'one'), headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }, pick },
  ];
  const writes = (t, v, dry) => { const query = dry ? { dryRun: 'All' } : {}; const d = dry ? 'dry ' : ''; return [
    { name: `${t}: ${d}create`, method: 'POST', path: path(v), query, body: object(v, `new-${v}`), pick }, { name: `${t}: ${d}create existing`, method: 'POST', path: path(v), query, body: object(v, 'one'), pick },
    { name: `${t}: ${d}create invalid`, method: 'POST', path: path(v), query, body: { ...object(v, 'inv'), spec: { n: 11 } }, pick },
    { name: `${t}: ${d}put`, method: 'PUT', path: path(v, 'one'), query, body: object(v, 'one', { resourceVersion: '1' }), pick },
    { name: `${t}: ${d}put none`, method: 'PUT', path: path(v, 'none'), query, body: object(v, 'none', { resourceVersion: '1' }), pick },
    { name: `${t}: ${d}merge`, method: 'PATCH', type: merge, path: path(v, 'one'), query, body: { spec: { s: 'y' } }, pick },
    { name: `${t}: ${d}merge nothing`, method: 'PATCH', type: merge, path: path(v, 'one'), query, body: {}, pick },
    { name: `${t}: ${d}merge invalid`, method: 'PATCH', type: merge, path: path(v, 'one'), query, body: { spec: { n: 11 } }, pick },
    { name: `${t}: ${d}merge stale`, method: 'PATCH', type: merge, path: path(v, 'one'), query, body: { metadata: { resourceVersion: '1' } }, pick },
    { name: `${t}: ${d}merge none`, method: 'PATCH', type: merge, path: path(v, 'none'), query, body: {}, pick },
    { name: `${t}: ${d}json`, method: 'PATCH', type: 'application/json-patch+json', path: path(v, 'one'), query, body: [{ op: 'test', path: '/spec/s', value: 'nothing' }], pick },
    { name: `${t}: ${d}status`, method: 'PATCH', type: merge, path: `${path(v, 'one')}/status`, query, body: { status: { a: 1 } }, pick },
    { name: `${t}: ${d}apply`, method: 'PATCH', type: 'application/apply-patch+yaml', path: path(v, 'one'), query: { ...query, fieldManager: 'app', force: 'true' }, body: { apiVersion: `${group}/${v}`, kind: 'Conv', metadata: { name: 'one' }, spec: { n: 3 } }, pick },
    { name: `${t}: ${d}apply new`, method: 'PATCH', type: 'application/apply-patch+yaml', path: path(v, `applied-${v}`), query: { ...query, fieldManager: 'app', force: 'true' }, body: { apiVersion: `${group}/${v}`, kind: 'Conv', metadata: { name: `applied-${v}` }, spec: { n: 3 } }, pick },
    { name: `${t}: ${d}delete fin`, method: 'DELETE', path: path(v, 'fin'), query, pick }, { name: `${t}: ${d}delete`, method: 'DELETE', path: path(v, `del-${v}`), query, pick }, { name: `${t}: ${d}delete none`, method: 'DELETE', path: path(v, 'none'), query, pick },
    { name: `${t}: ${d}delete uid`, method: 'DELETE', path: path(v, `del2-${v}`), query, body: { preconditions: { uid: 'x' }, ...(dry && { dryRun: ['All'] }) }, pick },
    { name: `${t}: ${d}deletecollection`, method: 'DELETE', path: path(v), query: { ...query, labelSelector: 'l=dc' }, pick },
  ]; };
  const make = (name, more) => ({ compare: false, method: 'POST', path: path('v1'), body: object('v1', name, more), save: (b) => { if (b.metadata?.uid) uids.push(b.metadata.uid); } });
  const objs = () => [make('one'), make('fin', { finalizers: ['x.example.com/y'] }), make('del-v1'), make('del-v2'), make('del2-v1'), make('del2-v2'), make('dc', { labels: { l: 'dc' } })];
  const steps = [
    { compare: false, method: 'PATCH', type: merge, path: convs, body: { spec: { conversion: { strategy: 'None', webhook: null } } } },
    ...['fin', 'del2-v1', 'del2-v2', 'del-v1', 'del-v2'].map((x) => ({ compare: false, method: 'PATCH', type: merge, path: path('v1', x), body: { metadata: { finalizers: null } } })),
    { compare: false, method: 'DELETE', path: convs }, { compare: false, path: convs, until: (b, r) => r.status === 404 },
    { name: 'define', method: 'POST', path: CRDS, get body() { return { ...crd, spec: { ...crd.spec, conversion: webhook('/a') } }; }, pick: (b) => (b.spec ? 'ok' : b) },
    { compare: false, path: path('v2'), until: (b, r) => r.status === 200 },
  ];
  for (const w of Object.keys(ways)) {
    steps.push(...cleanObjs, ...objs(), { compare: false, path: path('v2'), until: (b, r) => r.status === 200 && b.items?.length === 7 }, { compare: false, path: path('v2'), query: { resourceVersion: '0' }, until: (b, r) => r.status === 200 && b.items?.length === 7 });
    steps.push(set(w), ...reads(`${w} v2`, 'v2'), ...writes(`${w} v2`, 'v2', true), ...reads(`${w} v1`, 'v1'), ...writes(`${w} v1`, 'v1', true), ...writes(`${w} v2`, 'v2', false), ...writes(`${w} v1`, 'v1', false), { name: `${w}: what there is`, path: path('v1'), pick });
  }
  steps.push(...cleanObjs);
  steps.cleanup = [convs];
  return steps;
};
