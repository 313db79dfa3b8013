import { type FieldError, FieldPath, forbidden, invalid } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import type { ObjectMeta } from '../../meta/object.ts';
import { metaFields } from '../../meta/printed.ts';
import { asSent } from '../../meta/sent-empty.ts';
import {
  type ObjectMetaRules,
  validateAnnotations,
  validateLabels,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../../meta/validation.ts';

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);
const finalizersPath = FieldPath.of('metadata', 'finalizers');

/** Finalizers of the core kinds need a domain, unless Kubernetes defines them. */
function validateStandardFinalizers(meta: ObjectMeta): FieldError[] {
  return (meta.finalizers ?? []).flatMap((finalizer, i) => {
    if (finalizer.includes('/') || standardFinalizers.has(finalizer)) return [];
    return [invalid(finalizersPath.index(i), finalizer, 'name is neither a standard finalizer name nor is it fully qualified')];
  });
}

/** The metadata rules of core kinds and those that follow them (workloads too): the common ones and fully qualified finalizers. */
export function validateCoreMeta(meta: ObjectMeta | undefined, rules: ObjectMetaRules): FieldError[] {
  return [...validateObjectMeta(meta ?? {}, rules), ...validateStandardFinalizers(meta ?? {})];
}

export function validateCoreMetaUpdate(meta: ObjectMeta | undefined, old: ObjectMeta | undefined): FieldError[] {
  return [...validateObjectMetaUpdate(meta ?? {}, old ?? {}), ...validateStandardFinalizers(meta ?? {})];
}

/** A finalizer of a namespace's spec. */
export function validateFinalizerName(name: string, path: FieldPath): FieldError[] {
  const errors = isQualifiedName(name).map((message) => invalid(path, name, message));
  if (!name.includes('/') && !standardFinalizers.has(name)) {
    errors.push(invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
  return errors;
}

const templateMetaRefuses = metaFields.filter((name) => name !== 'labels' && name !== 'annotations');

// Numbers behind a pointer and lists are set also when they are zero or empty.
const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** The metadata of a template that objects are made of with names of their own: labels and annotations are all that it may have. */
export function validateTemplateMeta(meta: ObjectMeta | undefined, path: FieldPath): FieldError[] {
  const errors = [
    ...validateAnnotations(meta?.annotations, path.child('annotations')),
    ...validateLabels(meta?.labels, path.child('labels')),
  ];
  for (const name of templateMetaRefuses) {
    if (isSet(asSent(meta as Partial<Record<string, unknown>> | undefined, name)))
      errors.push(forbidden(path.child(name === 'uid' ? 'uID' : name), 'cannot be set'));
  }
  return errors;
}
