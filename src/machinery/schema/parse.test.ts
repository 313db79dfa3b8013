import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyError, jsonDuplicates, parseJson, parseYaml } from './parse.ts';

function messageOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof BodyError) return error.message;
    throw error;
  }
  return 'no error';
}

test('JSON that is none is refused in the words of Go', () => {
  const table: Record<string, string> = {
    '': 'unexpected end of JSON input',
    '{"a":': 'unexpected end of JSON input',
    'data:\n': "invalid character 'd' looking for beginning of value",
    '{a:1}': "invalid character 'a' looking for beginning of object key string",
    '{"a" 1}': "invalid character '1' after object key",
    '{"a":1 "b"}': `invalid character '"' after object key:value pair`,
    '[1 2]': "invalid character '2' after array element",
    '{} x': "invalid character 'x' after top-level value",
    '"a\nb"': "invalid character '\\n' in string literal",
    '"\\q"': "invalid character 'q' in string escape code",
    tru1: "invalid character '1' in literal true (expecting 'e')",
    '-x': "invalid character 'x' in numeric literal",
  };
  assert.deepStrictEqual(Object.fromEntries(Object.keys(table).map((text) => [text, messageOf(() => parseJson(text))])), table);
  assert.equal(
    messageOf(() => parseJson('['.repeat(20_000) + ']'.repeat(20_000))),
    "invalid character '[' exceeded max depth",
  );
});

// Compared with v1.36.3, as the rest.
test('escapes and bytes that are no characters', () => {
  assert.deepStrictEqual(parseJson('{"\\ud800":["\\udc00\\ud800","\\ud83d\\ude00"]}').value, { '\ufffd': ['\ufffd\ufffd', '\u{1f600}'] });
  const table: Record<string, string> = {
    '{"a":"\\/"}': 'yaml: found unknown escape character',
    '{"a":"\\ud83d\\ude00"}': 'yaml: found invalid Unicode character escape code',
    '{"a":"\x7f"}': 'yaml: control characters are not allowed',
    '{"a":"\uffff"}': 'yaml: control characters are not allowed',
  };
  assert.deepStrictEqual(Object.fromEntries(Object.keys(table).map((text) => [text, messageOf(() => parseYaml(text))])), table);
  assert.equal(parseJson(Buffer.from('2261e282ff2862eda080c3a422', 'hex')).value, 'a\ufffd\ufffd\ufffd(b\ufffd\ufffd\ufffdä');
  const bytes: [hexadecimal: string, message: string][] = [
    ['61ff', 'yaml: invalid leading UTF-8 octet'],
    ['61c3', 'yaml: incomplete UTF-8 octet sequence'],
    ['61c328', 'yaml: invalid trailing UTF-8 octet'],
    ['c080', 'yaml: invalid length of a UTF-8 sequence'],
    ['eda080', 'yaml: invalid Unicode character'],
  ];
  for (const [hexadecimal, message] of bytes)
    assert.equal(
      messageOf(() => parseYaml(Buffer.from(hexadecimal, 'hex'))),
      message,
    );
});

test('duplicate keys of JSON are found, also where strings look like keys', () => {
  const table: [text: string, duplicates: string[]][] = [
    ['{"a":1,"b":{"a":2},"c":[{"a":1}]}', []],
    ['{"a":"x:\\"y\\":{","b\\"":":"}', []],
    ['{"metadata":{"name":"a","name":"b"},"l":[{"k":1,"k":2}],"k":1,"k":2,"k":3}', ['metadata.name', 'l[0].k', 'k']],
    ['{ "a" : 1 , "\\u0061" : 2 }', ['a']],
  ];
  for (const [text, names] of table)
    assert.deepStrictEqual(
      jsonDuplicates(parseJson(text)),
      names.map((name) => `duplicate field "${name}"`),
    );
});

test('YAML scalars mean what they mean in YAML 1.1', () => {
  const text = [
    'z: yes\na: on\nb: n\nc: 0x1F\nd: 017\ne: 0o7\nf: 0b11\ng: 1_000\nh: 190:20:30\ni: 2020-01-01\nj: 2020-01-01T00:00:00Z\nk: ~\nl:\nm: 1e3\n',
    'o: .5\np: "yes"\nq: !!str 1\nr: !!binary aGVsbG8=\ns: =\nt: 08\n1.5: float\ntrue: bool\n7: int\nbase: &base {v: 1, w: 2}\nmerged: {<<: *base, w: 3}\n---\nsecond: document\n',
  ].join('');
  assert.deepStrictEqual(parseYaml(text).value, {
    '1.5': 'float',
    '7': 'int',
    a: true,
    b: false,
    base: { v: 1, w: 2 },
    c: 31,
    d: 15,
    e: 7,
    f: 3,
    g: 1000,
    h: '190:20:30',
    i: '2020-01-01',
    j: '2020-01-01T00:00:00Z',
    k: null,
    l: null,
    m: 1000,
    merged: { v: 1, w: 3 },
    o: 0.5,
    p: 'yes',
    q: '1',
    r: 'hello',
    s: '=',
    t: 8,
    true: 'bool',
    z: true,
  });
});

