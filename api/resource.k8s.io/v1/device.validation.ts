import type { Device, DeviceAttribute, DeviceCounterConsumption, DeviceTaint } from '../../../openapi/types.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { validateNodeSelector } from '../../core/v1/scheduling.validation.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, type FieldPath, invalid, notSupported, required, tooLong, tooMany } from '../../meta/field.ts';
import { isDns1123Subdomain, isLabelValue, isQualifiedName } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';
import { validateBindingConditions } from './binding-conditions.validation.ts';
import { validateCapacity } from './capacity.validation.ts';
import { validateAttributeName, validateLabelText, validateList } from './names.validation.ts';
import { taintEffects } from './resourceclaim.validation.ts';

const maxProperties = 32;
const maxAttributeValues = 48;
const maxKeyBytes = 63 + 1 + 32;
const maxValueBytes = 64;
const maxTaints = 16;
const maxConsumptions = 2;
const maxCounters = 32;
const identifier = '(0|[1-9]\\d*)';
const prerelease = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const build = '[0-9a-zA-Z-]+';
const semanticVersion = new RegExp(
  `^${identifier}\\.${identifier}\\.${identifier}(-${prerelease}(\\.${prerelease})*)?(\\+${build}(\\.${build})*)?$`,
);
const onePlace =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
const noPlace =
  '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';

/** @param placed whether each device says where it is */
export function validateDevice(device: Device, old: Device | undefined, placed: boolean, path: FieldPath): FieldError[] {
  const { attributes = {}, capacity = {}, taints, allowMultipleAllocations = false } = device;
  const errors = validateLabelText(device.name, path.child('name'));
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  if (count > maxProperties) {
    errors.push(invalid(path, count, `the total number of attributes and capacities must not exceed ${maxProperties}`));
  }
  const values = Object.keys(attributes).length;
  if (values > maxAttributeValues) {
    errors.push(invalid(path, values, `the total number of attribute values must not exceed ${maxAttributeValues}`));
  }
  errors.push(...validateMap(attributes, validateAttributeName, validateAttribute, maxKeyBytes, path.child('attributes')));
  const checkCapacity = (value: NonNullable<Device['capacity']>[string], at: FieldPath) =>
    validateCapacity(value, allowMultipleAllocations, at);
  errors.push(...validateMap(capacity, validateAttributeName, checkCapacity, maxKeyBytes, path.child('capacity')));
  if (!old || !semanticEqual(old.taints, taints)) errors.push(...validateList(taints, maxTaints, validateTaint, path.child('taints')));
  const place = path.child('consumesCounters');
  errors.push(...validateList(device.consumesCounters, maxConsumptions, validateConsumption, place, ({ counterSet }) => counterSet));
  return [...errors, ...validatePlace(device, placed, path), ...validateBindingConditions(device, path)];
}

function validateMap<T>(
  map: Readonly<Record<string, T>>,
  checkKey: (key: string, path: FieldPath) => FieldError[],
  check: (value: T, path: FieldPath) => FieldError[],
  shownBytes: number,
  path: FieldPath,
): FieldError[] {
  return Object.entries(map).flatMap(([key, value]) => [...checkKey(key, path), ...check(value, path.key(shortened(key, shownBytes)))]);
}

// Long keys lose their middle.
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const left = most - 3;
  return `${text.slice(0, Math.floor((left + 1) / 2))}...${text.slice(text.length - Math.floor(left / 2))}`;
}

function validateAttribute(attribute: DeviceAttribute, path: FieldPath): FieldError[] {
  const { bool, int, string, version } = attribute;
  const errors: FieldError[] = [];
  if (string !== undefined && byteLength(string) > maxValueBytes) errors.push(tooLong(path.child('string'), maxValueBytes));
  if (version !== undefined) {
    const at = path.child('version');
    if (!semanticVersion.test(version)) errors.push(invalid(at, version, 'must be a string compatible with semver.org spec 2.0.0'));
    if (byteLength(version) > maxValueBytes) errors.push(tooLong(at, maxValueBytes));
  }
  const set = [bool, int, string, version].filter((value) => value !== undefined).length;
  if (set === 0) errors.push(invalid(path, '', 'exactly one value must be specified'));
  if (set > 1) errors.push(invalid(path, internalForm('DeviceAttribute', attribute), 'exactly one value must be specified'));
  return errors;
}

function validateTaint({ key = '', value = '', effect = '' }: DeviceTaint, path: FieldPath): FieldError[] {
  const errors = isQualifiedName(key).map((message) => invalid(path.child('key'), key, message));
  errors.push(...isLabelValue(value).map((message) => invalid(path.child('value'), value, message)));
  if (effect === '') errors.push(required(path.child('effect')));
  else if (!taintEffects.includes(effect)) errors.push(notSupported(path.child('effect'), effect, taintEffects));
  return errors;
}

function validateConsumption({ counterSet = '', counters }: DeviceCounterConsumption, path: FieldPath): FieldError[] {
  const at = path.child('counterSet');
  const errors = counterSet === '' ? [required(at)] : validateLabelText(counterSet, at);
  return [...errors, ...validateCounters(counters, path.child('counters'))];
}

/** Named counters: some, and not too many. */
export function validateCounters(counters: Readonly<Record<string, unknown>> | undefined, path: FieldPath): FieldError[] {
  const names = Object.keys(counters ?? {});
  if (names.length === 0) return [required(path)];
  if (names.length > maxCounters) return [tooMany(path, names.length, maxCounters)];
  return names.flatMap((name) => validateLabelText(name, path));
}

function validatePlace({ nodeName, nodeSelector, allNodes }: Device, placed: boolean, path: FieldPath): FieldError[] {
  if (!placed) {
    const set = nodeName !== undefined || nodeSelector !== undefined || allNodes !== undefined;
    return set ? [invalid(path, null, noPlace)] : [];
  }
  const errors: FieldError[] = [];
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.push(...isDns1123Subdomain(nodeName).map((message) => invalid(path.child('nodeName'), nodeName, message)));
  } else if (nodeName === '') errors.push(invalid(path.child('nodeName'), nodeName, 'must not be empty'));
  if (nodeSelector) {
    set.push('`nodeSelector`');
    errors.push(...validateNodeSelector(nodeSelector, path.child('nodeSelector'), true));
  }
  if (allNodes) set.push('`allNodes`');
  else if (allNodes === false) errors.push(invalid(path.child('allNodes'), allNodes, 'must be either unset or set to true'));
  if (set.length === 0) errors.push(required(path, onePlace));
  if (set.length > 1) errors.push(invalid(path, `{${set.join(', ')}}`, onePlace));
  return errors;
}
