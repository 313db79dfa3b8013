// Definitions that are wrong in ways that few people try, as dry runs: found by comparing mutated ones (conformance/crds).
import { CRDS } from '../custom-kinds.mjs';

export default () => {
  const group = 'rp-ext-malformed.example.com';
  /** @param change gets the definition, the root schema and the properties of the spec */
  const given = (name, change) => {
    const properties = {};
    const schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
    const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `odds.${group}` }, spec: { group, scope: 'Cluster', names: { plural: 'odds', kind: 'Odd' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] } };
    change({ crd, spec: crd.spec, version: crd.spec.versions[0], schema, properties });
    return { name, method: 'POST', path: CRDS, query: { dryRun: 'All', fieldValidation: 'Strict' }, body: crd, pick: (b) => (b.kind === 'Status' ? [b.reason, b.message.replace(/selfType\d+/g, 'selfType'), (b.details?.causes ?? []).map((c) => [c.reason, c.field])] : ['made', b.spec.versions]) };
  };
  const property = (name, value) => given(name, ({ properties }) => { properties.a = value; });
  const rule = (text = 'true') => ({ 'x-kubernetes-validations': [{ rule: text }] });
  /** The spec has a rule too, so that types are made of the whole of it. */
  const ruled = (name, value) => given(name, ({ schema, properties }) => { properties.a = value; Object.assign(schema.properties.spec, rule()); });
  const selectable = (jsonPath) => given(`selectable ${jsonPath}`, ({ version, properties }) => { properties.a = { type: 'string' }; version.selectableFields = [{ jsonPath }]; });
  const either = { 'x-kubernetes-int-or-string': true };
  return [
    given('no versions', ({ spec }) => { delete spec.versions; }),
    given('an empty list of versions', ({ spec }) => { spec.versions = []; }),
    given('two storage versions of one name', ({ spec, version }) => { spec.versions = [version, { ...version, deprecated: true }]; }),
    given('defaults and unknown fields', ({ spec, properties }) => { spec.preserveUnknownFields = true; spec.scope = ''; properties.a = { type: 'integer', default: 1 }; }),
    property('items that are no schema', { type: 'array', items: 'text' }),
    property('items that are a list', { type: 'array', items: [{ type: 'string' }] }),
    property('items that are a list of numbers', { type: 'array', items: [5] }),
    property('items with an unknown field', { type: 'array', items: { type: 'string', unknown: 1 } }),
    property('items with a property that is null', { type: 'array', items: { type: 'object', properties: { b: null } } }),
    property('items with rules that are no list', { type: 'array', items: { type: 'string', 'x-kubernetes-validations': {} } }),
    property('items with a rule that is a list', { type: 'array', items: { type: 'string', 'x-kubernetes-validations': [[]] } }),
    property('items with properties that are a list', { type: 'array', items: { type: 'object', properties: { b: [] } } }),
    property('values that are a text', { type: 'object', additionalProperties: 'text' }),
    property('values that are a list', { type: 'object', additionalProperties: [] }),
    property('values with an unknown field', { type: 'object', additionalProperties: { type: 'string', unknown: 1 } }),
    property('dependencies of numbers', { type: 'string', dependencies: { b: [5] } }),
    property('dependencies with a wrong schema', { type: 'string', dependencies: { b: { type: 5 } } }),
    property('an enumeration that is no list', { type: 'string', enum: {} }),
    property('a bound beyond the format', { type: 'integer', format: 'int32', minimum: 2147483648, default: 1 }),
    property('a large fraction as a bound', { type: 'number', minimum: 3000000.5, default: -3000000.5 }),
    property('a pattern that ends too early', { type: 'string', pattern: '\\' }),
    property('either, with a default that is neither', { ...either, default: [] }),
    property('either, with alternatives and such a default', { ...either, anyOf: [{ type: 'integer' }, { type: 'string' }], default: [] }),
    property('either, of a type that its default is not', { ...either, type: 'string', default: 5 }),
    property('either, of a type that its default is', { ...either, type: 'object', properties: { b: { type: 'integer' } }, default: { b: 1 } }),
    ruled('a rule where there is no list', { type: 'number', items: { type: 'object', ...rule() } }),
    ruled('a rule where there is no map', { type: 'string', additionalProperties: { type: 'object', ...rule() } }),
    ruled('a rule where there is no object', { type: 'string', properties: { b: { type: 'object', ...rule() } } }),
    ruled('a rule in an unknown type', { type: 'password', items: { type: 'object', ...rule() } }),
    ruled('a rule beside an unknown type', { type: 'object', properties: { b: { type: 'password' }, c: { type: 'string', ...rule('self.d') } } }),
    property('a wrong rule of a wrong item', { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['b'], items: { type: 'string', ...rule('self.b > 1') } }),
    property('a rule of metadata that is not there, with a default', { type: 'object', default: {}, properties: { b: { type: 'string' } }, ...rule('self.metadata.name == "a"') }),
    given('versions that differ by an empty default', ({ spec, version, properties }) => {
      properties.a = { type: 'array', items: { type: 'string' } };
      properties.b = { type: 'string' };
      const other = structuredClone(version);
      other.schema.openAPIV3Schema.properties.spec.properties.a.default = [];
      spec.versions = [{ ...version, selectableFields: [{ jsonPath: '.spec.b' }] }, { ...other, name: 'v2', storage: false }];
    }),
    given('a wrong property, and then wrong items', ({ properties }) => { properties.a = []; properties.b = { type: 'array', items: { type: 5 } }; }),
    given('empty lists in what is printed', ({ spec, version }) => { spec.versions = [{ ...version, storage: false, schema: { openAPIV3Schema: { type: 'object', required: [], 'x-kubernetes-list-map-keys': [], ...rule('self.a < 1 && self.b > 2') } } }]; }),
    ...['.', '.spec.', '.spec[0]', '.spec]', '[a]', 'spec.a', '.spec.[a]', '.spec.a[b]', '.spec.a'].map(selectable),
  ];
};
