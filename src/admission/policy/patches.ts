import { GoValue, nativeFields, patchValue } from '../../../api/cel/policy/go-native.ts';
import { ApplyObject, JsonPatchOperation, misplacedTypes } from '../../../api/cel/policy/patch-types.ts';
import { CelError } from '../../../api/cel/runtime/errors.ts';
import { ListValue, type Value } from '../../../api/cel/runtime/values.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { atomicPaths } from '../../machinery/patch/apply/atomics.ts';
import { checkConfiguration, joinMessages } from '../../machinery/patch/apply/check.ts';
import { mergeObjects } from '../../machinery/patch/apply/merge-objects.ts';
import { PatchError } from '../../machinery/patch/error.ts';
import { applyJsonPatch, type JsonPatchOperation as Operation } from '../../machinery/patch/json.ts';
import type { EvaluationFault } from '../metrics/policy-metrics.ts';

/** A mutation that cannot be applied, in upstream's words. */
export class MutationError extends Error {
  readonly fault: EvaluationFault;

  constructor(message: string, fault: EvaluationFault = 'invalid_error') {
    super(message);
    this.fault = fault;
  }
}

/** Applies what a JSONPatch expression came to. A `test` that fails leaves the object as it is. @throws MutationError */
export function applyOperations(object: KubeObject, value: Value): KubeObject {
  if (!(value instanceof ListValue)) throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array');
  const operations = Array.from(value, (element) => operationOf(element));
  try {
    return applyJsonPatch(object, { operations, strictErrors: [] }) as KubeObject;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const detail = error.detail ?? error.message;
    if (detail.endsWith(': test failed')) return object;
    throw new MutationError(`JSON Patch: ${detail}`);
  }
}

function operationOf(element: Value): Operation {
  if (!(element instanceof JsonPatchOperation)) {
    throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch');
  }
  const value = element.fields.get('value');
  if (value instanceof ApplyObject) {
    const wrong = misplacedTypes(value, value.type.name);
    if (wrong.length > 0) throw new MutationError(`type mismatch: ${wrong.join('\n')}`);
  }
  return {
    op: (element.fields.get('op') as string) ?? '',
    path: (element.fields.get('path') as string) ?? '',
    ...(element.fields.has('from') && { from: element.fields.get('from') as string }),
    ...(value !== undefined && { value: jsonOf(value) }),
  };
}

function jsonOf(value: Value): unknown {
  try {
    return patchValue(value);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new MutationError(`JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${error.message}`);
  }
}

/** Lays what an ApplyConfiguration expression came to over the object, as server-side apply merges. @throws MutationError */
export function applyConfiguration(object: KubeObject, value: Value, schema: Schema): KubeObject {
  if (!(value instanceof ApplyObject)) throw new MutationError('unsupported return type from ApplyConfiguration expression');
  const wrong = misplacedTypes(value, 'Object');
  if (wrong.length > 0) throw new MutationError(`type mismatch: ${wrong.join('\n')}`);
  const configuration = { ...fieldsOf(value), apiVersion: object.apiVersion, kind: object.kind };
  const failed = (why: string) => new MutationError(`error applying patch: ${why}`);
  const errors = checkConfiguration(configuration, schema);
  if (errors.length > 0) throw failed(`failed to convert patch object to typed object: ${joinMessages(errors)}`);
  const atomics = atomicPaths(configuration, schema);
  if (atomics.length > 0) throw failed(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  checkJson(configuration);
  return mergeObjects(object, configuration, schema) as KubeObject;
}

function fieldsOf(value: ApplyObject): Record<string, unknown> {
  try {
    return nativeFields(value);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new MutationError('invalid return type: *dynamic.ObjectVal');
  }
}

function checkJson(value: unknown): void {
  if (value instanceof GoValue) throw new MutationError(`value has no JSON form: ${value.syntax}`);
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) checkJson(inner);
}
