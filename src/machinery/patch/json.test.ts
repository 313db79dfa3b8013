import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PatchError } from './error.ts';
import { applyJsonPatch, parseJsonPatch } from './json.ts';

const document = () => ({ data: { k: 'v' }, list: [1, 2, 3] });
const apply = (operations: unknown) => applyJsonPatch(document(), parseJsonPatch(JSON.stringify(operations)));
/** So many operations, none of which changes anything, that the patch is a long one. */
const many = Array<object>(40).fill({ op: 'test', path: '/data/none', value: null });
const refused = (error: unknown) => error instanceof PatchError && error.code === 422 && error.reason === 'Invalid';

test('operations change what they name, as leniently as the real server', () => {
  const table: [operations: object[], result: unknown][] = [
    [[{ op: 'add', path: '/data/a', value: '1' }], { data: { k: 'v', a: '1' }, list: [1, 2, 3] }],
    [[{ op: 'add', path: '/data/a' }], { data: { k: 'v', a: null }, list: [1, 2, 3] }],
    [[{ op: 'add', path: '/list/1', value: 9 }], { data: { k: 'v' }, list: [1, 9, 2, 3] }],
    [[{ op: 'add', path: '/list/-', value: 9 }], { data: { k: 'v' }, list: [1, 2, 3, 9] }],
    [[{ op: 'add', path: '/list/-1', value: 9 }], { data: { k: 'v' }, list: [1, 2, 3, 9] }],
    [[{ op: 'remove', path: '/list/-1' }], { data: { k: 'v' }, list: [1, 2] }],
    [[{ op: 'replace', path: '/list/0', value: 9 }], { data: { k: 'v' }, list: [9, 2, 3] }],
    [[{ op: 'replace', path: '/data/new', value: '1' }], { data: { k: 'v', new: '1' }, list: [1, 2, 3] }],
    [[{ op: 'replace', path: '', value: { a: 1 } }], { a: 1 }],
    [[{ op: 'copy', from: '/data/none', path: '/data/z' }], { data: { k: 'v', z: null }, list: [1, 2, 3] }],
    [[{ op: 'move', from: '/data/k', path: '/data/a~1b' }], { data: { 'a/b': 'v' }, list: [1, 2, 3] }],
    [[{ op: 'test', path: '/data/none', value: null }], document()],
    [[{ op: 'test', path: '/data', value: { k: 'v' } }], document()],
    [[{ op: 'add', path: 'data/x', value: '1' }], { data: { k: 'v' }, list: [1, 2, 3], x: '1' }],
    [[], document()],
  ];
  for (const [operations, result] of table) {
    assert.deepStrictEqual(apply(operations), result, JSON.stringify(operations));
    assert.deepStrictEqual(apply([...many, ...operations]), result, `a long patch with ${JSON.stringify(operations)}`);
  }
});

test('the document is not changed', () => {
  const before = Object.freeze({ list: Object.freeze([Object.freeze({ a: 1 })]) });
  assert.deepStrictEqual(applyJsonPatch(before, parseJsonPatch('[{"op":"add","path":"/list/0/b","value":2}]')), { list: [{ a: 1, b: 2 }] });
});

test('what cannot be done is refused', () => {
  const table = [
    { op: 'nope', path: '/data/a', value: '1' },
    {},
    { op: 'test', path: '/data', value: { k: 'x' } },
    { op: 'remove', path: '/data/none' },
    { op: 'remove', path: '' },
    ...['add', 'replace', 'remove', 'test', 'copy', 'move'].flatMap((op) => [
      { op, from: '/data/a' },
      { op, path: null, from: '/data/a' },
    ]),
    ...['copy', 'move'].flatMap((op) => [
      { op, path: '/data/z' },
      { op, path: '/data/z', from: null },
    ]),
    { op: 'add', path: '/none/a', value: 1 },
    { op: 'replace', path: '/none/a', value: 1 },
    { op: 'add', path: '/list/7', value: 1 },
    { op: 'add', path: '/list/x', value: 1 },
    { op: 'remove', path: '/list/-4' },
    { op: 'copy', from: '/none/a', path: '/data/z' },
    { op: 'move', from: '/data/none', path: '/data/z' },
    { op: 'add', path: '/__proto__/polluted', value: 1 },
  ];
  for (const operation of table) assert.throws(() => apply([operation]), refused, JSON.stringify(operation));
});

