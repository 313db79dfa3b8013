// Custom objects whose dropped parts (the status in a write of the object, all else in one of the status) are not of their types: they are stored without
// managedFields, of which no set of fields can be made.
export default ({ ns }) => {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const group = 'untyped.rp.example.com';
  const name = `rp-untypeds.${group}`;
  const things = `/apis/${group}/v1/namespaces/${ns}/rp-untypeds`;
  const schema = { type: 'object', properties: { spec: { type: 'object', properties: { a: { type: 'string' } } }, status: { type: 'object', properties: { phase: { type: 'string' }, n: { type: 'integer' } } } } };
  const thing = (more) => ({ apiVersion: `${group}/v1`, kind: 'RpUntyped', spec: { a: 'x' }, ...more });
  const managed = (b, r) => (b.metadata?.name ? { status: b.status, managers: (b.metadata.managedFields ?? []).map((m) => [m.manager, m.operation, m.subresource ?? '', m.fieldsV1]) } : b);
  const patch = (title, path, type, body) => ({ name: title, method: 'PATCH', path, query: { dryRun: 'All', fieldManager: 'rp' }, type, body, pick: managed });
  const merge = 'application/merge-patch+json';
  return [
    { compare: false, method: 'DELETE', path: `${crds}/${name}` },
    { compare: false, path: `${crds}/${name}`, until: (b, r) => r.status === 404 },
    { compare: false, method: 'POST', path: crds, body: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name }, spec: { group, scope: 'Namespaced', names: { plural: 'rp-untypeds', singular: 'rp-untyped', kind: 'RpUntyped' }, versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } }] } } },
    { compare: false, path: things, until: (b, r) => r.status === 200 },
    { name: 'one', method: 'POST', path: things, query: { fieldManager: 'rp' }, body: thing({ metadata: { name: 'one' } }), until: (b, r) => r.status === 201 || r.status === 409, pick: managed },
    ...[['a'], 'a', { phase: 1 }, { n: 'x' }, { n: 1 }, { other: 1 }, null].flatMap((status) => [
      { name: `create with the status ${JSON.stringify(status)}`, method: 'POST', path: things, query: { dryRun: 'All', fieldManager: 'rp' }, body: thing({ metadata: { name: 'two' }, status }), pick: managed },
      patch(`merge the status ${JSON.stringify(status)}`, `${things}/one`, merge, { status }),
      patch(`add the status ${JSON.stringify(status)}`, `${things}/one`, 'application/json-patch+json', [{ op: 'add', path: '/status', value: status }]),
    ]),
    ...[{ a: 1 }, 'x', { other: 1 }].map((spec) => patch(`a status beside the spec ${JSON.stringify(spec)}`, `${things}/one/status`, merge, { spec, status: { phase: 'x' } })),
    { compare: false, method: 'DELETE', path: `${crds}/${name}` },
  ];
};
