// Definitions that compete for names, and what their conditions say; names that become free again; a group of Kubernetes' own; a version that is deprecated.
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export default () => {
  const group = 'rp-ext-names.example.com';
  const define = (plural, names, more) => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Cluster', names: { plural, ...names }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }], ...more } });
  const remove = (name) => [{ compare: false, method: 'DELETE', path: `${CRDS}/${name}` }, { compare: false, path: `${CRDS}/${name}`, until: (b, r) => r.status === 404 }];
  const conditions = (b) => ({ accepted: b.status.acceptedNames, conditions: b.status.conditions.map((c) => [c.type, c.status, c.reason, c.message]) });
  const settled = (name, plural, status, reason) => ({ name, path: `${CRDS}/${plural}.${group}`, until: (b) => b.status?.conditions?.some((c) => c.type === 'NamesAccepted' && c.status === status && (!reason || c.reason === reason)) && (status === 'False' || b.status.conditions.some((c) => c.type === 'Established' && c.status === 'True')), pick: conditions }); // established a moment after its names are
  const create = (name, crd) => ({ name, method: 'POST', path: CRDS, body: crd, pick: (b, r) => (r.status === 201 ? [b.spec.names, b.status] : b) });
  const merge = 'application/merge-patch+json';
  const deprecated = define('olds', { kind: 'Old' });
  const schema = { openAPIV3Schema: { type: 'object' } };
  deprecated.spec.versions = [{ name: 'v1alpha1', served: true, storage: false, deprecated: true, schema }, { name: 'v1beta1', served: true, storage: false, deprecated: true, deprecationWarning: 'v1beta1 "goes"', schema }, { name: 'v1', served: true, storage: true, schema }, { name: 'v2', served: true, storage: false, deprecated: true, schema }, { name: 'v3', served: false, storage: false, schema }];
  const protectedOne = define('guards', { kind: 'Guard' });
  protectedOne.metadata = { name: 'guards.rp-ext-names.k8s.io', annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' } };
  protectedOne.spec.group = 'rp-ext-names.k8s.io';
  const steps = [
    ...['firsts', 'seconds', 'thirds', 'olds'].flatMap((plural) => remove(`${plural}.${group}`)), ...remove(protectedOne.metadata.name),
    create('the first', define('firsts', { kind: 'First', shortNames: ['fs', 'ff'], categories: ['rpn'] })),
    settled('gets its names', 'firsts', 'True'),
    { name: 'is established', path: `${CRDS}/firsts.${group}`, until: (b) => b.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True'), pick: conditions },
    create('the second wants its kind and short names', define('seconds', { kind: 'First', listKind: 'SecondList', singular: 'second', shortNames: ['ff', 'se', 'fs'] })),
    settled('and does not get them', 'seconds', 'False'),
    { name: 'so it is not served', path: `/apis/${group}/v1/seconds` },
    create('the third wants its list kind and singular', define('thirds', { kind: 'Third', listKind: 'FirstList', singular: 'first' })),
    settled('nor does this one', 'thirds', 'False'),
    { name: 'the first gives up a short name', method: 'PATCH', type: merge, path: `${CRDS}/firsts.${group}`, body: { spec: { names: { shortNames: ['fs'] } } }, pick: (b) => b.spec?.names ?? b },
    { name: 'which is accepted', path: `${CRDS}/firsts.${group}`, until: (b) => b.status?.acceptedNames?.shortNames?.length === 1, pick: conditions },
    { name: 'the second changes its kind', method: 'PATCH', type: merge, path: `${CRDS}/seconds.${group}`, body: { spec: { names: { kind: 'Second', shortNames: ['ff', 'se'] } } }, pick: (b) => b.spec?.names ?? b },
    settled('now it has what it wants', 'seconds', 'True'),
    { name: 'and is served', path: `/apis/${group}/v1/seconds`, until: (b, r) => r.status === 200, pick: (b) => [b.kind, b.items] },
    { name: 'an established kind stays', method: 'PATCH', type: merge, path: `${CRDS}/seconds.${group}`, body: { spec: { names: { kind: 'Other' } } } },
    { name: 'so does its scope', method: 'PATCH', type: merge, path: `${CRDS}/seconds.${group}`, body: { spec: { scope: 'Namespaced' } } },
    { name: 'the list kind may change', method: 'PATCH', type: merge, path: `${CRDS}/seconds.${group}`, body: { spec: { names: { listKind: 'SecondsList' } } }, pick: (b) => b.spec?.names ?? b },
    { name: 'and is shown', path: `/apis/${group}/v1/seconds`, until: (b) => b.kind === 'SecondsList', pick: (b) => b.kind },
    ...remove(`firsts.${group}`),
    settled('the third gets what the first had', 'thirds', 'True'),
    { name: 'and is served', path: `/apis/${group}/v1/thirds`, until: (b, r) => r.status === 200, pick: (b) => b.kind },
    create('with deprecated versions', deprecated),
    { compare: false, path: `/apis/${group}/v1/olds`, until: (b, r) => r.status === 200 },
    ...['v1alpha1', 'v1beta1', 'v1', 'v2'].map((version) => ({ name: `a list of ${version}`, path: `/apis/${group}/${version}/olds`, pick: (b) => b.kind })),
    { name: 'a list of what is not served', path: `/apis/${group}/v3/olds` },
    { name: 'one of a wrong scope', path: `/apis/${group}/v1/namespaces/default/olds` },
    { name: 'one that is not there', path: `/apis/${group}/v1/olds/none` },
    { name: 'a resource that is not there', path: `/apis/${group}/v1/nones` },
    { name: 'a version that is not there', path: `/apis/${group}/v9` },
    { name: 'put without a name', method: 'PUT', path: `/apis/${group}/v1/olds`, body: {} },
    { name: 'a subresource that is not there', path: `/apis/${group}/v1/olds/x/status` },
    create('a group of Kubernetes, without approval', protectedOne),
    { name: 'its conditions', path: `${CRDS}/${protectedOne.metadata.name}`, until: (b) => b.status?.conditions?.length === 3 && b.status.conditions.every((c) => c.reason !== 'Installing'), pick: (b) => b.status.conditions.map((c) => [c.type, c.status, c.reason, c.message]).sort() },
    { name: 'approved', method: 'PATCH', type: merge, path: `${CRDS}/${protectedOne.metadata.name}`, body: { metadata: { annotations: { 'api-approved.kubernetes.io': 'https://example.com/x' } } }, pick: (b) => b.metadata?.annotations ?? b },
    { name: 'its conditions then', path: `${CRDS}/${protectedOne.metadata.name}`, until: (b) => b.status?.conditions?.some((c) => c.reason === 'ApprovedAnnotation'), pick: (b) => b.status.conditions.map((c) => [c.type, c.status, c.reason, c.message]).sort() },
    { name: 'the approval stays', method: 'PATCH', type: merge, path: `${CRDS}/${protectedOne.metadata.name}`, body: { metadata: { annotations: { 'api-approved.kubernetes.io': null } } } },
  ];
  steps.cleanup = [...['firsts', 'seconds', 'thirds', 'olds'].map((plural) => `${CRDS}/${plural}.${group}`), `${CRDS}/${protectedOne.metadata.name}`];
  return steps;
};
