import type { ScaleSubresource, Strategy } from '../../../api/define.ts';
import { type FieldError, FieldPath, invalid } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { isJsonObject, sameJson } from '../../../api/meta/json.ts';
import { isQualifiedName, nameIsDnsSubdomain } from '../../../api/meta/names.ts';
import type { KubeObject, ObjectMeta } from '../../../api/meta/object.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../../api/meta/validation.ts';
import { Correlation } from '../../../api/structural/correlation.ts';
import { validateEmbedded } from '../../../api/structural/embedded.ts';
import { fieldErrorsOf, Outcome } from '../../../api/structural/failures.ts';
import { validateListTypes } from '../../../api/structural/list-types.ts';
import type { Structural } from '../../../api/structural/structural.ts';
import { goValue } from '../../machinery/patch/go-format.ts';
import type { ExpressionRules } from './expression-rules.ts';
import { goType } from './go-type.ts';

/** What a version of a custom kind is judged by. */
export interface CustomRules {
  readonly schema: Structural;
  readonly namespaced: boolean;
  /** It has a `status` subresource. */
  readonly hasStatus: boolean;
  readonly scale: CustomScale | undefined;
  readonly expressions: ExpressionRules;
}

/** The paths of a scale subresource, as the definition writes them. */
export interface CustomScale {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** The rules of creates and updates through the resource itself. */
export function customStrategy(rules: CustomRules): Strategy<KubeObject> {
  const { schema, hasStatus, scale, expressions } = rules;
  return {
    prepareForCreate(object) {
      if (hasStatus) delete object['status'];
      object.metadata!.generation = 1;
    },
    prepareForUpdate(object, old) {
      if (hasStatus) keepMember(object, old, 'status');
      countGeneration(object, old);
    },
    validate: (object, { wholeFloats }) =>
      expressions.validate(object, undefined, [
        ...validateObjectMeta(object.metadata ?? {}, { namespaced: rules.namespaced, nameFn: nameIsDnsSubdomain }),
        ...validateValue(object, undefined, schema, wholeFloats),
        ...validateScaleSpec(object, scale),
        ...validateScaleStatus(object, scale),
        ...validateEmbedded(object, schema),
        ...validateListTypes(object, schema),
      ]),
    // The metadata is judged a second time, as upstream does.
    validateUpdate: (object, old, { wholeFloats }) =>
      expressions.validate(object, old, [
        ...validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}),
        ...validateValue(object, old, schema, wholeFloats),
        ...validateScaleSpec(object, scale),
        ...validateScaleStatus(object, scale),
        ...validateEmbedded(object, schema),
        ...validateChangedLists(object, old, schema),
      ]),
    validationWarnings: (object) => expressions.warningsOf(object),
    warnings: finalizerWarnings,
  };
}

/** The rules of updates through `status`: nothing else changes, and nothing else is judged. */
export function customStatusStrategy({ schema, scale, expressions }: CustomRules): Strategy<KubeObject> {
  const status = schema.properties.get('status');
  return {
    prepareForUpdate(object, old) {
      if (object['status'] === null && status?.refusesNull()) delete object['status'];
      for (const name of Object.keys(object)) if (name !== 'status' && !isTypeMeta(name)) delete object[name];
      for (const name of Object.keys(old)) if (name !== 'status' && !isTypeMeta(name)) object[name] = old[name];
      keepMetadata(object.metadata!, old.metadata!);
    },
    validateUpdate: (object, old, { wholeFloats }) =>
      expressions.validate(object, old, [
        ...validateObjectMetaUpdate(object.metadata ?? {}, old.metadata ?? {}),
        ...(status && Object.hasOwn(object, 'status') ? validateStatus(object['status'], old['status'], status, wholeFloats) : []),
        ...validateScaleStatus(object, scale),
        ...validateChangedLists(object, old, schema),
      ]),
    validationWarnings: (object) => expressions.warningsOf(object),
  };
}

// All but what tracks the change itself.
function keepMetadata(metadata: ObjectMeta, old: ObjectMeta): void {
  const { managedFields, resourceVersion } = metadata;
  for (const name of Object.keys(metadata)) delete (metadata as Record<string, unknown>)[name];
  const { managedFields: _, ...kept } = old;
  Object.assign(metadata, kept, managedFields && { managedFields }, resourceVersion && { resourceVersion });
}

function isTypeMeta(name: string): boolean {
  return name === 'apiVersion' || name === 'kind' || name === 'metadata';
}

function keepMember(object: KubeObject, old: KubeObject, name: string): void {
  if (Object.hasOwn(old, name)) object[name] = old[name];
  else delete object[name];
}

