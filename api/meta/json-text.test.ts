import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonText, WrittenNumber } from './json-text.ts';

test('integers beyond 2^53 and numbers of another form are written as they are', () => {
  const value = {
    'a"b': 1732600000123456789n,
    list: [-9223372036854775808n, new WrittenNumber('1.0'), null, 'x', {}, []],
    none: undefined,
  };
  assert.strictEqual(jsonText(value), '{"a\\"b":1732600000123456789,"list":[-9223372036854775808,1.0,null,"x",{},[]]}');
  assert.strictEqual(jsonText(9007199254740993n), '9007199254740993');
});

test('they are indented as all else is', () => {
  const value = { a: { b: [1, { c: 'x' }], d: [] }, e: {}, f: 5 };
  const expected = JSON.stringify(value, null, 2).replace('5', '9007199254740993');
  assert.strictEqual(jsonText({ ...value, f: 9007199254740993n }, 2), expected);
});

test('what JSON has no form of is an error', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  assert.throws(() => jsonText(cyclic));
});

test('names that are numbers stand where Go writes them, by their bytes', () => {
  const value = { kind: 'X', data: { 9: 'a', 10: { b: '"7":', a: '{"8":' }, '02': 'c', a: [{ 1: 'x' }] }, b: 'x' };
  const expected = '{"kind":"X","data":{"02":"c","10":{"b":"\\"7\\":","a":"{\\"8\\":"},"9":"a","a":[{"1":"x"}]},"b":"x"}';
  assert.strictEqual(jsonText(value), expected);
  assert.strictEqual(jsonText({ '-1': 1, 2: 1 }, 1), '{\n "-1": 1,\n "2": 1\n}');
});