test('YAML is split where Go splits it', () => {
  const table: Record<string, unknown> = {
    '%YAML 1.1#x\n---\na: b': { a: 'b' },
    ' a: b\nc: d': { a: 'b' },
    'a: "b\n  c\n\n  d\\\n   e"': { a: 'b c\nde' },
    "a: 'it''s\n  b'": { a: "it's b" },
    'a: b\n  c\n\n  d #e': { a: 'b c\nd' },
    'a: >-\n  b\n  c\n\n   d\n  e\n': { a: 'b c\n\n d\ne' },
    'a: |+\n  b\n\n': { a: 'b\n\n' },
    'a: |2\n    b\nc: d': { a: '  b\n', c: 'd' },
    'a:\r\n- b\r\n- c: d\r\n  e: f\r\n': { a: ['b', { c: 'd', e: 'f' }] },
    '[a: b, {c: d, e}, "f"]': [{ a: 'b' }, { c: 'd', e: null }, 'f'],
    '{a: [], "b":c, d: ,}': { a: [], b: 'c', d: null },
    '? a\n: - b\n  - c': { a: ['b', 'c'] },
    '- - a\n  - b\n-\n- c': [['a', 'b'], null, 'c'],
    'a: &x {b: c}\nd: *x': { a: { b: 'c' }, d: { b: 'c' } },
    'a: !!str 1\nb: !c d\nc: ! 2\nd: !!str': { a: '1', b: 'd', c: '2', d: '' },
    'a: "\\x41\\u00e9\\U0001F600\\N"': { a: 'Aé😀\x85' },
    '--- a\n--- b': 'a',
    '---\n...\n"': null,
  };
  assert.deepStrictEqual(Object.fromEntries(Object.keys(table).map((text) => [text, parseYaml(text).value])), table);
});

