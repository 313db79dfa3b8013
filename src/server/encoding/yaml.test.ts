import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { encodeYaml } from './yaml.ts';

// Each text is what kube-apiserver 1.36 answers for the value (as data of a ConfigMap).
test('scalars in the form of the real server', () => {
  const cases: [value: unknown, text: string][] = [
    ['plain', 'a: plain\n'],
    ['', 'a: ""\n'],
    ['true', 'a: "true"\n'],
    ['yes', 'a: "yes"\n'],
    ['null', 'a: "null"\n'],
    ['12', 'a: "12"\n'],
    ['1e3', 'a: "1e3"\n'],
    ['0x1F', 'a: "0x1F"\n'],
    ['2026-01-02T03:04:05Z', 'a: "2026-01-02T03:04:05Z"\n'],
    ['10:20', 'a: "10:20"\n'],
    ['a: b', "a: 'a: b'\n"],
    ['a #b', "a: 'a #b'\n"],
    ["it's", "a: it's\n"],
    ['- x', "a: '- x'\n"],
    ['*x', "a: '*x'\n"],
    [' x', "a: ' x'\n"],
    ['a\tb', 'a: "a\\tb"\n'],
    ['a\nb', 'a: |-\n  a\n  b\n'],
    ['a\nb\n', 'a: |\n  a\n  b\n'],
    ['é', 'a: é\n'],
    [3, 'a: 3\n'],
    [true, 'a: true\n'],
    [null, 'a: null\n'],
    [[], 'a: []\n'],
    [{}, 'a: {}\n'],
    [[1, { b: 1, a: 2 }, ['x']], 'a:\n- 1\n- a: 2\n  b: 1\n- - x\n'],
    [{ b: 1, a: [] }, 'a:\n  a: []\n  b: 1\n'],
  ];
  for (const [value, text] of cases) {
    assert.equal(encodeYaml({ a: value }), text);
    assert.deepEqual(parse(encodeYaml({ a: value }), { version: '1.1', schema: 'yaml-1.1' }), { a: value });
  }
});

test('lines are folded beyond column 80', () => {
  const message =
    'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
  assert.equal(
    encodeYaml({ message }),
    "message: 'only the following media types are accepted: application/json;stream=watch,\n  application/vnd.kubernetes.protobuf;stream=watch'\n",
  );
});
