import type { StorageClass, TopologySelectorTerm } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { nodeLabelDeprecation } from '../../core/v1/node-labels.ts';
import { defineResource } from '../../define.ts';
import { duplicate, type FieldError, FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { printedMap } from '../../meta/printed.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { sorted } from '../../meta/text.ts';
import { validateImmutableField, validateLabelName } from '../../meta/validation.ts';
import { validateParameters } from './parameters.validation.ts';

const reclaimPolicies = ['Delete', 'Retain'];
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];
const topologiesPath = FieldPath.of('allowedTopologies');
const defaultAnnotations = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

function isDefault(object: StorageClass): boolean {
  return defaultAnnotations.some((annotation) => object.metadata?.annotations?.[annotation] === 'true');
}

function validateProvisioner(provisioner: string): FieldError[] {
  const path = FieldPath.of('provisioner');
  if (provisioner === '') return [required(path)];
  return isQualifiedName(provisioner.toLowerCase()).map((message) => invalid(path, provisioner.toLowerCase(), message));
}

function validateTopologies(terms: readonly TopologySelectorTerm[]): FieldError[] {
  const errors: FieldError[] = [];
  // As v1.36.3 counts: before the first term stand as many empty ones as there are terms.
  const before: string[] = terms.map(() => '{}');
  terms.forEach((term, i) => {
    const path = topologiesPath.index(i).child('matchLabelExpressions');
    const values: Record<string, string[]> = {};
    (term.matchLabelExpressions ?? []).forEach((requirement, n) => {
      const at = path.index(n);
      if (!requirement.values?.length) errors.push(required(at.child('values')));
      const seen = new Set<string>();
      (requirement.values ?? []).forEach((value, v) => {
        if (seen.has(value)) errors.push(duplicate(at.child('values').index(v), value));
        seen.add(value);
      });
      errors.push(...validateLabelName(requirement.key, at.child('key')));
      if (values[requirement.key]) errors.push(duplicate(at.child('key'), requirement.key));
      values[requirement.key] = sorted(seen);
    });
    const form = JSON.stringify(Object.fromEntries(sorted(Object.keys(values)).map((key) => [key, values[key]])));
    for (const other of before) if (other === form) errors.push(duplicate(path, ''));
    before.push(form);
  });
  return errors;
}

function validateClass(object: StorageClass): FieldError[] {
  const { reclaimPolicy = '', volumeBindingMode } = object;
  const errors = [
    ...validateCoreMeta(object.metadata, { namespaced: false }),
    ...validateProvisioner(object.provisioner ?? ''),
    ...validateParameters(object.parameters, true, FieldPath.of('parameters')),
  ];
  if (reclaimPolicy && !reclaimPolicies.includes(reclaimPolicy)) {
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, reclaimPolicies));
  }
  if (volumeBindingMode === undefined) errors.push(required('volumeBindingMode'));
  else if (!bindingModes.includes(volumeBindingMode)) errors.push(notSupported('volumeBindingMode', volumeBindingMode, bindingModes));
  return [...errors, ...validateTopologies(object.allowedTopologies ?? [])];
}

const frozen = ['provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const;
const parametersPath = FieldPath.of('parameters');

/** StorageClasses. Compared with v1.36.3: topologies, what stays, deprecated labels, table. */
export const storageClass = defineResource<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.StorageClass',
  returnsDeletedObject: true,
  columns: [
    {
      ...nameColumn,
      cell: (object) => `${object.metadata?.name ?? ''}${isDefault(object as StorageClass) ? ' (default)' : ''}`,
    },
    {
      name: 'Provisioner',
      type: 'string',
      description: ['io.k8s.api.storage.v1.StorageClass', 'provisioner'],
      cell: (object) => object.provisioner ?? '',
    },
    {
      name: 'ReclaimPolicy',
      type: 'string',
      description: ['io.k8s.api.storage.v1.StorageClass', 'reclaimPolicy'],
      cell: (object) => object.reclaimPolicy ?? 'Delete',
    },
    {
      name: 'VolumeBindingMode',
      type: 'string',
      description: ['io.k8s.api.storage.v1.StorageClass', 'volumeBindingMode'],
      cell: (object) => object.volumeBindingMode ?? '<unset>',
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      description: ['io.k8s.api.storage.v1.StorageClass', 'allowVolumeExpansion'],
      cell: (object) => object.allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
  defaults(object) {
    object.reclaimPolicy ??= 'Delete';
    object.volumeBindingMode ??= 'Immediate';
  },
  validate: validateClass,
  validateUpdate: (object, old) => [
    ...validateClass(object),
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateImmutableField(object.parameters, old.parameters, parametersPath, printedMap(asSent(object, 'parameters'))),
    ...frozen.flatMap((field) => validateImmutableField(object[field], old[field], FieldPath.of(field))),
  ],
  warnings: (object) =>
    (object.allowedTopologies ?? []).flatMap((term, i) =>
      (term.matchLabelExpressions ?? []).flatMap(({ key }, n) => {
        const message = nodeLabelDeprecation(key);
        return message ? [`${topologiesPath.index(i).child('matchLabelExpressions').index(n).child('key')}: ${message}`] : [];
      }),
    ),
});