test('YAML that is none is refused in the words of Go', () => {
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\n';
  const table: Record<string, string> = {
    'apiVersion: v1\n  kind: [ConfigMap': 'yaml: line 2: mapping values are not allowed in this context',
    'a: b: c': 'yaml: mapping values are not allowed in this context',
    'a: b\n b: c': 'yaml: line 2: mapping values are not allowed in this context',
    [`${head}data: {a: *no}`]: "yaml: unknown anchor 'no' referenced",
    [`${head}data:\n\ta: b`]: 'yaml: line 5: found character that cannot start any token',
    [`${head}data: {a: @x}`]: 'yaml: line 4: found character that cannot start any token',
    [`${head}data: {a: 'unclosed}`]: 'yaml: line 4: found unexpected end of stream',
    [`${head}data: {a: "x\\q"}`]: 'yaml: line 4: found unknown escape character',
    [`${head}data: [a`]: "yaml: line 4: did not find expected ',' or ']'",
    'key: [a, b\nother: c': "yaml: line 1: did not find expected ',' or ']'",
    '%BAD\n---\na: b': 'yaml: found unknown directive name',
    '\n\n%BAD\n---\na: b': 'yaml: line 3: found unknown directive name',
    '% YAML 1.1\n---\na: b': 'yaml: could not find expected directive name',
    '%YAML 1.2\n---\na: b': 'yaml: found incompatible YAML document',
    '# c\n\n%YAML 2.0\n---\na: b': 'yaml: line 2: found incompatible YAML document',
    '%YAML 1.1\n%YAML 2.0\n---\na: b': 'yaml: line 1: found duplicate %YAML directive',
    '%TAG ! x\n%TAG ! y\n---\na: b': 'yaml: line 1: found duplicate %TAG directive',
    '%TAG\n---\na: b': "yaml: did not find expected '!'",
    '\n%YAML\n---\na: b': 'yaml: line 2: did not find expected version number',
    '%YAML 1.x\n---\na: b': 'yaml: did not find expected version number',
    '%YAML 1\n---\na: b': "yaml: did not find expected digit or '.' character",
    '%YAML 1.1.1\n---\na: b': 'yaml: did not find expected comment or line break',
    '%YAML 123.1\n---\na: b': 'yaml: found extremely long version number',
    '%YAML 1.1\na: b': 'yaml: line 1: did not find expected <document start>',
    '%YAML 1.1': 'yaml: line 1: did not find expected <document start>',
    'a: !!int x': 'yaml: cannot decode !!str `x` as a !!int',
    'a: !!int 1.5': 'yaml: cannot decode !!float `1.5` as a !!int',
    'a: !!int 99999999999999999999': 'yaml: cannot decode !!float `99999999999999999999` as a !!int',
    'a: !!int .inf': 'yaml: cannot decode !!float `.inf` as a !!int',
    'a: !!int': 'yaml: cannot decode !!null `` as a !!int',
    'a: !!int 2001-01-01': 'yaml: cannot decode !!str `2001-01-01` as a !!int',
    'a: !!float yes': 'yaml: cannot decode !!bool `yes` as a !!float',
    'a: !!bool 1': 'yaml: cannot decode !!int `1` as a !!bool',
    'a: !!null "x"': 'yaml: cannot decode !!str `x` as a !!null',
    'a: !!timestamp 2001-13-01': 'yaml: cannot decode !!str `2001-13-01` as a !!timestamp',
    'a: !!binary YQ': 'yaml: !!binary value contains invalid base64 data',
    'a: "x\n  b: c\n': 'yaml: line 3: found unexpected end of stream',
    'a: b\nc d\ne: f\n': "yaml: line 3: could not find expected ':'",
    'a: b\nc d\n  e\n': "yaml: line 4: could not find expected ':'",
    '- x: 1\n  y\n  z: 2\n': "yaml: line 3: could not find expected ':'",
    'a:\n  b c\n  d: e\n': 'yaml: line 3: mapping values are not allowed in this context',
    'a: b\n- c\n': 'yaml: line 1: did not find expected key',
    '- a\nb: c\n': "yaml: line 1: did not find expected '-' indicator",
    'a: b\n\tc: d\n': 'yaml: line 2: found a tab character that violates indentation',
    'a: "b"\n\tc: d\n': 'yaml: line 2: found character that cannot start any token',
    'a: |x\n  b\n': 'yaml: did not find expected comment or line break',
    'a: {{ .b }}\n': 'yaml: invalid map key: map[interface {}]interface {}{".b":interface {}(nil)}',
    'a: {{- b }}\n': 'yaml: did not find expected node content',
    '[a, 1, {b: true}]: c\n': 'yaml: invalid map key: []interface {}{"a", 1, map[interface {}]interface {}{"b":true}}',
    'a: {null: d}': 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "d"',
    'a: .inf': 'json: unsupported value: +Inf',
    '{': 'yaml: line 1: did not find expected node content',
    '}': 'yaml: did not find expected node content',
    '\t': 'yaml: found character that cannot start any token',
    '? ': 'unsupported map key of type: %!s(<nil>), key: <nil>, value: <nil>',
    'a:\n- b\n-c': "yaml: line 4: could not find expected ':'",
    'a: b\n @ c: d': 'yaml: line 2: mapping values are not allowed in this context',
    'a: b\n%c: d': 'yaml: line 2: found unexpected non-alphabetical character',
    'a:\n  - b\n c: d': 'yaml: line 2: did not find expected key',
    'a: - b': 'yaml: block sequence entries are not allowed in this context',
    'a: ? b': 'yaml: mapping keys are not allowed in this context',
    'a: ,b': 'yaml: did not find expected node content',
    'a:\n &  b: c': 'yaml: line 2: did not find expected alphabetic or numeric character',
    'a: "\\u12"': 'yaml: did not find expected hexdecimal number',
    'a: "\\ud800"': 'yaml: found invalid Unicode character escape code',
    'a: |0\n b': 'yaml: found an indentation indicator equal to 0',
    'a: |\n\tb': 'yaml: line 2: found a tab character where an indentation space is expected',
    'a: "b\n---\n"': 'yaml: line 2: found unexpected document indicator',
    'a: !b!c d': 'yaml: found undefined tag handle',
    'a: !<b d': "yaml: did not find the expected '>'",
    'a: b\u0001': 'yaml: control characters are not allowed',
  };
  assert.deepStrictEqual(Object.fromEntries(Object.keys(table).map((text) => [text, messageOf(() => parseYaml(text))])), table);
});

test('duplicate keys of YAML carry their line', () => {
  assert.deepStrictEqual(parseYaml('data:\n  k: a\n  k: b\n  1: x\n  1: y\n').yamlDuplicates, [
    'line 3: key "k" already set in map',
    'line 5: key 1 already set in map',
  ]);
  assert.deepStrictEqual(parseYaml('{"a":"b","a":"c"}').yamlDuplicates, ['line 1: key "a" already set in map']);
});

test('an alias bomb is refused', () => {
  const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}*a${i}]`);
  assert.equal(
    messageOf(() => parseYaml(`a0: &a0 x\n${levels.join('\n')}\n`)),
    'yaml: document contains excessive aliasing',
  );
});
