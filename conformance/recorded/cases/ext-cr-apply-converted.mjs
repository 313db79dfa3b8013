// Server-side apply to a custom kind whose versions a webhook converts: what managers own in one version, as applies and updates in the others see it.
import { authority, startWebhookServer } from '../webhook-server.mjs';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

// v1 has host and port, v1beta1 an address, v1alpha1 a list of one address.
function hub({ spec: { address, addresses, ...spec }, ...rest }) {
  const at = address ?? addresses?.[0];
  if (at === undefined) return { ...rest, spec };
  const [host, port] = at.split(':');
  return { ...rest, spec: { ...spec, ...(host ? { host } : {}), ...(port ? { port: Number(port) } : {}) } };
}

function converted(object, apiVersion) {
  if (!object.spec) return { ...object, apiVersion };
  const { spec: { host, port, ...spec }, ...rest } = hub(object);
  const version = apiVersion.split('/')[1];
  if (version === 'v1') return { ...rest, apiVersion, spec: { ...spec, ...(host ? { host } : {}), ...(port ? { port } : {}) } };
  const address = host || port ? `${host ?? ''}:${port ?? ''}` : undefined;
  if (address === undefined) return { ...rest, apiVersion, spec };
  return { ...rest, apiVersion, spec: { ...spec, ...(version === 'v1beta1' ? { address } : { addresses: [address] }) } };
}

export default ({ ns }) => {
  const group = 'rp-ext-apply-converted.example.com';
  const server = startWebhookServer({
    '/convert': ({ objects, desiredAPIVersion }) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => converted(object, desiredAPIVersion)),
    }),
    '/refuse': () => ({ result: { status: 'Failure', message: 'not today' } }),
  });
  const text = { type: 'string' };
  const schema = (spec) => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } } });
  const shared = { note: text, other: text, tags: { type: 'object', additionalProperties: text } };
  const convs = `${CRDS}/convs.${group}`;
  const conversion = (at) => ({ strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: server.url(at), caBundle: authority } } });
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `convs.${group}` },
    get spec() {
      return { group, scope: 'Namespaced', names: { plural: 'convs', kind: 'Conv' }, conversion: conversion('/convert'), versions: [
        { name: 'v1', served: true, storage: true, schema: schema({ ...shared, host: text, port: { type: 'integer' } }) },
        { name: 'v1beta1', served: true, storage: false, schema: schema({ ...shared, address: text }) },
        { name: 'v1alpha1', served: true, storage: false, schema: schema({ ...shared, addresses: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' } }) } ] };
    } };
  const path = (version, name = '') => `/apis/${group}/${version}/namespaces/${ns}/convs${name && `/${name}`}`;
  const object = (version, name, spec) => ({ apiVersion: `${group}/${version}`, kind: 'Conv', metadata: { name }, spec });
  // Managers stand in the order of their seconds, which pass when they pass.
  const byName = (a, b) => (`${a.manager} ${a.operation} ${a.apiVersion}` < `${b.manager} ${b.operation} ${b.apiVersion}` ? -1 : 1);
  const shown = (b) => (b.spec ? [b.spec, b.metadata.managedFields?.sort(byName) ?? 'nobody'] : JSON.parse(server.clean(JSON.stringify(b))));
  const apply = (name, manager, version, of, spec, query) => ({ name, method: 'PATCH', type: 'application/apply-patch+yaml', path: path(version, of), query: { fieldManager: manager, ...query }, body: object(version, of, spec), pick: shown });
  const merge = (name, manager, version, of, spec) => ({ name, method: 'PATCH', type: 'application/merge-patch+json', path: path(version, of), query: { fieldManager: manager }, body: { spec }, pick: shown });
  let live;
  const steps = [
    { compare: false, method: 'DELETE', path: convs }, { compare: false, path: convs, until: (b, r) => r.status === 404 },
    { compare: false, method: 'POST', path: CRDS, body: crd },
    ...['v1', 'v1beta1', 'v1alpha1'].map((version) => ({ compare: false, path: path(version), until: (b, r) => r.status === 200 })),
    apply('apply in v1beta1', 'a', 'v1beta1', 'one', { address: 'h:80', note: 'n', tags: { x: '1', y: '2' } }),
    apply('another manager takes an unchanged part in v1', 'b', 'v1', 'one', { host: 'h' }),
    apply('a change of what the first owns in its version', 'b', 'v1', 'one', { host: 'g' }),
    apply('by force', 'b', 'v1', 'one', { host: 'g' }, { force: 'true' }),
    apply('the first again', 'a', 'v1beta1', 'one', { address: 'h:80', note: 'n' }),
    apply('the first gives up its address', 'a', 'v1beta1', 'one', { note: 'n' }),
    apply('the first moves to v1', 'a', 'v1', 'one', { port: 81, note: 'n' }),
    apply('and leaves the rest', 'a', 'v1', 'one', { note: 'm' }),
    apply('apply in v1beta1, to move', 'a', 'v1beta1', 'two', { address: 'h:80', note: 'n', tags: { x: '1' } }),
    apply('the same in v1alpha1 by another', 'b', 'v1alpha1', 'two', { addresses: ['h:80'], tags: { x: '1', z: '3' } }),
    apply('a third in v1', 'c', 'v1', 'two', { port: 90 }),
    apply('a third in v1, by force', 'c', 'v1', 'two', { port: 90 }, { force: 'true' }),
    merge('an update in v1', 'u', 'v1', 'two', { other: 'o', tags: { x: null } }),
    merge('an update in v1beta1', 'u', 'v1beta1', 'two', { address: 'k:7' }),
    apply('the second gives up all', 'b', 'v1alpha1', 'two', {}),
    merge('an update in v1 takes the host', 'w', 'v1', 'two', { host: 'l' }),
    { compare: false, path: path('v1alpha1', 'two'), save: (b) => void (live = b) },
    { name: 'a replacement in v1alpha1', method: 'PUT', path: path('v1alpha1', 'two'), query: { fieldManager: 'p' }, pick: shown,
      get body() { return { ...live, spec: { addresses: ['z:1'] } }; } },
    apply('apply, then refuse to convert', 'a', 'v1beta1', 'three', { address: 'h:80', note: 'n' }),
    { compare: false, method: 'PATCH', type: 'application/merge-patch+json', path: convs, get body() { return { spec: { conversion: conversion('/refuse') } }; } },
    { compare: false, path: path('v1beta1', 'three'), until: (b, r) => r.status === 500 },
    apply('an apply of another', 'b', 'v1', 'three', { other: 'x' }),
    apply('an apply of the same in v1', 'a', 'v1', 'three', { other: 'y' }),
    merge('an update', 'u', 'v1', 'three', { port: 5 }),
    { name: 'what is left', path: path('v1', 'three'), pick: shown },
  ];
  steps.cleanup = [convs];
  return steps;
};
