// A group that an extension API server serves: what makes it available and what does not, what reaches it, and what clients see of it.
import { authority, startExtensionServer } from '../extension-server.mjs';

export default ({ ns }) => {
  const G = 'rp-ext-aggregation.example.com', root = `/apis/${G}/v1`, things = `${root}/namespaces/${ns}/things`;
  const thing = (name) => ({ apiVersion: `${G}/v1`, kind: 'Thing', metadata: { name, namespace: ns, uid: 'none', resourceVersion: '1' } });
  const resources = [
    { name: 'things', singularName: 'thing', namespaced: true, kind: 'Thing', verbs: ['create', 'get', 'list', 'watch'], shortNames: ['th'], categories: ['all'] },
    { name: 'things/status', singularName: '', namespaced: true, kind: 'Thing', verbs: ['get', 'update'] },
    { name: 'worlds', singularName: 'world', namespaced: false, kind: 'World', group: 'other.example.com', version: 'v2', verbs: ['get'] },
    { name: 'lone/exec', singularName: '', namespaced: true, kind: 'LoneOptions', verbs: ['get'] },
  ];
  const definition = (properties) => ({ type: 'object', properties });
  const ref = (name) => ({ $ref: `#/definitions/${name}` });
  const operation = (path, name) => ({ [path]: { get: { operationId: `read${name}`, responses: { 200: { description: 'OK', schema: ref(name) } } } } });
  const PRECONDITIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions';
  const v2 = {
    swagger: '2.0', info: { title: 'things', version: 'v0' },
    paths: { ...operation(`${root}/things`, 'Thing'), ...operation(`/apis/${G}/v2/things`, 'Unseen'), ...operation('/version/', 'Version') },
    definitions: { Thing: { ...definition({ own: ref(PRECONDITIONS), spec: ref('Spec') }), 'x-kubernetes-group-version-kind': [{ group: G, version: 'v1', kind: 'Thing' }] }, Spec: definition({ size: { type: 'integer' } }), Unseen: definition({}), Version: definition({}), Lonely: definition({ a: { type: 'string' } }), [PRECONDITIONS]: definition({ uid: { type: 'boolean' } }) },
  };
  const v3 = { openapi: '3.0.0', info: { title: 'things', version: 'v0' }, paths: {} };
  const server = startExtensionServer({
    [root]: () => ({ body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${G}/v1`, resources } }),
    '/openapi/v2': () => ({ body: v2 }),
    '/openapi/v3': () => ({ body: { paths: { [`apis/${G}/v1`]: { serverRelativeURL: `/openapi/v3/apis/${G}/v1?hash=ABC` } } } }),
    [`/openapi/v3/apis/${G}/v1`]: () => ({ body: v3, headers: { etag: '"ABC"' } }),
    [things]: (request, response) => {
      if (request.method === 'POST') return { status: 201, body: { ...thing('made'), sent: JSON.parse(request.text) }, headers: { warning: '299 - "from there"' } };
      if (!request.url.includes('watch=')) return { body: { kind: 'ThingList', apiVersion: `${G}/v1`, metadata: {}, items: [thing('a')] } };
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const type of ['ADDED', 'MODIFIED']) response.write(`${JSON.stringify({ type, object: thing('a') })}\n`);
    },
    [`${things}/a`]: ({ method, url, headers: { host: _, ...headers }, socket }) => ({ body: { method, url, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => /^x-|impersonate|authorization/.test(name))), client: socket.getPeerCertificate().subject?.CN } }),
    [`${things}/moved`]: () => ({ status: 302, body: '', headers: { location: `${things}/a` } }),
    [`${things}/broken`]: ({ socket }) => void socket.destroy(),
    [`${things}/refused`]: () => ({ status: 409, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Conflict', message: 'not now', code: 409 } }),
  });
  const A = '/apis/apiregistration.k8s.io/v1/apiservices', name = `v1.${G}`, S = `/api/v1/namespaces/${ns}/services`;
  const clean = (value) => JSON.parse(server.clean(JSON.stringify(value)));
  const service = (more, metadata) => ({ method: 'POST', path: S, compare: false, body: { apiVersion: 'v1', kind: 'Service', metadata, spec: more } });
  const patch = (spec) => () => ({ method: 'PATCH', path: `${A}/${name}`, type: 'application/merge-patch+json', compare: false, body: { spec: spec() } });
  const condition = (title, reason) => ({ name: title, path: `${A}/${name}`, until: (b) => b.status?.conditions?.[0]?.reason === reason, pick: (b) => clean(b.status) });
  const seen = (title, more = {}) => ({ name: title, path: `${things}/a`, pick: clean, ...more });
  const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  const entry = (b) => b.items?.find(({ metadata }) => metadata.name === G);
  const steps = [
    { compare: false, method: 'DELETE', path: `${A}/${name}` },
    service({ ports: [{ port: 443, name: 'https' }] }, { name: 'inside' }), service({ type: 'ExternalName', externalName: 'localhost' }, { name: 'ext' }), service({ type: 'ExternalName', externalName: 'localhost' }, { name: 'other' }),
    { name: 'create', method: 'POST', path: A, body: { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name }, spec: { group: G, version: 'v1', service: { name: 'inside', namespace: ns, port: 444 }, caBundle: authority, groupPriorityMinimum: 1000, versionPriority: 15 } }, pick: (b) => b.spec.service },
    condition('a port that the service does not have', 'ServicePortError'), patch(() => ({ service: { port: 443 } })), condition('no endpoints', 'EndpointsNotFound'),
    { method: 'POST', path: `/apis/discovery.k8s.io/v1/namespaces/${ns}/endpointslices`, compare: false, body: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'inside', labels: { 'kubernetes.io/service-name': 'inside' } }, addressType: 'FQDN', endpoints: [{ addresses: ['x.localhost'] }], ports: [{ name: 'http', port: 1 }] } }, condition('an endpoint with another port', 'MissingEndpoints'),
    patch(() => ({ service: { name: 'other', port: server.port() } })), { ...condition('a certificate for another name', 'FailedDiscoveryCheck'), pick: (b) => clean(b.status.conditions[0].message).replace(/is valid for .*, not/, 'is valid for …, not') },
    patch(() => ({ service: { name: 'ext' }, caBundle: null })), { ...condition('an authority that nobody knows', 'FailedDiscoveryCheck'), until: (b) => /unknown authority/.test(b.status?.conditions?.[0]?.message) },
    { name: 'its group answers 503', path: root, until: (b, r) => r.status === 503 }, { name: 'its discovery is stale', path: '/apis', headers: aggregated, until: entry, pick: entry },
    patch(() => ({ caBundle: authority })), condition('available', 'Passed'),
    { name: 'its resources', path: root, until: (b, r) => r.status === 200 }, { name: 'its group', path: `/apis/${G}` }, { name: 'with a slash at the end', path: `/apis/${G}/` }, { name: 'another version', path: `/apis/${G}/v2` }, { name: 'in the list of groups', path: '/apis', pick: (b) => b.groups.find((group) => group.name === G) },
    { name: 'in aggregated discovery', path: '/apis', headers: aggregated, until: (b) => entry(b)?.versions[0].freshness === 'Current', pick: entry }, { name: 'in the list of paths', path: '/', pick: (b) => b.paths.filter((path) => path.includes(G)) },
    seen('what reaches it', { query: { z: '1', a: ['x y', '2'] }, headers: { 'x-remote-user': 'somebody', 'x-remote-extra-a': 'b', 'x-other': '1' }, token: 'admintoken' }), seen('in the name of another', { as: 'bob', asGroups: ['system:masters', 'dev'], headers: { 'impersonate-extra-acme.com%2fx': 'y', 'impersonate-uid': '7' } }), seen('who may not', { token: 'alicetoken' }), seen('nobody', { anonymous: true }),
    { name: 'a list', path: things }, { name: 'a thing made there', method: 'POST', path: things, body: { spec: 1 } }, { name: 'a Status from there', path: `${things}/refused` }, { name: 'a redirect', path: `${things}/moved` }, { name: 'no answer', path: `${things}/broken` }, { name: 'what it does not have', path: `${root}/none` }, { name: 'a watch', path: things, query: { watch: '1' }, watch: { events: 2 } },
    { name: 'its OpenAPI', path: '/openapi/v2', until: (b) => b.paths?.[`${root}/things`], pick: (b) => ({ paths: Object.entries(b.paths).filter(([path]) => path.includes(G)), definitions: Object.entries(b.definitions).filter(([of]) => /^(Thing|Spec|Unseen|Version|Lonely)|Preconditions/.test(of)).map(([of, d]) => [of, of.endsWith('Preconditions') ? 'theirs' : d]) }) },
    { name: 'in the list of OpenAPI documents', path: '/openapi/v3', until: (b) => b.paths?.[`apis/${G}/v1`], pick: (b) => b.paths[`apis/${G}/v1`] }, { name: 'its document', path: `/openapi/v3/apis/${G}/v1` },
    { compare: false, method: 'DELETE', path: `${S}/ext` }, condition('its service is gone', 'ServiceNotFound'), { name: 'it answers 503 again', path: things, until: (b, r) => r.status === 503 },
    { name: 'delete it', method: 'DELETE', path: `${A}/${name}`, pick: (b) => b.status }, { name: 'its group is gone', path: `/apis/${G}`, until: (b, r) => r.status === 404 }, { name: 'and out of discovery', path: '/apis', headers: aggregated, until: (b) => !entry(b), pick: (b) => entry(b) ?? 'gone' }, { name: 'a resource of it', path: `${things}/a`, until: (b, r) => r.status === 404 },
  ];
  steps.cleanup = [`${A}/${name}`];
  steps.needsServiceAccount = false;
  return steps;
};
