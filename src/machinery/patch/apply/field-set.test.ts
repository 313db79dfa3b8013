import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFieldSet, encodeFieldSet, FieldSet, printPath } from './field-set.ts';

const fields = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:a': {}, 'f:b': {} } },
  'f:spec': {
    'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} }, 'k:{"containerPort":443,"protocol":"TCP"}': {} },
    'f:tags': { 'v:"x"': {} },
  },
};

test('sets are read and written, in order', () => {
  assert.deepStrictEqual(encodeFieldSet(decodeFieldSet(fields)), fields);
  const shuffled = decodeFieldSet({
    'f:z': {},
    'v:"b"': {},
    'k:{"b":1,"a":"x"}': {},
    'v:2': {},
    'f:a': { 'f:c': {}, '.': {} },
    'i:10': {},
    'i:9': {},
    'q:new': {},
  });
  assert.equal(
    JSON.stringify(encodeFieldSet(shuffled)),
    '{"f:a":{".":{},"f:c":{}},"f:z":{},"k:{\\"a\\":\\"x\\",\\"b\\":1}":{},"v:2":{},"v:\\"b\\"":{},"i:9":{},"i:10":{}}',
  );
  for (const bad of [[], 5, { x: {} }, { 'k:x': {} }, { 'f:a': 5 }]) assert.throws(() => decodeFieldSet(bad));
});

test('sets are joined, intersected and subtracted, and shared where nothing changes', () => {
  const a = FieldSet.of(['f:a'], ['f:a', 'f:b'], ['f:c', 'f:d']);
  const b = FieldSet.of(['f:a'], ['f:c', 'f:e']);
  const text = (set: FieldSet) => JSON.stringify(encodeFieldSet(set));
  assert.equal(text(a.union(b)), '{"f:a":{".":{},"f:b":{}},"f:c":{"f:d":{},"f:e":{}}}');
  assert.equal(text(a.intersection(b)), '{"f:a":{}}');
  assert.equal(text(a.difference(b)), '{"f:a":{"f:b":{}},"f:c":{"f:d":{}}}');
  assert.equal(text(a.withoutSubtrees(b)), '{"f:c":{"f:d":{}}}');
  assert.equal(a.union(FieldSet.of(['f:c', 'f:d'])), a);
  assert.equal(a.difference(FieldSet.of(['f:x'])), a);
  assert.ok(a.difference(a).isEmpty() && a.equals(decodeFieldSet(encodeFieldSet(a))));
});

test('paths are printed as in messages, members of a level first', () => {
  const printed: string[] = [];
  decodeFieldSet(fields).forEach((path) => {
    printed.push(printPath(path));
  });
  assert.deepStrictEqual(printed, [
    '.metadata.labels',
    '.metadata.labels.a',
    '.metadata.labels.b',
    '.spec.ports[containerPort=80,protocol="TCP"]',
    '.spec.ports[containerPort=443,protocol="TCP"]',
    '.spec.ports[containerPort=80,protocol="TCP"].name',
    '.spec.tags[="x"]',
  ]);
});
