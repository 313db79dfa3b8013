// Schemas whose lists of item schemas are empty, and what is said of defaults: entries of maps, rules without a message.
export default () => {
  const group = 'rp-ext-crd-odd-defaults.example.com';
  const define = (name, spec) => ({ name, method: 'POST', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', query: { dryRun: 'All' }, body: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `things.${group}` }, spec: { group, scope: 'Namespaced', names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }] } }, pick: (b, r) => (r.status === 201 ? 'created' : b) });
  const map = (values, value) => ({ type: 'object', additionalProperties: values, default: value });
  return [
    define('no item schemas', { type: 'array', items: [] }),
    define('one item schema in a list', { type: 'array', items: [{ type: 'string' }] }),
    define('an entry of the wrong type', map({ type: 'integer' }, { a: 'b' })),
    define('an entry that is no number of its pattern', map({ type: 'string', pattern: '\\d+' }, { a: 'b' })),
    define('an entry of an entry', map({ type: 'object', additionalProperties: { type: 'integer' } }, { a: { b: 'c' } })),
    define('an entry of a property', { type: 'object', properties: { x: { type: 'object', additionalProperties: { type: 'integer' } } }, default: { x: { a: 'b' } } }),
    define('a rule without a message', { type: 'object', properties: { a: { type: 'string' } }, default: {}, 'x-kubernetes-validations': [{ rule: 'has(self.a)', message: ' ' }] }),
  ];
};
