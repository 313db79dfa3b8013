/** The rules of metadata, label selectors and other parts that every kind has. */
import { semanticEqual } from './equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, invalidTyped, required, tooLong } from './field.ts';
import type { LabelSelectorObject } from './label-selector.ts';
import {
  formMessage,
  isDns1123Subdomain,
  isLabelValue,
  isQualifiedName,
  type NameCheck,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  negativeMessage,
} from './names.ts';
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from './object.ts';
import { byteLength, sorted } from './text.ts';

export const immutableMessage = 'field is immutable';
const maxAnnotationBytes = 256 * 1024;
const metadataPath = FieldPath.of('metadata');

type Messages = readonly string[];
const invalids = (path: FieldPath, value: unknown, messages: Messages): FieldError[] => messages.map((m) => invalid(path, value, m));

export interface ObjectMetaRules {
  readonly namespaced: boolean;
  /** Default: a DNS subdomain. */
  readonly nameFn?: NameCheck;
  /** Only the name that was made of it is judged. */
  readonly anyGenerateName?: boolean;
  /** Default: `metadata`. */
  readonly path?: FieldPath;
}

/** The metadata of a new object (its generated name filled in already). */
export function validateObjectMeta(
  meta: ObjectMeta,
  { namespaced, nameFn = nameIsDnsSubdomain, anyGenerateName = false, path = metadataPath }: ObjectMetaRules,
): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', generateName = '', namespace = '' } = meta;
  if (generateName !== '' && !anyGenerateName)
    errors.push(...invalids(path.child('generateName'), generateName, nameFn(generateName, true)));
  if (name === '') errors.push(required(path.child('name'), 'name or generateName is required'));
  else errors.push(...invalids(path.child('name'), name, nameFn(name, false)));
  if (namespaced && namespace === '') errors.push(required(path.child('namespace')));
  else if (namespaced) errors.push(...invalids(path.child('namespace'), namespace, nameIsDnsLabel(namespace, false)));
  else if (namespace !== '') errors.push(forbidden(path.child('namespace'), 'not allowed on this type'));
  errors.push(...validateNonNegative(meta.generation ?? 0, path.child('generation')));
  errors.push(...validateLabels(meta.labels, path.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences, path.child('ownerReferences')));
  errors.push(...validateFinalizers(meta.finalizers, path.child('finalizers')));
  errors.push(...validateManagedFields(meta.managedFields, path.child('managedFields')));
  return errors;
}

const immutableMetadata = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** The metadata of an update against that of the stored object. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path: FieldPath = metadataPath): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp) errors.push(...validateNoNewFinalizers(meta.finalizers, old.finalizers, path.child('finalizers')));
  if (!meta.resourceVersion) {
    errors.push(invalid(path.child('resourceVersion'), meta.resourceVersion ?? '', 'must be specified for an update'));
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid(path.child('generation'), meta.generation ?? 0, 'must not be decremented'));
  }
  for (const name of immutableMetadata) {
    if (meta[name] === old[name]) continue;
    const empty = name === 'name' || name === 'namespace' || name === 'uid' ? '' : null;
    errors.push(...validateImmutableField(meta[name] ?? empty, old[name] ?? empty, path.child(name)));
  }
  errors.push(...validateLabels(meta.labels, path.child('labels')));
  errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  errors.push(...validateOwnerReferences(meta.ownerReferences, path.child('ownerReferences')));
  errors.push(...validateManagedFields(meta.managedFields, path.child('managedFields')));
  return errors;
}

export function validateNonNegative(value: number, path: FieldPath): FieldError[] {
  return value < 0 ? [invalid(path, value, negativeMessage)] : [];
}

/** `field is immutable` unless both values mean the same. */
export function validateImmutableField(value: unknown, old: unknown, path: FieldPath, shown: unknown = value): FieldError[] {
  return semanticEqual(value, old) ? [] : [invalid(path, shown, immutableMessage)];
}

export function validateLabelName(name: string, path: FieldPath): FieldError[] {
  return invalids(path, name, isQualifiedName(name));
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const key in labels) {
    const value = labels[key]!;
    errors.push(...validateLabelName(key, path), ...invalids(path, value, isLabelValue(value)));
  }
  return errors;
}

export function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key in annotations) {
    const value = annotations[key]!;
    errors.push(...invalids(path, key, isQualifiedName(key.toLowerCase())));
    size += byteLength(key) + byteLength(value);
  }
  if (size > maxAnnotationBytes) errors.push(tooLong(path, maxAnnotationBytes));
  return errors;
}

export function validateOwnerReferences(references: readonly OwnerReference[] | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  let controller = '';
  for (const reference of references ?? []) {
    errors.push(...validateOwnerReference(reference, path));
    if (!reference.controller) continue;
    const name = `${reference.kind}/${reference.name}`;
    if (controller === '') controller = name;
    else {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      errors.push(invalid(path, (references ?? []).map(printedOwner), detail));
    }
  }
  return errors;
}

// In the order of Go's struct.
function printedOwner({ apiVersion, kind, name, uid, ...rest }: OwnerReference): object {
  const { controller, blockOwnerDeletion } = rest;
  return {
    apiVersion,
    kind,
    name,
    uid,
    ...(controller !== undefined && { controller }),
    ...(blockOwnerDeletion !== undefined && { blockOwnerDeletion }),
  };
}

