import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonText, WrittenNumber } from '../../../api/meta/json-text.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { goValue } from '../patch/go-format.ts';
import { goNumbers, hasOddNumbers, infiniteNumber, keepWrittenNumbers, readJson, restoreNumbers, writtenNumbers } from './json-numbers.ts';
import { parseJson, parseYaml } from './parse.ts';

const types = ['int32', 'int64', 'intOrString', 'quantity', 'double', 'any', 'string'] as const;
const fields = new Map(types.map((type) => [type as string, { name: type, required: false, schema: { type } as Schema }]));
const one: Schema = { type: 'object', mapType: 'granular', fields };
const schema: Schema = {
  type: 'object',
  mapType: 'granular',
  fields: new Map<string, { name: string; required: boolean; schema: Schema }>([
    ...fields,
    ['list', { name: 'list', required: false, schema: { type: 'list', listType: 'atomic', mapKeys: [], items: one } }],
    ['map', { name: 'map', required: false, schema: { type: 'map', mapType: 'granular', values: { type: 'int32' } } }],
  ]),
};

/** What becomes of a number in each type, `~` before what is kept as it was written. */
function readings(read: typeof keepWrittenNumbers, number: string, parse: typeof parseJson = parseJson): Record<string, unknown> {
  const body = parse(`{${types.map((type) => `"${type}":${number}`).join(',')}}`);
  read(body, schema);
  return Object.fromEntries(
    Object.entries(body.value as object).map(([type, value]) => [type, value instanceof WrittenNumber ? `~${value}` : value]),
  );
}

test('decoded numbers: a fraction or an exponent is no integer, what is too large is kept as it was written', () => {
  assert.deepStrictEqual(readings(keepWrittenNumbers, '1'), {
    int32: 1,
    int64: 1,
    intOrString: 1,
    quantity: 1,
    double: 1,
    any: 1,
    string: 1,
  });
  assert.deepStrictEqual(readings(keepWrittenNumbers, '1.0'), {
    int32: '~1.0',
    int64: '~1.0',
    intOrString: '~1.0',
    quantity: '1.0',
    double: 1,
    any: 1,
    string: 1,
  });
  const { int32, int64, quantity } = readings(keepWrittenNumbers, '9223372036854775808');
  assert.deepStrictEqual([int32, int64, quantity], ['~9223372036854775808', '~9223372036854775808', '9223372036854775808']);
  const largest = readings(keepWrittenNumbers, '9223372036854775807');
  assert.deepStrictEqual([largest.int64, largest.any, largest.double], [9223372036854775807n, 9223372036854775807n, 2 ** 63]);
});

test('restored numbers: floats without a fraction are integers, of which a field keeps the lower bits', () => {
  const int32 = (number: string) => readings(restoreNumbers, number).int32;
  assert.deepStrictEqual(
    ['1.0', '1e3', '1.5', '9007199254740993', '9223372036854775807', '9223372036854775808', '-9223372036854775809', '1e10'].map(int32),
    [1, 1000, 1.5, 1, -1, 0, 0, 1410065408],
  );
  assert.strictEqual(readings(restoreNumbers, '18446744073709551616').int64, -(2n ** 63n));
  assert.strictEqual(readings(restoreNumbers, '9007199254740993').int64, 9007199254740993n);
  assert.strictEqual(readings(restoreNumbers, '9007199254740993').quantity, '9007199254740993');
  assert.strictEqual(readings(restoreNumbers, '18446744073709551616').quantity, '18446744073709552000');
  assert.strictEqual(readings(restoreNumbers, '18446744073709551616').intOrString, '~18446744073709552000');
  assert.strictEqual(readings(restoreNumbers, '1e3').string, '~1e3');
});

