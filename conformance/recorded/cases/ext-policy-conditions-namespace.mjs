// Match conditions of policies have no namespace: namespaceObject is null to them, though it is declared.
export default ({ ns }) => {
  const A = '/apis/admissionregistration.k8s.io/v1';
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const n = (x) => `rp-ext-policy-conditions-namespace-${x}`;
  const conditions = { 'is-null': 'namespaceObject == null', has: 'has(namespaceObject.metadata)', name: 'namespaceObject.metadata.name != ""', last: 'true' };
  const sorts = [
    ['validating', { validations: [{ expression: 'false', message: 'matched' }] }, { validationActions: ['Deny'] }],
    ['mutating', { reinvocationPolicy: 'Never', mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{data: {"matched": "yes"}}' } }] }, {}],
  ];
  const made = sorts.flatMap(([sort, rest, actions]) => Object.entries(conditions).map(([x, expression]) => {
    const [name, kind] = [n(`${sort}-${x}`), `${sort[0].toUpperCase()}${sort.slice(1)}Admission`];
    const spec = { matchConstraints: { objectSelector: { matchLabels: { p: `${sort}-${x}` } }, resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] }, matchConditions: [{ name: 'c', expression }], ...rest };
    const binding = { policyName: name, matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns } } }, ...actions };
    return { label: `${sort}-${x}`, objects: [[`${A}/${sort}admissionpolicies`, `${kind}Policy`, spec], [`${A}/${sort}admissionpolicybindings`, `${kind}PolicyBinding`, binding]].map(([path, kind, spec]) => ({ path, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name }, spec } })) };
  }));
  const post = (label) => ({ name: label, method: 'POST', path: cms, query: { dryRun: 'All' }, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', labels: { p: label } } }, pick: (b, r) => (r.status === 201 ? { data: b.data } : b) });
  const all = made.flatMap(({ objects }) => objects.map(({ path, body }) => `${path}/${body.metadata.name}`));
  const out = [
    ...all.map((path) => ({ compare: false, method: 'DELETE', path })),
    ...made.flatMap(({ label, objects }) => objects.map(({ path, body }) => ({ name: `make ${body.kind} ${label}`, method: 'POST', path, body, pick: (b, r) => (r.status === 201 ? 'made' : b) }))),
    { compare: false, ...post('mutating-last'), until: (b) => b.data?.matched },
    { compare: false, ...post('validating-last'), until: (b, r) => r.status === 422 },
    ...made.map(({ label }) => post(label)),
  ];
  out.cleanup = all;
  return out;
};
