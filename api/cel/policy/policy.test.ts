import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamicValue, jsonOf } from './dynamic-values.ts';
import { nativeFields } from './go-native.ts';
import { ApplyObject } from './patch-types.ts';
import { PolicyCompiler, type ResultKind } from './policy-compiler.ts';
import { OutOfBudget, PolicyEvaluation, policyBudget } from './policy-evaluation.ts';

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
