import type { CSIStorageCapacity } from '../../../openapi/types.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid } from '../../meta/field.ts';
import { isDns1123Subdomain, negativeMessage } from '../../meta/names.ts';
import { printedSelector } from '../../meta/printed.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { hasInvalidLabelValue, validateImmutableField, validateLabelSelector } from '../../meta/validation.ts';

function validateAmount(text: string | undefined, path: FieldPath): FieldError[] {
  if (text === undefined) return [];
  const amount = parseQuantity(text);
  return amount.sign() < 0 ? [invalid(path, amount.toString(), negativeMessage)] : [];
}

function validateCapacity(object: CSIStorageCapacity, allowInvalidValues: boolean): FieldError[] {
  const name = object.storageClassName ?? '';
  return [
    ...validateCoreMeta(object.metadata, { namespaced: true }),
    ...validateLabelSelector(object.nodeTopology, FieldPath.of('nodeTopology'), { allowInvalidValues }),
    ...isDns1123Subdomain(name).map((message) => invalid('storageClassName', name, message)),
    ...validateAmount(object.capacity, FieldPath.of('capacity')),
  ];
}

/** CSIStorageCapacities. Compared with v1.36.3: selector, class, what stays. */
export const csiStorageCapacity = defineResource<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  scope: 'Namespaced',
  schema: 'io.k8s.api.storage.v1.CSIStorageCapacity',
  allowUnconditionalUpdate: false,
  validate: (object) => validateCapacity(object, false),
  validateUpdate: (object, old) => [
    ...validateCapacity(object, hasInvalidLabelValue(old.nodeTopology)),
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateImmutableField(object.nodeTopology, old.nodeTopology, FieldPath.of('nodeTopology'), printedSelector(object.nodeTopology)),
    ...validateImmutableField(object.storageClassName, old.storageClassName, FieldPath.of('storageClassName')),
  ],
});
