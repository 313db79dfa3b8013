/** Validation of claims and claim templates. */
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimTemplate,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '../../../openapi/types.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { isDns1123Subdomain, isQualifiedName, nameIsDnsLabel, nameIsDnsSubdomain } from '../../meta/names.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { validateImmutableField, validateLabelSelector } from '../../meta/validation.ts';
import { validateCoreMeta, validateCoreMetaUpdate, validateTemplateMeta } from './core-meta.validation.ts';
import { isNativeResource, validateResourceAmount } from './resource-names.ts';
import { structDiff } from './struct-diff.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const volumeModes = ['Block', 'Filesystem'];
const specPath = FieldPath.of('spec');
const betaClass = 'volume.beta.kubernetes.io/storage-class';

const invalids = (path: FieldPath, value: unknown, messages: readonly string[]): FieldError[] =>
  messages.map((m) => invalid(path, value, m));

export function validateAccessModes(modes: readonly string[], path: FieldPath): FieldError[] {
  const errors = modes.filter((mode) => !accessModes.includes(mode)).map((mode) => notSupported(path, mode, accessModes));
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode))) {
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
  return errors;
}

export interface ClaimRules {
  readonly allowInvalidApiGroup?: boolean;
  readonly allowInvalidSelectorValues?: boolean;
}

export function validatePersistentVolumeClaimSpec(spec: PersistentVolumeClaimSpec, path: FieldPath, rules: ClaimRules = {}): FieldError[] {
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(required(path.child('accessModes'), 'at least 1 access mode is required'));
  errors.push(
    ...validateLabelSelector(spec.selector, path.child('selector'), { allowInvalidValues: rules.allowInvalidSelectorValues ?? false }),
  );
  errors.push(...validateAccessModes(modes, path.child('accessModes')));
  const at = path.child('resources').key('storage');
  const storage = spec.resources?.requests?.storage;
  if (storage === undefined) errors.push(required(at));
  else if (parseQuantity(storage).sign() <= 0) errors.push(invalid(at, storage, 'must be greater than zero'));
  else errors.push(...validateResourceAmount('storage', storage, at));
  if (spec.storageClassName)
    errors.push(...invalids(path.child('storageClassName'), spec.storageClassName, nameIsDnsSubdomain(spec.storageClassName, false)));
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode)) {
    errors.push(notSupported(path.child('volumeMode'), spec.volumeMode, volumeModes));
  }
  const { dataSource: source, dataSourceRef: reference } = spec;
  if (source) errors.push(...validateDataSource(source, path.child('dataSource'), rules));
  if (reference) errors.push(...validateDataSource(reference, path.child('dataSourceRef'), rules));
  if (reference?.namespace) {
    if (source) errors.push(sourceInvalid(path, 'may not be specified when dataSourceRef.namespace is specified'));
  } else if (source && reference && !sameSource(source, reference)) errors.push(sourceInvalid(path, 'must match dataSourceRef'));
  const attributes = spec.volumeAttributesClassName;
  if (attributes) errors.push(...invalids(path.child('volumeAttributesClassName'), attributes, nameIsDnsSubdomain(attributes, false)));
  return errors;
}

// The real server prints a path without visible fields as the bad value.
const sourceInvalid = (path: FieldPath, detail: string): FieldError => invalid(path, {}, detail);

const sameSource = (a: TypedLocalObjectReference, b: TypedObjectReference): boolean =>
  a.apiGroup === b.apiGroup && a.kind === b.kind && a.name === b.name;

