/** Which names of resources there are, and where each may stand. */
import { type FieldError, type FieldPath, invalid, invalidTyped } from '../../meta/field.ts';
import { isQualifiedName } from '../../meta/names.ts';
import { parseQuantity } from '../../meta/quantity.ts';

const containerResources = new Set(['cpu', 'memory', 'ephemeral-storage']);
const quotaObjects = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const requestsAndLimits = [
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];
const standardResources = new Set([...containerResources, 'storage', ...quotaObjects, ...requestsAndLimits]);
const quotaResources = new Set([...containerResources, ...quotaObjects, ...requestsAndLimits]);
const integerResources = new Set(quotaObjects);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
export const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith('requests.hugepages-');

/** Resources that Kubernetes itself defines: without a domain, or in kubernetes.io. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** Requests may be lower than limits. */
export function isOvercommitAllowed(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name);
}

/** Resources of devices and such, which belong to a domain and are counted in whole units. */
export function isExtendedResource(name: string): boolean {
  if (isNativeResource(name) || name.startsWith('requests.')) return false;
  return isQualifiedName(`requests.${name}`).length === 0;
}

export function isIntegerResource(name: string): boolean {
  return integerResources.has(name) || isExtendedResource(name);
}

export function isStandardContainerResource(name: string): boolean {
  return containerResources.has(name) || isHugePages(name);
}

export function isStandardQuotaResource(name: string): boolean {
  return quotaResources.has(name) || isQuotaHugePages(name);
}

export function isStandardResource(name: string): boolean {
  return standardResources.has(name) || isQuotaHugePages(name);
}

/** A name that some list of resources may have. */
export function validateResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = isQualifiedName(name).map((message) => invalidTyped(path, name, message));
  if (errors.length === 0 && !name.includes('/') && !isStandardResource(name)) {
    errors.push(invalidTyped(path, name, 'must be a standard resource type or fully qualified'));
  }
  return errors;
}

export function validateContainerResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = validateResourceName(name, path);
  if (!name.includes('/')) {
    if (!isStandardContainerResource(name)) errors.push(invalidTyped(path, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(invalidTyped(path, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

/** The amount of a resource: not negative, and whole where only whole ones make sense. */
export function validateResourceAmount(name: string, text: string, path: FieldPath): FieldError[] {
  const amount = parseQuantity(text);
  const errors = amount.sign() < 0 ? [invalid(path, amount.toString(), 'must be greater than or equal to 0')] : [];
  if (isIntegerResource(name) && amount.milliValue() % 1000 !== 0) errors.push(invalid(path, amount.toString(), 'must be an integer'));
  return errors;
}

// Zero where the name states none.
function pageSize(name: string): bigint {
  try {
    return parseQuantity(name.slice('hugepages-'.length)).scaledBigInt(0);
  } catch {
    return 0n;
  }
}

/** Whether an amount of huge pages is a positive multiple of the page size that the name states. */
export function isHugePageMultiple(name: string, text: string): boolean {
  const size = pageSize(name);
  const amount = parseQuantity(text);
  return size > 0n && amount.isInteger() && amount.scaledBigInt(0) % size === 0n;
}
