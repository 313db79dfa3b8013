import type { PriorityClass } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, forbidden, notSupported, required } from '../../meta/field.ts';
import { validateImmutableField } from '../../meta/validation.ts';

const highestUserPriority = 1_000_000_000;
const systemPrefix = 'system-';
const systemValues: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 };
const policies = ['PreemptLowerPriority', 'Never'];

function systemProblem(name: string, { value, globalDefault }: PriorityClass): string | undefined {
  const expected = systemValues[name];
  if (expected === undefined) return `${name} is not a known system priority class`;
  if (value !== expected) return `value of ${name} PriorityClass must be ${expected}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function validateValue(priorityClass: PriorityClass): FieldError[] {
  const { metadata, value } = priorityClass;
  const name = metadata.name ?? '';
  if (!name.startsWith(systemPrefix)) {
    const detail = `maximum allowed value of a user defined priority is ${highestUserPriority}`;
    return (value ?? 0) > highestUserPriority ? [forbidden('value', detail)] : [];
  }
  const problem = systemProblem(name, priorityClass);
  const words = `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${problem}`;
  return problem ? [forbidden(FieldPath.of('metadata', 'name'), words)] : [];
}

function validatePolicy(policy: string | undefined): FieldError[] {
  if (policy === undefined) return [];
  if (policy === '') return [required('preemptionPolicy')];
  return policies.includes(policy) ? [] : [notSupported('preemptionPolicy', policy, policies)];
}

/** PriorityClasses. Compared with v1.36.3: reserved names and values, what may change, table. */
export const priorityClass = defineResource<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  scope: 'Cluster',
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  columns: [
    nameColumn,
    {
      name: 'Value',
      type: 'integer',
      description: ['io.k8s.api.scheduling.v1.PriorityClass', 'value'],
      cell: (object) => object.value ?? 0,
    },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: ['io.k8s.api.scheduling.v1.PriorityClass', 'globalDefault'],
      cell: (object) => object.globalDefault ?? false,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy',
      type: 'string',
      description: ['io.k8s.api.scheduling.v1.PriorityClass', 'preemptionPolicy'],
      cell: (object) => object.preemptionPolicy ?? '',
    },
  ],
  defaults(object) {
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  prepareForCreate(object) {
    object.metadata.generation = 1;
  },
  validate: (object) => [
    ...validateCoreMeta(object.metadata, { namespaced: false }),
    ...validateValue(object),
    ...validatePolicy(object.preemptionPolicy),
  ],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...((object.value ?? 0) === (old.value ?? 0) ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...validateImmutableField(object.preemptionPolicy, old.preemptionPolicy, FieldPath.of('preemptionPolicy')),
  ],
});