function validateDataSource(source: TypedObjectReference, path: FieldPath, rules: ClaimRules): FieldError[] {
  const { name, kind, namespace } = source;
  const apiGroup = source.apiGroup ?? '';
  const errors: FieldError[] = [];
  if (!name) errors.push(required(path.child('name')));
  if (!kind) errors.push(required(path.child('kind')));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    errors.push(invalid(path, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  if (apiGroup !== '' && !rules.allowInvalidApiGroup)
    errors.push(...invalids(path.child('apiGroup'), apiGroup, isDns1123Subdomain(apiGroup)));
  if (namespace) errors.push(...invalids(path.child('namespace'), namespace, nameIsDnsLabel(namespace, false)));
  return errors;
}

/** The template of an ephemeral volume's claim: labels and annotations are all the metadata that it may have. */
export function validatePersistentVolumeClaimTemplate(template: PersistentVolumeClaimTemplate, path: FieldPath): FieldError[] {
  return [
    ...validateTemplateMeta(template.metadata, path.child('metadata')),
    ...validatePersistentVolumeClaimSpec(template.spec ?? ({} as PersistentVolumeClaimSpec), path.child('spec')),
  ];
}

export function validateClaim(claim: PersistentVolumeClaim, rules: ClaimRules = {}): FieldError[] {
  const spec = claim.spec ?? ({} as PersistentVolumeClaimSpec);
  return [...validateCoreMeta(claim.metadata, { namespaced: true }), ...validatePersistentVolumeClaimSpec(spec, specPath, rules)];
}

const immutableWords = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const rules = {
    allowInvalidApiGroup: Boolean(old.spec?.dataSource?.apiGroup || old.spec?.dataSourceRef?.apiGroup),
    allowInvalidSelectorValues: validateLabelSelector(old.spec?.selector, specPath).length > 0,
  };
  const errors = [...validateCoreMetaUpdate(claim.metadata, old.metadata), ...validateClaim(claim, rules)];
  const now = claim.spec!;
  const before = old.spec!;
  const bound = claim.status?.phase === 'Bound';
  const comparable: PersistentVolumeClaimSpec = { ...now };
  const oldComparable: PersistentVolumeClaimSpec = { ...before };
  if (!before.volumeName && now.volumeName) oldComparable.volumeName = now.volumeName;
  const beta = old.metadata?.annotations?.[betaClass];
  const newBeta = claim.metadata?.annotations?.[betaClass];
  const moves =
    beta !== undefined &&
    before.storageClassName === undefined &&
    now.storageClassName === beta &&
    (newBeta === undefined || newBeta === beta);
  if (!moves) {
    if ((newBeta ?? '') !== (beta ?? ''))
      errors.push(...validateImmutableField(newBeta ?? '', beta ?? '', FieldPath.of('metadata', 'annotations', betaClass)));
  }
  if (
    moves ||
    (before.storageClassName === undefined && now.storageClassName !== undefined && (beta === undefined || now.storageClassName === beta))
  ) {
    comparable.storageClassName = before.storageClassName;
  }
  if (bound) {
    if (now.resources?.requests) {
      comparable.resources = {
        ...now.resources,
        requests: { ...now.resources.requests, storage: before.resources?.requests?.storage ?? '0' },
      };
    }
    comparable.volumeAttributesClassName = before.volumeAttributesClassName;
  }
  if (!semanticEqual(comparable, oldComparable)) {
    errors.push(forbidden(specPath, `${immutableWords}\n${structDiff('PersistentVolumeClaimSpec', oldComparable, comparable)}`));
  }
  errors.push(...validateShrink(claim, old));
  errors.push(...validateImmutableField(now.volumeMode, before.volumeMode, FieldPath.of('volumeMode')));
  return [...errors, ...validateAttributesChange(claim, old)];
}

// After a failed expansion a claim may ask for less again, but for more than it has.
function validateShrink(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const size = parseQuantity(claim.spec?.resources?.requests?.storage ?? '0');
  const before = parseQuantity(old.spec?.resources?.requests?.storage ?? '0');
  if (size.compare(before) >= 0 || size.compare(parseQuantity(old.status?.capacity?.storage ?? '0')) > 0) return [];
  return [forbidden(specPath.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity')];
}

function validateAttributesChange(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const name = claim.spec?.volumeAttributesClassName;
  if (name === old.spec?.volumeAttributesClassName || old.status?.currentVolumeAttributesClassName === undefined || name) return [];
  const what = name === undefined ? 'nil' : 'empty string';
  const detail = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`;
  return [forbidden(specPath.child('volumeAttributesClassName'), detail)];
}

const resizeStatuses = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
].sort();

export function validateClaimStatusUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const errors = validateCoreMetaUpdate(claim.metadata, old.metadata);
  if ((claim.spec?.accessModes ?? []).length === 0) errors.push(required(FieldPath.of('Spec', 'accessModes')));
  const status = claim.status ?? {};
  for (const [name, text] of Object.entries(status.capacity ?? {})) {
    errors.push(...validateBasicAmount(text, FieldPath.of('status', 'capacity').key(name)));
  }
  const statuses = FieldPath.of('status', 'allocatedResourceStatuses');
  for (const [name, value] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    errors.push(...validateResourceKey(name, statuses));
    if (!resizeStatuses.includes(value)) errors.push(notSupported(statuses, name, resizeStatuses));
  }
  const allocated = FieldPath.of('status', 'allocatedResources');
  for (const [name, text] of Object.entries(status.allocatedResources ?? {})) {
    const own = validateResourceKey(name, allocated);
    if (own.length === 0) own.push(...validateBasicAmount(text, allocated.key(name)));
    errors.push(...(own.length > 0 ? own : validateResourceAmount('storage', text, allocated.key(name))));
  }
  return errors;
}

export function validateBasicAmount(text: string, path: FieldPath): FieldError[] {
  const amount = parseQuantity(text);
  return amount.sign() < 0 ? [invalid(path, amount.value(), 'must be a valid resource quantity')] : [];
}

function validateResourceKey(name: string, path: FieldPath): FieldError[] {
  const errors = invalids(path, name, isQualifiedName(name));
  if (errors.length === 0 && isNativeResource(name) && name !== 'storage') errors.push(notSupported(path, name, ['storage']));
  return errors;
}
