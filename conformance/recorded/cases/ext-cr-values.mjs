// Values of custom resources that their schemas refuse: types, numbers, strings, lists, maps, enums, int-or-string, nullable, embedded resources, list and map types.
import { CRDS, define, install, sorted } from '../custom-kinds.mjs';

export default ({ ns }) => {
  const group = 'rp-ext-values.example.com';
  const s = { type: 'string' };
  const object = (properties, more) => ({ type: 'object', properties, ...more });
  const list = (items, more) => ({ type: 'array', items, ...more });
  const crd = define(group, 'Crate', { spec: object({
    s, b: { type: 'boolean' }, i: { type: 'integer' }, n: { type: 'number' }, l: list(s), o: object({ a: s }), m: { type: 'object', additionalProperties: { type: 'integer' } },
    i32: { type: 'integer', format: 'int32' }, i64: { type: 'integer', format: 'int64' }, float: { type: 'number', format: 'float' }, double: { type: 'number', format: 'double' },
    max: { type: 'integer', maximum: 5 }, min: { type: 'integer', minimum: 5 }, xmax: { type: 'integer', maximum: 5, exclusiveMaximum: true }, xmin: { type: 'number', minimum: 0.5, exclusiveMinimum: true }, half: { type: 'integer', maximum: 2.5 }, mult: { type: 'integer', multipleOf: 3 }, fmult: { type: 'number', multipleOf: 0.25 }, big: { type: 'number', maximum: 1e21 }, small: { type: 'number', minimum: 0.00001 },
    len: { type: 'string', minLength: 2, maxLength: 3 }, pat: { type: 'string', pattern: '^a[0-9]+$' }, lenpat: { type: 'string', maxLength: 3, pattern: '^a' }, en: { type: 'string', enum: ['x', 'y'] }, ien: { type: 'integer', enum: [1, 2] }, nen: { type: 'string', nullable: true, enum: ['x', null] }, oen: object({ a: { type: 'integer' } }, { enum: [{ a: 1 }] }),
    items: list(s, { minItems: 1, maxItems: 2 }), props: { type: 'object', additionalProperties: s, minProperties: 1, maxProperties: 2 }, req: object({ a: s, b: s }, { required: ['a', 'b'] }), nul: { type: 'string', nullable: true }, nulo: object({ a: s }, { nullable: true, required: ['a'] }),
    ios: { 'x-kubernetes-int-or-string': true }, iosp: { 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%$', maximum: 10 }, any: { 'x-kubernetes-preserve-unknown-fields': true }, anyr: object({ k: { type: 'integer' } }, { 'x-kubernetes-preserve-unknown-fields': true }),
    emb: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }, embp: object({ spec: object({ q: s }) }, { 'x-kubernetes-embedded-resource': true }),
    set: list(s, { 'x-kubernetes-list-type': 'set' }), oset: list(object({ a: s }, { 'x-kubernetes-map-type': 'atomic' }), { 'x-kubernetes-list-type': 'set' }), map: list(object({ k: s, v: s }, { required: ['k'] }), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }), map2: list(object({ k: s, p: { type: 'integer', default: 80 } }, { required: ['k'] }), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k', 'p'] }),
    deep: list(object({ l: list(object({ n: { type: 'integer', maximum: 1 } }, { required: ['n'] })) })), alt: object({ t: s, a: { type: 'integer' }, b: s }, { anyOf: [{ properties: { t: { enum: ['a'] }, a: { minimum: 3 } }, required: ['a'] }, { properties: { t: { enum: ['b'] } }, required: ['b', 't'] }] }), all: { type: 'string', allOf: [{ minLength: 3 }, { pattern: '^b' }, { maxLength: 4 }] }, one: { type: 'integer', oneOf: [{ minimum: 5 }, { maximum: 3 }, { multipleOf: 2 }] }, f2: { type: 'string', format: 'ipv4', maxLength: 9 },
  }) });
  const crates = `/apis/${group}/v1/namespaces/${ns}/crates`;
  const create = (name, body, query) => ({ name, method: 'POST', path: crates, query: { dryRun: 'All', ...query }, body, pick: (b, r) => (r.status === 201 ? { accepted: b.spec } : sorted(b)) });
  const tryit = (name, spec, query) => create(name, { apiVersion: `${group}/v1`, kind: 'Crate', metadata: { name: 'c' }, spec }, query);
  const steps = [
    ...install(crd),
    tryit('everything a string', Object.fromEntries(['s', 'b', 'i', 'n', 'l', 'o', 'm', 'max', 'len', 'en', 'items', 'props', 'req', 'nul', 'ios', 'any', 'emb', 'set', 'map', 'deep', 'alt'].map((k) => [k, 'text']))),
    tryit('everything a number', Object.fromEntries(['s', 'b', 'i', 'n', 'l', 'o', 'm', 'len', 'pat', 'en', 'items', 'props', 'req', 'nul', 'ios', 'any', 'set', 'map', 'f2'].map((k) => [k, 7]))),
    tryit('everything a list', Object.fromEntries(['s', 'b', 'i', 'n', 'l', 'o', 'm', 'en', 'items', 'props', 'req', 'nul', 'ios', 'any', 'emb', 'set', 'map', 'f2'].map((k) => [k, [1]]))),
    tryit('everything an object', Object.fromEntries(['s', 'b', 'i', 'n', 'l', 'o', 'm', 'en', 'items', 'props', 'req', 'nul', 'ios', 'any', 'set', 'map', 'f2'].map((k) => [k, { z: 1 }]))),
    tryit('everything true', Object.fromEntries(['s', 'b', 'i', 'n', 'l', 'o', 'm', 'en', 'nul', 'ios', 'any', 'f2'].map((k) => [k, true]))),
    tryit('everything null', Object.fromEntries(['s', 'b', 'i', 'n', 'l', 'o', 'm', 'max', 'len', 'en', 'ien', 'nen', 'items', 'props', 'req', 'nul', 'nulo', 'ios', 'any', 'anyr', 'emb', 'set', 'map', 'deep', 'alt'].map((k) => [k, null]))),
    tryit('nulls inside', { l: [null, 'a'], m: { a: null, b: 1 }, any: { a: null, l: [null] }, anyr: { k: null, z: null }, o: { a: null }, map: [null], set: [null, null], deep: [{ l: null }] }),
    tryit('fractions', { i: 1.5, i32: 2.5, n: 1.5, m: { a: 1.5 }, ios: 1.5, max: 5.5, ien: 1.5 }),
    tryit('whole floats', { i: 3.0, n: 3, ios: 4, float: 2, double: 1 }),
    tryit('out of range', { i32: 2147483648, i64: 9e18, float: 1e39, double: 1e300 }),
    tryit('bounds', { max: 6, min: 4, xmax: 5, xmin: 0.5, half: 3, mult: 4, fmult: 0.3, big: 1e22, small: 0.000001 }),
    tryit('at the bounds', { max: 5, min: 5, xmax: 4, xmin: 0.6, half: 2, mult: 6, fmult: 0.75, big: 1e21, small: 0.00001 }),
    tryit('negative and zero', { max: -7, min: 0, mult: -3, fmult: -0.25, i: -1, n: -0.5 }),
    tryit('lengths', { len: 'a' }), tryit('lengths of characters', { len: 'äöü' }), tryit('too long in characters', { len: '😀😀😀😀' }), tryit('patterns', { pat: 'b1' }), tryit('too long hides the pattern', { lenpat: 'bbbb' }),
    tryit('enums', { en: 'z', ien: 3, oen: { a: 2 } }), tryit('enums that hold', { en: 'x', ien: 2, oen: { a: 1 } }), tryit('null is in no enum', { nen: null }),
    tryit('counts too low', { items: [], props: {} }), tryit('counts too high', { items: ['a', 'b', 'c'], props: { a: 'a', b: 'b', c: 'c' } }),
    tryit('required', { req: {} }), tryit('required and null', { req: { a: null, b: 'x' } }), tryit('nullable object', { nulo: null }), tryit('nullable object, incomplete', { nulo: {} }),
    tryit('int or string', { ios: true, iosp: 'x' }), tryit('int or string, bounds', { iosp: 11 }), tryit('int or string, pattern', { iosp: '5%' }),
    tryit('unknown fields are dropped', { nope: 1, o: { a: 'x', z: 1 }, l: ['a'], anyr: { z: { y: 1 }, k: 1 }, any: { deep: { er: 1 } }, deep: [{ l: [{ n: 1, z: 2 }], y: 1 }] }),
    tryit('unknown fields, strictly', { nope: 1, o: { a: 'x', z: 1 }, anyr: { z: 1 }, deep: [{ l: [{ n: 1, z: 2 }], y: 1 }], embp: { apiVersion: 'v1', kind: 'Pod', zz: 1, metadata: { name: 'x', foo: 1 }, spec: { q: 'a', r: 1 } } }, { fieldValidation: 'Strict' }),
    tryit('unknown fields, warned of', { nope: 1, o: { z: 1 } }, { fieldValidation: 'Warn' }),
    tryit('embedded without kind', { emb: {}, embp: { kind: 'a b' } }), tryit('embedded', { emb: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b' }, creationTimestamp: null }, spec: { any: 1 } } }), tryit('embedded, bad metadata', { emb: { apiVersion: 'a/b/c', kind: '', metadata: { name: 'a/b', labels: { 'a b': 'c' } } } }), tryit('embedded, metadata of a wrong type', { emb: { apiVersion: 'v1', kind: 'Pod', metadata: { labels: 'x' } } }), tryit('embedded, kind of a wrong type', { emb: { apiVersion: 'v1', kind: 5 } }),
    tryit('sets', { set: ['a', 'b', 'a', 'a'], oset: [{ a: 'x' }, { a: 'x' }] }), tryit('maps', { map: [{ k: 'a' }, { k: 'b' }, { k: 'a', v: '1' }] }), tryit('maps of two keys', { map2: [{ k: 'a' }, { k: 'a', p: 81 }, { k: 'a', p: 80 }] }), tryit('maps without a key', { map: [{ v: '1' }, { v: '2' }] }), tryit('maps of what is no object', { map: ['x'] }),
    tryit('deep', { deep: [{ l: [{ n: 1 }, { n: 2 }, {}] }, { l: [{ n: 'x' }] }] }),
    tryit('no alternative', { alt: { t: 'c', a: 1 } }), tryit('nearly the first', { alt: { t: 'a', a: 1 } }), tryit('nearly the second', { alt: { t: 'b' } }), tryit('one that holds', { alt: { t: 'b', b: 'x' } }),
    tryit('all of them', { all: 'a' }), tryit('none of them', { all: 'axxxx' }), tryit('one of none', { one: 4 }), tryit('several of one', { one: 6 }), tryit('one of three', { one: 7 }), tryit('a format and a length', { f2: 'not an address' }),
    create('another kind', { apiVersion: `${group}/v1`, kind: 'Box', metadata: { name: 'c' } }), create('no kind', { apiVersion: `${group}/v1`, metadata: { name: 'c' } }), create('another version', { apiVersion: `${group}/v2`, kind: 'Crate', metadata: { name: 'c' } }), create('no version', { kind: 'Crate', metadata: { name: 'c' } }), create('metadata is text', { apiVersion: `${group}/v1`, kind: 'Crate', metadata: 'x' }), create('no metadata', { apiVersion: `${group}/v1`, kind: 'Crate' }), create('a list', []), create('spec is text', { apiVersion: `${group}/v1`, kind: 'Crate', metadata: { name: 'c' }, spec: 'x' }), create('finalizers', { apiVersion: `${group}/v1`, kind: 'Crate', metadata: { name: 'c', finalizers: ['plain', 'a.b', 'example.com/x', 'orphan'] } }),
  ];
  steps.cleanup = [`${CRDS}/${crd.metadata.name}`];
  return steps;
};
