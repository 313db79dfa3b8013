import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conformValue } from './conform-value.ts';
import { fieldErrorsOf, Outcome } from './failures.ts';
import { Structural } from './structural.ts';

const readMeta = (value: unknown) => ({ value, unknown: [] });
const textOf = (schema: object, value: unknown): string[] => {
  const outcome = new Outcome();
  new Structural(schema, true).valueRules.check(value, undefined, outcome);
  return fieldErrorsOf(outcome, undefined).map(({ field, message }) => `${field}: ${message}`);
};
const spec = (properties: object): object => ({ type: 'object', properties: { spec: { type: 'object', properties } } });

describe('what a schema says of values', () => {
  const cases: [string, object, unknown, string[]][] = [
    ['fits', spec({ n: { type: 'integer', minimum: 1 } }), { spec: { n: 1 } }, []],
    [
      'minimum',
      spec({ n: { type: 'integer', minimum: 1 } }),
      { spec: { n: 0 } },
      ['spec.n: Invalid value: 0: spec.n in body should be greater than or equal to 1'],
    ],
    [
      'type',
      spec({ n: { type: 'integer' } }),
      { spec: { n: 'x' } },
      ['spec.n: Invalid value: "string": spec.n in body must be of type integer: "string"'],
    ],
    [
      'enum',
      spec({ a: { type: 'string', enum: ['x', 'y'] } }),
      { spec: { a: 'z' } },
      ['spec.a: Unsupported value: "z": supported values: "x", "y"'],
    ],
    [
      'pattern',
      spec({ a: { type: 'string', pattern: '^a+$' } }),
      { spec: { a: 'b' } },
      [`spec.a: Invalid value: "b": spec.a in body should match '^a+$'`],
    ],
    ['a long integer', spec({ n: { type: 'integer', minimum: 1, multipleOf: 3 } }), { spec: { n: 9007199254740993n } }, []],
    [
      'a long integer beyond its bounds',
      spec({ n: { type: 'integer', format: 'int64', maximum: 9007199254740992, multipleOf: 2 } }),
      { spec: { n: 9007199254740993n } },
      [
        'spec.n: Invalid value: 9007199254740993: spec.n in body should be a multiple of 2',
        'spec.n: Invalid value: 9007199254740993: spec.n in body should be less than or equal to 9007199254740992',
      ],
    ],
    [
      'a whole float of that size is no integer',
      spec({ n: { type: 'integer' } }),
      { spec: { n: 1e18 } },
      ['spec.n: Invalid value: "number": spec.n in body must be of type integer: "number"'],
    ],
    [
      'a long integer in an enum',
      spec({ n: { type: 'integer', enum: [9007199254740993n] } }),
      { spec: { n: 9007199254740992n } },
      ['spec.n: Unsupported value: 9007199254740992: supported values: "9007199254740993"'],
    ],
    ['int or string', spec({ a: { 'x-kubernetes-int-or-string': true } }), { spec: { a: '5%' } }, []],
    ['nullable', spec({ a: { type: 'string', nullable: true } }), { spec: { a: null } }, []],
  ];
  for (const [name, schema, value, errors] of cases) test(name, () => assert.deepStrictEqual(textOf(schema, value), errors));
});

describe('the form of a value', () => {
  const schema = new Structural(
    spec({
      a: { type: 'string', default: 'x' },
      b: { type: 'string' },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      inner: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-embedded-resource': true },
    }),
    true,
  );
  const cases: [string, unknown, object, unknown][] = [
    ['defaults', { spec: {} }, {}, { spec: { a: 'x' } }],
    ['no defaults', { spec: {} }, { withoutDefaults: true }, { spec: {} }],
    ['what is unknown goes', { spec: { a: 'y', odd: 1 }, odd: 2 }, {}, { spec: { a: 'y' } }],
    ['unless it is preserved', { spec: { a: 'y', free: { odd: 1 } } }, {}, { spec: { a: 'y', free: { odd: 1 } } }],
    ['a null is defaulted, or dropped', { spec: { a: null, b: null } }, {}, { spec: { a: 'x' } }],
    ['embedded metadata may be null', { spec: { a: 'y', inner: { metadata: null } } }, {}, { spec: { a: 'y', inner: { metadata: {} } } }],
    ['a null waits for its default', { spec: { a: null, b: null } }, { withoutDefaults: true }, { spec: { a: null } }],
  ];
  for (const [name, value, options, result] of cases) {
    test(name, () => assert.deepStrictEqual(conformValue(value, schema, { readMeta, ...options }), result));
  }
});