test('a body that is no patch is refused, and its unknown fields are told', () => {
  const table: [text: string, message: string][] = [
    ['{', 'error decoding patch: unexpected end of JSON input'],
    ['{}', 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
    ['[5]', 'error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp'],
    ['[{"op":5}]', 'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string'],
    [
      JSON.stringify(Array(10_001).fill({ op: 'test', path: '/a' })),
      'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
    ],
  ];
  for (const [text, message] of table) assert.throws(() => parseJsonPatch(text), { message });
  assert.deepStrictEqual(parseJsonPatch('[{"op":"add","path":"/q","value":{"a":1,"a":2},"path":"/r","foo":"bar"}]').strictErrors, [
    'json patch duplicate field "[0].path"',
    'json patch unknown field "[0].foo"',
  ]);
});

test('copies may add so much and no more, and leave what they were made of alone', () => {
  const twice = [
    { op: 'copy', from: '/data', path: '/again' },
    { op: 'add', path: '/again/k', value: 'w' },
    { op: 'add', path: '/data/x', value: 'y' },
  ];
  assert.deepStrictEqual(apply(twice), { data: { k: 'v', x: 'y' }, list: [1, 2, 3], again: { k: 'w' } });
  const doubling = Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '', path: `/x${i}` }));
  assert.throws(() => apply(doubling), refused);
});

test('many operations on one map or list change neither the document nor the patch', () => {
  const before = document();
  const value = { n: 1 };
  const operations = Array.from({ length: 10_000 }, (_, i) => ({ op: 'add', path: i % 2 ? `/data/k${i}` : '/list/0', value }));
  const { data, list } = applyJsonPatch(before, {
    operations: [...operations, { op: 'add', path: '/data/k1/n', value: 2 }],
    strictErrors: [],
  }) as any;
  assert.deepEqual([Object.keys(data).length, list.length, data.k1, data.k3], [5_001, 5_003, { n: 2 }, { n: 1 }]);
  assert.deepEqual([before, value], [document(), { n: 1 }]);
});

test('what is told of a patch that cannot be done', () => {
  const invalidIndex = 'Unable to access invalid index: 7: invalid index referenced';
  const table: readonly (readonly [operation: object, detail: string])[] = [
    [{ op: 'add', path: '/list/7', value: 1 }, `error in add for path: '/list/7': ${invalidIndex}`],
    [
      { op: 'add', path: '/list/x', value: 1 },
      `error in add for path: '/list/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
    ],
    [{ op: 'remove', path: '/list/7' }, `error in remove for path: '/list/7': ${invalidIndex}`],
    [{ op: 'replace', path: '/list/7', value: 1 }, 'replace operation does not apply: doc is missing key: /list/7: missing value'],
    [{ op: 'copy', from: '/list/7', path: '/data/z' }, `error in copy for from: '/list/7': ${invalidIndex}`],
    [{ op: 'copy', from: '/data/k', path: '/list/7' }, `error while adding value during copy: ${invalidIndex}`],
    [{ op: 'move', from: '/list/7', path: '/data/z' }, `error in move for path: '7': ${invalidIndex}`],
    [{ op: 'move', from: '/data/p', path: '/none/x' }, `error in move for path: 'p': Unable to remove nonexistent key: p: missing value`],
    [
      { op: 'move', from: '/data/k', path: '/none/x' },
      'move operation does not apply: doc is missing destination path: /none/x: missing value',
    ],
    [{ op: 'copy', from: '/gone/p', path: '/none/x' }, 'copy operation does not apply: doc is missing from path: /gone/p: missing value'],
    [{ op: 'move', path: '/data/z' }, 'move operation failed to decode from: operation, missing from field: missing value'],
    [{ op: 'add', path: '/none/a', value: 1 }, 'add operation does not apply: doc is missing path: "/none/a": missing value'],
  ];
  for (const [operation, detail] of table) {
    assert.throws(
      () => apply([operation]),
      (error) => error instanceof PatchError && error.detail === detail,
      detail,
    );
  }
});
