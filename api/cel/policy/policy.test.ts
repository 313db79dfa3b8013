import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchemaSource } from '../../../openapi/source.ts';
import { jsonSchemaOf } from '../schema/built-in-schema.ts';
import { dynamicValue, jsonOf } from './dynamic-values.ts';
import { nativeFields } from './go-native.ts';
import { ApplyObject } from './patch-types.ts';
import { PolicyCompiler, type ResultKind } from './policy-compiler.ts';
import { OutOfBudget, PolicyEvaluation, policyBudget } from './policy-evaluation.ts';
import { checkPolicyTypes } from './type-check.ts';

const options = { params: true, authorizer: false };
const object = { metadata: { name: 'a', namespace: 'default' }, spec: { replicas: 3, containers: [{ name: 'c', image: 'x:1' }] } };
const input = new Map([
  ['object', dynamicValue(object)],
  ['oldObject', null],
  ['params', dynamicValue({ max: 2 })],
]);

function evaluate(text: string, kind: ResultKind = 'any', variables: Readonly<Record<string, string>> = {}): unknown {
  const compiler = new PolicyCompiler(true);
  const settings = { ...options, patches: kind === 'applyConfiguration' || kind === 'jsonPatch' };
  for (const [name, expression] of Object.entries(variables)) compiler.addVariable(name, expression, settings);
  const compiled = compiler.compile(text, kind, settings);
  if (compiled.error !== undefined) return compiled.error;
  const result = new PolicyEvaluation(input, compiler.variables, policyBudget).evaluate(compiled);
  if ('error' in result) return result.error;
  return result.value instanceof ApplyObject ? nativeFields(result.value) : jsonOf(result.value);
}

test('expressions of a policy see the object, its parameters and the variables', () => {
  assert.equal(evaluate('object.spec.replicas <= params.max', 'condition'), false);
  assert.equal(evaluate('oldObject == null && object.metadata.namespace == "default"', 'condition'), true);
  assert.equal(
    evaluate('variables.images.all(i, i.contains(":"))', 'condition', { images: 'object.spec.containers.map(c, c.image)' }),
    true,
  );
  assert.equal(evaluate('"at most " + string(params.max)', 'message'), 'at most 2');
  assert.equal(evaluate('object.spec.none == 1', 'condition'), "expression 'object.spec.none == 1' resulted in error: no such key: none");
});

test('an expression of the wrong type or without meaning does not compile', () => {
  assert.equal(evaluate('1', 'condition'), 'must evaluate to bool but got int');
  assert.equal(evaluate('1', 'auditAnnotation'), 'must evaluate to one of [string null_type] but got int');
  assert.equal(
    evaluate('variables.none == 1'),
    "compilation failed: ERROR: <input>:1:10: undefined field 'none'\n | variables.none == 1\n | .........^",
  );
});

test('patches are objects of the schema, or operations', () => {
  assert.deepEqual(evaluate('Object{spec: Object.spec{replicas: object.spec.replicas + 1}}', 'applyConfiguration'), {
    spec: { replicas: 4 },
  });
  assert.equal(evaluate('{"spec": 1}', 'applyConfiguration'), 'must evaluate to Object but got map(string, int)');
  assert.match(String(evaluate('[1]', 'jsonPatch')), /^must evaluate to list\(JSONPatch\) but got list\(int\)$/);
});

test('the evaluations for one request share a budget', () => {
  const compiler = new PolicyCompiler(true);
  const compiled = compiler.compile('[1, 2, 3].all(x, x > 0)', 'condition', options);
  const evaluation = new PolicyEvaluation(input, compiler.variables, 20);
  assert.deepEqual(evaluation.evaluate(compiled), { value: true });
  assert.equal(evaluation.remaining, 4);
  assert.throws(() => evaluation.evaluate(compiled), OutOfBudget);
});

test('types of built-in kinds: quantities have none, a definition within itself no fields', () => {
  const source = createSchemaSource();
  const checked = (schema: string, expression: string) => {
    const kind = { group: '', version: 'v1', kind: 'Kind', schema: jsonSchemaOf(source.get(schema)) };
    const [warning] = checkPolicyTypes({ validations: [{ expression }] }, [kind], { kind: '', schema: undefined }, 500);
    return warning?.warning.split('\n')[0];
  };
  const cases: readonly (readonly [schema: string, expression: string, warning: string])[] = [
    ['io.k8s.api.core.v1.ResourceQuota', 'object.spec.hard == 1', "undefined field 'hard'"],
    ['io.k8s.api.apps.v1.ControllerRevision', 'object.data == 1', "found no matching overload for '_==_' applied to '(Kind500.data, int)'"],
    [
      'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
      "object.spec.versions[0].schema.openAPIV3Schema.properties['a'].type == 'string'",
      "undefined field 'type'",
    ],
  ];
  for (const [schema, expression, warning] of cases) assert.ok(checked(schema, expression)?.endsWith(warning), expression);
});
