// Values that a custom kind's schema cannot hold, in parts that a request does not change: nobody manages anything then. A null status is none.
export default ({ ns }) => {
  const group = `${ns}.example.com`, definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', dry = { dryRun: 'All' };
  const status = { type: 'object', properties: { i: { type: 'integer' } } };
  const schema = { type: 'object', properties: { spec: { type: 'object', properties: { i: { type: 'integer' } } }, status } };
  const path = `/apis/${group}/v1/namespaces/${ns}/misfits`;
  const object = (more) => ({ apiVersion: `${group}/v1`, kind: 'Misfit', metadata: { name: 'a' }, ...more });
  const pick = (b) => (b.code ? b : { managers: (b.metadata.managedFields ?? []).map(({ manager, subresource, fieldsV1 }) => ({ manager, subresource, fieldsV1 })), spec: b.spec, status: b.status });
  const json = (name, field, value, sub = '') => ({ name, method: 'PATCH', path: `${path}/a${sub}`, query: dry, type: 'application/json-patch+json', body: [{ op: 'add', path: `/${field}`, value }], pick });
  return [
    { name: 'define', method: 'POST', path: definitions, compare: false, body: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `misfits.${group}` }, spec: { group, scope: 'Namespaced', names: { plural: 'misfits', singular: 'misfit', kind: 'Misfit' }, versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } }] } } },
    { name: 'until it is served', method: 'GET', path, compare: false, until: (_, r) => r.status === 200 },
    { name: 'one', method: 'POST', path, compare: false, until: (_, r) => r.status === 201, body: object({ spec: { i: 1 } }) },
    ...[1, 'x', [], { i: 'x' }].map((value) => json(`a status of ${JSON.stringify(value)} through the object`, 'status', value)),
    ...[1, 'x', [], { i: 'x' }].map((value) => json(`a spec of ${JSON.stringify(value)} through the status`, 'spec', value, '/status')),
    json('a wrong status through the status', 'status', 1, '/status'),
    { name: 'a null status applied', method: 'PATCH', path: `${path}/a/status`, query: { ...dry, fieldManager: 'm' }, type: 'application/apply-patch+yaml', body: object({ status: null }), pick },
    { name: 'undefine', method: 'DELETE', path: `${definitions}/misfits.${group}`, compare: false },
  ];
};
