import assert from 'node:assert/strict';
import test from 'node:test';
import { parseFieldSelector } from './field-selector.ts';
import { labelSelectorText, parseLabelSelector, selectorFromObject } from './label-selector.ts';

const outcome = (read: () => string): string => {
  try {
    return read();
  } catch (error) {
    return `! ${(error as Error).message}`;
  }
};

const labels: readonly (readonly [text: string, result: string])[] = [
  ['', ''],
  ['a', 'a'],
  ['!a', '!a'],
  ['a=b', 'a=b'],
  ['b=1,a==2', 'a==2,b=1'],
  ['a in (y,x,x)', 'a in (x,y)'],
  ['a notin ()', 'a notin ()'],
  ['a in (,b)', 'a in (,b)'],
  ['a>1,b<2', 'a>1,b<2'],
  ['in in (in)', 'in in (in)'],
  [',', "! found ',', expected: !, identifier, or 'end of string'"],
  ['a,', "! found '', expected: identifier after ','"],
  ['a in b', "! unable to parse requirement: found 'b' expected: '('"],
  ['a in (b', "! unable to parse requirement: found '', expected: ',' or ')'"],
  ['a=b)', "! found ')', expected: ',' or 'end of string'"],
  ['a b=c', "! unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['a===b', "! unable to parse requirement: found '=', expected: identifier"],
  ['a>b', `! unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`],
];

test('label selectors are read and printed as upstream does', () => {
  assert.deepEqual(
    labels.map(([text]) => [text, outcome(() => parseLabelSelector(text).toString())]),
    labels.map(([text, result]) => [text, result]),
  );
});

test('label selectors match', () => {
  const object = { a: '1', b: 'x' };
  const cases: Record<string, boolean> = {
    'a=1': true,
    'a!=1': false,
    'c!=1': true,
    '!c': true,
    'a>0': true,
    'a<1': false,
    'b>0': false,
    'b in (x,y)': true,
    'b notin (x)': false,
    'a,b': true,
    'a,c': false,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, parseLabelSelector(text).matches(object)])), cases);
  assert.equal(selectorFromObject(undefined).matches(object), false);
  assert.equal(selectorFromObject({}).matches(object), true);
  assert.equal(
    labelSelectorText({ matchLabels: { b: 'x' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['2', '1'] }] }),
    'a in (1,2),b=x',
  );
});

const fields: readonly (readonly [text: string, result: string])[] = [
  ['', ''],
  ['metadata.name=a,', 'metadata.name=a'],
  ['b==1,a!=2', 'a!=2,b=1'],
  ['a=b\\,c\\=d\\\\', 'a=b\\,c\\=d\\\\'],
  ['a', "! invalid selector: 'a'; can't understand 'a'"],
  ['a=b=c', '! invalid field selector: unescaped character in value: 61'],
  ['a=\\x', '! invalid field selector: invalid escape sequence: \\x'],
];

test('field selectors are read and printed as upstream does', () => {
  assert.deepEqual(
    fields.map(([text]) => [text, outcome(() => parseFieldSelector(text).toString())]),
    fields.map(([text, result]) => [text, result]),
  );
});
