// What cases about custom kinds share.
export const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const define = (group, kind, schema, { version, spec, scope = 'Namespaced', names } = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.${group}` },
  spec: {
    group,
    scope,
    names: { plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, ...names },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: schema } }, ...version },
    ],
    ...spec,
  },
});
export const install = (crd) => [
  // remove a leftover, create, wait until the resource is served
  { name: 'remove a leftover', compare: false, method: 'DELETE', path: `${CRDS}/${crd.metadata.name}` },
  { name: 'wait for it to go', compare: false, path: `${CRDS}/${crd.metadata.name}`, until: (_, r) => r.status === 404 },
  { name: 'create the definition', method: 'POST', path: CRDS, body: crd, pick: (b, r) => (r.status === 201 ? b.metadata.name : b) },
  {
    name: 'wait until served',
    compare: false,
    path: `/apis/${crd.spec.group}/${crd.spec.versions[0].name}/${crd.spec.names.plural}`,
    until: (_, r) => r.status === 200,
  },
];
// Several causes come in no fixed order: they are compared as a set.
export const sorted = (b) =>
  b.kind === 'Status' && b.details?.causes?.length > 1
    ? {
        ...b,
        message: b.message.replace(/\[.*\]$/s, '[…]'),
        details: {
          ...b.details,
          causes: b.details.causes
            .map((c) => JSON.stringify(c))
            .sort()
            .map((c) => JSON.parse(c)),
        },
      }
    : b;
