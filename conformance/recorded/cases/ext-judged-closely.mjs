// What upstream's own tests of definitions and rules ask, where answers had differed.
export default ({ ns }) => {
  const group = `closely.${ns}.example.com`;
  const C = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const definition = (properties, more) => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `things.${group}` }, spec: { group, scope: 'Namespaced', names: { kind: 'Thing', plural: 'things' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties, ...more } } }] } });
  const asked = (name, properties, more) => ({ name, method: 'POST', path: C, query: { dryRun: 'All' }, pick: (b) => b.details?.causes ?? b.kind, body: definition(properties, more) });
  const text = { type: 'string' };
  const embedded = (properties, more) => ({ e: { type: 'object', 'x-kubernetes-embedded-resource': true, properties, ...more } });
  const inMetadata = (name, property) => asked(name, embedded({ metadata: { type: 'object', properties: { name: property } } }));
  const rule = (name, text) => asked(name, { a: { type: 'array', items: { type: 'integer' } } }, { 'x-kubernetes-validations': [{ rule: text }] });
  const metadata = { type: 'object', properties: { name: text, generateName: text, namespace: text } };
  const read = (name, properties) => asked(name, { e: { type: 'object', 'x-kubernetes-embedded-resource': true, properties } }, { 'x-kubernetes-validations': [{ rule: "!has(self.e) || has(self.e.metadata.namespace)" }] });
  const T = `/apis/${group}/v1/namespaces/${ns}/things`;
  const thing = (name, list) => ({ name, method: 'POST', path: T, query: { dryRun: 'All' }, pick: (b) => b.message?.replaceAll(ns, 'NS') ?? b.list, body: { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'x' }, list } });
  const item = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: { type: 'integer' } } };
  const compares = definition({ list: { type: 'array', maxItems: 5, items: item } }, { 'x-kubernetes-validations': [{ rule: 'self.list[0] == self.list[1]', message: 'are not equal' }] });
  return [
    inMetadata('a name as a default', { ...text, default: 'a' }), inMetadata('one that none can have', { ...text, default: '%' }), inMetadata('one that is a number', { ...text, default: 42 }),
    asked('a kind as a default', embedded({ kind: { ...text, default: 'Pod' } })), asked('one that none can have', embedded({ kind: { ...text, default: '%' } })), asked('one that is a number', embedded({ apiVersion: { ...text, default: 42 } })),
    asked('metadata as a default', embedded({ metadata: { type: 'object', default: { labels: { a: 'x y' } } } })), asked('metadata with unknown fields', embedded({ metadata: { type: 'object', default: { unknown: 42 } } })), asked('annotations that are none', embedded({ metadata: { type: 'object', properties: { annotations: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, default: { a: 42 } } } } })),
    asked('a resource as a default', embedded({ a: text }, { default: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'foo', unknown: 42 }, unknown: 42 } })), asked('of the object itself', { metadata: { type: 'object', properties: { name: { ...text, default: '%' } } } }),
    rule('a sum as long as may be', `1${' + 1'.repeat(249)} > 0`), rule('one more', `1${' + 1'.repeat(250)} > 0`), rule('calls', `'a'${'.lowerAscii()'.repeat(250)} == 'a'`), rule('brackets', `${'('.repeat(250)}true${')'.repeat(250)}`), rule('as many as may be', `${'('.repeat(249)}true${')'.repeat(249)}`),
    rule('a slice', '[1, 2, 3].slice(0, 2) != [1]'), rule('a slice backwards', '[1, 2, 3].slice(2, 0) != [1]'),
    read('a namespace of metadata that is declared whole', { kind: text, apiVersion: text, metadata }), read('of metadata without a name', { kind: text, apiVersion: text, metadata: { ...metadata, properties: { namespace: text } } }), read('without a kind', { apiVersion: text, metadata }),
    { name: 'a definition', method: 'POST', path: C, compare: false, body: compares }, { name: 'is served', path: T, compare: false, until: (b, r) => r.status === 200 },
    thing('unknown fields that differ', [{ known: 1, unknown: 'a' }, { known: 1, unknown: 'b' }]), thing('that are the same', [{ known: 1, unknown: 'a' }, { known: 1, unknown: 'a' }]), thing('that only one has', [{ known: 1, unknown: 'a' }, { known: 1 }]), thing('as many others', [{ known: 1, one: 'a' }, { known: 1, other: 'b' }]),
    { name: 'without it', method: 'DELETE', path: `${C}/things.${group}`, compare: false },
  ];
};
