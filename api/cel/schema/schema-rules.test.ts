import { deepStrictEqual } from 'node:assert';
import { test } from 'node:test';
import { FieldPath } from '../../meta/field.ts';
import { checkSchemaRules, compileSchemaRules, type JsonSchema, type ValidationRule } from './schema-rules.ts';

const path = FieldPath.of('schema');

function schemaWith(rules: ValidationRule[], properties: Record<string, JsonSchema> = {}): JsonSchema {
  return {
    type: 'object',
    properties: { n: { type: 'integer' }, s: { type: 'string' }, any: { type: 'object', additionalProperties: true }, ...properties },
    'x-kubernetes-validations': rules,
  };
}

test("a definition's rules are refused for what does not compile or costs too much", () => {
  const dots = (count: number) => '.'.repeat(count);
  const rule = (text: string) => `{"Rule":${text},"Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}`;
  const cases: [ValidationRule, string[]][] = [
    [{ rule: 'self.n > 0' }, []],
    [{ rule: ' ' }, ['schema.x-kubernetes-validations[0].rule: Required value: rule is not specified']],
    [
      { rule: 'self.none' },
      [
        `schema.x-kubernetes-validations[0].rule: Invalid value: ${rule('"self.none"')}: compilation failed: ERROR: <input>:1:5: undefined field 'none'\n | self.none\n | ${dots(4)}^`,
      ],
    ],
    [
      { rule: "self.n == 'x'" },
      [
        `schema.x-kubernetes-validations[0].rule: Invalid value: ${rule(`"self.n == 'x'"`)}: compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.n == 'x'\n | ${dots(7)}^`,
      ],
    ],
    [
      { rule: 'self.n' },
      [`schema.x-kubernetes-validations[0].rule: Invalid value: ${rule('"self.n"')}: cel expression must evaluate to a bool`],
    ],
    [
      { rule: 'self.n > 0', fieldPath: '.none' },
      ['schema.x-kubernetes-validations[0].fieldPath: Invalid value: ".none": must be a valid path'],
    ],
    [{ rule: 'self.n > 0', fieldPath: '.any.key' }, []],
    [
      { rule: 'self.n > 0', optionalOldSelf: true },
      ['schema.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule'],
    ],
    [
      { rule: 'self.list.all(x, self.list.all(y, x <= y))' },
      [
        'schema.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 2.4x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
      ],
    ],
  ];
  for (const [given, expected] of cases) {
    const errors = checkSchemaRules(schemaWith([given], { list: { type: 'array', maxItems: 2000, items: { type: 'integer' } } }), path).map(
      ({ field, message }) => `${field}: ${message}`,
    );
    deepStrictEqual(errors, expected, given.rule);
  }
});

test('objects are judged by the rules, transition rules only with an old object', () => {
  const rules = compileSchemaRules(
    schemaWith([{ rule: 'self.n > 0', message: 'too small' }], {
      fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }] },
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['id'],
        items: {
          type: 'object',
          properties: { id: { type: 'string' }, v: { type: 'integer' } },
          'x-kubernetes-validations': [{ rule: 'self.v >= oldSelf.v', messageExpression: "'fell to ' + string(self.v)", fieldPath: '.v' }],
        },
      },
    }),
  )!;
  const judge = (value: object, old?: object) =>
    rules.validate(value, old, path).errors.map(({ field, message }) => `${field}: ${message}`);
  deepStrictEqual(judge({ n: 1, fixed: 'a' }), []);
  deepStrictEqual(judge({ n: 0, fixed: 'a' }), ['schema: Invalid value: too small']);
  deepStrictEqual(judge({}), ['schema: Invalid value: "object": no such key: n evaluating rule: too small']);
  deepStrictEqual(
    judge(
      {
        n: 1,
        fixed: 'b',
        list: [
          { id: 'y', v: 1 },
          { id: 'x', v: 2 },
        ],
      },
      { n: 1, fixed: 'a', list: [{ id: 'x', v: 3 }] },
    ),
    ['schema.fixed: Invalid value: "b": is immutable', 'schema.list[1].v: Invalid value: fell to 2'],
  );
  deepStrictEqual(compileSchemaRules({ type: 'object', properties: { a: { type: 'string' } } }), undefined);
});