function countGeneration(object: KubeObject, old: KubeObject): void {
  const { metadata: _new, ...now } = object;
  const { metadata: _old, ...before } = old;
  if (!sameJson(now, before)) object.metadata!.generation = (old.metadata!.generation ?? 0) + 1;
}

type Floats = ReadonlySet<string> | undefined;

/** @param old what did not change since may break the rules; undefined on create */
function validateValue(value: unknown, old: unknown, schema: Structural, floats: Floats, path?: FieldPath): FieldError[] {
  const outcome = new Outcome(floats);
  schema.valueRules.check(value, undefined, outcome, old === undefined ? undefined : new Correlation(value, old, schema));
  return fieldErrorsOf(outcome, path);
}

function validateStatus(value: unknown, old: unknown, schema: Structural, floats: Floats): FieldError[] {
  const inside = floats && [...floats].filter((place) => place === 'status' || place.startsWith('status.'));
  const own = inside && new Set(inside.map((place) => place.slice('status.'.length)));
  return validateValue(value, old, schema, own, FieldPath.of('status'));
}

// Lists that were bad before may stay so.
function validateChangedLists(object: KubeObject, old: KubeObject, schema: Structural): FieldError[] {
  const errors = validateListTypes(object, schema);
  return errors.length > 0 && validateListTypes(old, schema).length > 0 ? [] : errors;
}

const maxReplicas = 0x7fffffff;

function validateScaleSpec(object: KubeObject, scale: CustomScale | undefined): FieldError[] {
  return scale ? validateReplicas(object, scale.specReplicasPath) : [];
}

function validateScaleStatus(object: KubeObject, scale: CustomScale | undefined): FieldError[] {
  if (!scale) return [];
  const errors = validateReplicas(object, scale.statusReplicasPath);
  const path = scale.labelSelectorPath;
  if (!path) return errors;
  const { value, problem } = nested(object, path, 'string');
  return problem === undefined || value === undefined ? errors : [...errors, invalid(path, '', problem)];
}

function validateReplicas(object: KubeObject, path: string): FieldError[] {
  const { value, problem } = nested(object, path, 'int64');
  if (problem !== undefined) return [invalid(path, 0, problem)];
  if (typeof value !== 'number' && typeof value !== 'bigint') return [];
  if (value < 0) return [invalid(path, value, 'should be a non-negative integer')];
  return value > maxReplicas ? [invalid(path, value, `should be less than or equal to ${maxReplicas}`)] : [];
}

/** A member by its path of plain names, as Go reads it out of unstructured data. */
function nested(object: KubeObject, jsonPath: string, type: 'int64' | 'string'): { readonly value?: unknown; readonly problem?: string } {
  const names = jsonPath.replace(/^\./, '').split('.');
  let value: unknown = object;
  for (const [i, name] of names.entries()) {
    if (value === null) return {};
    if (!isJsonObject(value)) {
      const at = `.${names.slice(0, i + 1).join('.')}`;
      return { problem: `${at} accessor error: ${goValue(value)} is of the type ${goType(value)}, expected map[string]interface{}` };
    }
    if (!Object.hasOwn(value, name)) return {};
    value = value[name];
  }
  if (goType(value) === type) return { value };
  return { value, problem: `.${names.join('.')} accessor error: ${goValue(value)} is of the type ${goType(value)}, expected ${type}` };
}

const standardFinalizers: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function finalizerWarnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const before = new Set(old?.metadata?.finalizers ?? []);
  const added = [...new Set(object.metadata?.finalizers ?? [])].filter((name) => !before.has(name)).sort();
  return added.flatMap((name) => {
    const about = (text: string): string => `metadata.finalizers: ${goQuote(name)}: ${text}`;
    const warnings = isQualifiedName(name).map(about);
    if (name.includes('/') || standardFinalizers.has(name)) return warnings;
    const including = name.includes('.') ? ' including a path (/)' : '';
    return [
      ...warnings,
      about(`prefer a domain-qualified finalizer name${including} to avoid accidental conflicts with other finalizer writers`),
    ];
  });
}

/** A scale subresource over the paths of a definition. */
export function scaleSubresource(scale: CustomScale): ScaleSubresource {
  const split = (path: string): string[] => path.replace(/^\./, '').split('.');
  const selectorPath = scale.labelSelectorPath ? split(scale.labelSelectorPath) : undefined;
  return {
    type: 'scale',
    name: 'scale',
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    verbs: ['get', 'patch', 'update'],
    specReplicasPath: split(scale.specReplicasPath),
    statusReplicasPath: split(scale.statusReplicasPath),
    selector(object) {
      const found = selectorPath?.reduce((value: any, name) => value?.[name], object);
      return typeof found === 'string' ? found : '';
    },
  };
}