test('YAML is turned into JSON, where integers of 64 bits stand in full and all that is larger as doubles', () => {
  const int32 = (number: string) => readings(keepWrittenNumbers, number, parseYaml).int32;
  assert.deepStrictEqual(
    [
      '1.0',
      '0x7fffffff',
      '18446744073709551615',
      '-9223372036854775808',
      '-9223372036854775809',
      '18446744073709551616',
      '1e22',
      '1e400',
    ].map(int32),
    [1, 2147483647, '~18446744073709551615', '~-9223372036854775808', '~-9223372036854776000', '~18446744073709552000', '~1e+22', '1e400'],
  );
  const { value, json } = parseYaml('a: [9007199254740993, {b: 1}]\n9007199254740993: c\n');
  assert.strictEqual(json, '{"9007199254740993":"c","a":[9007199254740993,{"b":1}]}');
  assert.deepStrictEqual(value, { '9007199254740993': 'c', a: [9007199254740993n, { b: 1 }] });
});

test('numbers are found in lists, maps and beside a later value of the same key', () => {
  const body = parseJson('{"list":[{"int32":1.0},{"any":[1.0]}],"map":{"a":2e0},"other":1.0,"int32":1.0,"int32":5}');
  keepWrittenNumbers(body, schema);
  assert.deepStrictEqual(body.value, {
    list: [{ int32: new WrittenNumber('1.0') }, { any: [1] }],
    map: { a: new WrittenNumber('2e0') },
    other: 1,
    int32: 5,
  });
});

test('in data without a type, integers of 64 bits are exact and all other numbers floats', () => {
  const read = (number: string) => readJson(`{"a":[{"b":${number}}]}`).a[0].b;
  const integers = ['9007199254740991', '9007199254740992', '-9007199254740993', '9223372036854775807', '-9223372036854775808'];
  assert.deepStrictEqual(integers.map(read), [9007199254740991, 9007199254740992n, -9007199254740993n, 2n ** 63n - 1n, -(2n ** 63n)]);
  const floats = ['9223372036854775808', '9007199254740993.0', '9007199254740993e0', '1234567890.1234567890123456', '1e18'];
  assert.deepStrictEqual(floats.map(read), [2 ** 63, 2 ** 53, 2 ** 53, 1234567890.1234567, 1e18]);
});

test('a long integer is found wherever it stands, and none in a text', () => {
  for (let before = 0; before < 40; before++) {
    const name = 'n'.repeat(before);
    assert.deepStrictEqual(readJson(`{"${name}":1234567890123456789}`), { [name]: 1234567890123456789n }, `after ${before} characters`);
    assert.deepStrictEqual(readJson(`["${name}1234567890123456789"]`), [`${name}1234567890123456789`]);
  }
  assert.deepStrictEqual(
    readJson('{"a":1234567890123456788,"a":1234567890123456789}'),
    { a: 1234567890123456789n },
    'the later one counts',
  );
  assert.strictEqual(readJson(' 1234567890123456789 '), 1234567890123456789n);
  assert.throws(() => readJson('{"a":12345678901234567'), SyntaxError);
});

test('data without a schema is written again as it was, and printed as Go has it', () => {
  const text = '{"a":[1.0,1e3,{"b":12345678901234567}],"c":"1.0","d":2}';
  assert.strictEqual(jsonText(writtenNumbers(text)), text);
  assert.strictEqual(
    goValue(goNumbers('{"a":[1e6,9223372036854775808,9007199254740993,1.5,7]}')),
    'map[a:[1e+06 9.223372036854776e+18 9007199254740993 1.5 7]]',
  );
  assert.strictEqual(goValue(writtenNumbers('{"a":1.50,"b":[1.0,1e21],"c":"1.0"}')), 'map[a:1.5 b:[1 1e+21] c:1.0]');
  assert.strictEqual(hasOddNumbers('{"a":1,"b":"[1.0]"}'), true, 'text in text may look like one');
  assert.strictEqual(hasOddNumbers('{"a":1,"b":-20}'), false);
  assert.strictEqual(infiniteNumber('{"a":[1e300,-1e400,1e500]}'), '-1e400');
  assert.strictEqual(infiniteNumber('{"a":"1e400","b":1.5}'), undefined);
  assert.strictEqual(infiniteNumber('{"a":1e400,"a":1}'), '1e400');
  assert.strictEqual(infiniteNumber(`[${'1'.repeat(310)}]`), '1'.repeat(310));
});