function validateOwnerReference(reference: OwnerReference, path: FieldPath): FieldError[] {
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference;
  const errors: FieldError[] = [];
  const version = apiVersion.split('/').at(-1)!;
  if (version === '' || apiVersion.split('/').length > 2) {
    errors.push(invalid(path.child('apiVersion'), apiVersion, 'version must not be empty'));
  }
  if (kind === '') errors.push(invalid(path.child('kind'), kind, 'must not be empty'));
  if (name === '') errors.push(invalid(path.child('name'), name, 'must not be empty'));
  if (uid === '') errors.push(invalid(path.child('uid'), uid, 'must not be empty'));
  if (apiVersion === 'v1' && kind === 'Event') {
    errors.push(invalid(path, reference, '/v1, Kind=Event is disallowed from being an owner'));
  }
  return errors;
}

export function validateFinalizers(finalizers: readonly string[] | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const finalizer of finalizers ?? []) errors.push(...invalids(path, finalizer, isQualifiedName(finalizer)));
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

function validateNoNewFinalizers(finalizers: readonly string[] = [], old: readonly string[] = [], path: FieldPath): FieldError[] {
  const extra = sorted(new Set(finalizers.filter((finalizer) => !old.includes(finalizer))));
  if (extra.length === 0) return [];
  const list = `[]string{${extra.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
  return [forbidden(path, `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`)];
}

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/** A field manager's name, of managedFields and of request options. */
export function validateFieldManager(manager: string, path: FieldPath): FieldError[] {
  if (manager.length <= 42 && printable.test(manager)) return [];
  const errors = byteLength(manager) > 128 ? [tooLong(path, 128)] : [];
  let position = 0;
  for (const char of manager) {
    if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)) {
      const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid(path, manager, `invalid character U+${code} (at position ${position})`));
    }
    position += byteLength(char);
  }
  return errors;
}

export function validateManagedFields(entries: readonly ManagedFieldsEntry[] | undefined, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, entry] of (entries ?? []).entries()) {
    const at = path.index(i);
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      errors.push(invalid(at.child('operation'), entry.operation ?? '', 'must be `Apply` or `Update`'));
    }
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') {
      errors.push(invalid(at.child('fieldsType'), entry.fieldsType, 'must be `FieldsV1`'));
    }
    errors.push(...validateFieldManager(entry.manager ?? '', at.child('manager')));
    if (byteLength(entry.subresource ?? '') > 256) errors.push(tooLong(at.child('subresource'), 256));
  }
  return errors;
}

export interface LabelSelectorRules {
  /** Values that are no label values pass: for objects stored before they were checked. */
  readonly allowInvalidValues?: boolean;
  readonly allowUnknownOperators?: boolean;
}

export function validateLabelSelector(
  selector: LabelSelectorObject | null | undefined,
  path: FieldPath,
  { allowInvalidValues = false, allowUnknownOperators = false }: LabelSelectorRules = {},
): FieldError[] {
  if (!selector) return [];
  const errors = validateLabels(selector.matchLabels, path.child('matchLabels'));
  (selector.matchExpressions ?? []).forEach((requirement, i) => {
    const at = path.child('matchExpressions').index(i);
    errors.push(...validateLabelRequirement(requirement, at, { allowInvalidValues, allowUnknownOperators }));
  });
  return errors;
}

export interface SelectorRequirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

/** One requirement of a label selector. */
export function validateLabelRequirement(
  requirement: SelectorRequirement,
  path: FieldPath,
  { allowInvalidValues = false, allowUnknownOperators = false }: LabelSelectorRules = {},
): FieldError[] {
  const { key = '', values = [] } = requirement;
  const errors = validateOperator(requirement, path, allowUnknownOperators);
  errors.push(...validateLabelName(key, path.child('key')));
  if (!allowInvalidValues)
    errors.push(...values.flatMap((value, v) => invalids(path.child('values').index(v), value, isLabelValue(value))));
  return errors;
}

/** One requirement of a field selector, whose keys are paths and whose operators may be of a later version. */
export function validateFieldRequirement(requirement: SelectorRequirement, path: FieldPath): FieldError[] {
  const keyErrors = requirement.key ? [] : [required(path.child('key'), 'must be specified')];
  return [...keyErrors, ...validateOperator(requirement, path, true)];
}

// Whether the operator is known, and there are values where it takes some.
function validateOperator({ operator = '', values = [] }: SelectorRequirement, path: FieldPath, allowUnknown: boolean): FieldError[] {
  if (operator === 'In' || operator === 'NotIn') {
    return values.length > 0 ? [] : [required(path.child('values'), "must be specified when `operator` is 'In' or 'NotIn'")];
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    return values.length === 0
      ? []
      : [forbidden(path.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  }
  return allowUnknown ? [] : [invalidTyped(path.child('operator'), operator, 'not a valid selector operator')];
}

/** Whether a stored selector has values that are no label values, so that an update may keep them. */
export function hasInvalidLabelValue(selector: LabelSelectorObject | null | undefined): boolean {
  return (selector?.matchExpressions ?? []).some(({ values = [] }) => values.some((value) => isLabelValue(value).length > 0));
}

const pathForm = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const pathPattern = new RegExp(`^${pathForm}$`);

/** `acme.io/foo`: something in a domain. */
export function validateDomainPath(text: string, at: FieldPath): FieldError[] {
  if (text === '') return [required(at)];
  const slash = text.indexOf('/');
  const [domain, rest] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
  if (domain === '' || rest === '') return [invalid(at, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = isDns1123Subdomain(domain).map((message) => invalid(at, domain, message));
  if (!pathPattern.test(rest)) errors.push(invalid(at, rest, formMessage('Invalid path', pathForm)));
  return errors;
}
