import type { CounterSet, ResourcePool, ResourceSlice, ResourceSliceSpec } from '../../../openapi/types.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { validateNodeSelector } from '../../core/v1/scheduling.validation.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { isDns1123Subdomain } from '../../meta/names.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { validateImmutableField } from '../../meta/validation.ts';
import { validateCounters, validateDevice } from './device.validation.ts';
import { validateDriver, validateLabelText, validateList, validatePoolName } from './names.validation.ts';

const path = FieldPath.of('spec');
const maxDevices = 128;
const maxAdvancedDevices = 64;
const maxCounterSets = 8;
const onePlace = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

export function validateSlice({ spec = {} as ResourceSliceSpec }: ResourceSlice, old?: ResourceSlice): FieldError[] {
  const errors = [...validateDriver(spec.driver, path.child('driver')), ...validatePool(spec.pool, path.child('pool'))];
  if (old) {
    const before = old.spec ?? ({} as ResourceSliceSpec);
    errors.push(...validateImmutableField(spec.pool?.name, before.pool?.name, path.child('pool', 'name')));
    errors.push(...validateImmutableField(spec.driver, before.driver, path.child('driver')));
    errors.push(...validateImmutableField(spec.nodeName, before.nodeName, path.child('nodeName')));
  }
  errors.push(...validatePlace(spec));
  if (asSent(spec, 'sharedCounters') !== undefined && asSent(spec, 'devices') !== undefined) {
    errors.push(invalid(path, '', 'only one of `sharedCounters` or `devices` is allowed'));
  }
  const advanced = (spec.devices ?? []).some(({ taints, consumesCounters }) => taints?.length || consumesCounters?.length);
  const isOld = (name: string) => old?.spec?.devices?.find((device) => device.name === name);
  return [
    ...errors,
    ...validateList(
      spec.devices,
      advanced ? maxAdvancedDevices : maxDevices,
      (device, at) => validateDevice(device, isOld(device.name), spec.perDeviceNodeSelection === true, at),
      path.child('devices'),
      ({ name }) => name,
    ),
    ...validateList(spec.sharedCounters, maxCounterSets, validateCounterSet, path.child('sharedCounters'), ({ name }) => name),
  ];
}

function validatePool({ name, resourceSliceCount = 0, generation = 0 }: ResourcePool = {} as ResourcePool, at: FieldPath): FieldError[] {
  const errors = validatePoolName(name, at.child('name'));
  if (resourceSliceCount <= 0) errors.push(invalid(at.child('resourceSliceCount'), resourceSliceCount, 'must be greater than zero'));
  if (generation < 0) errors.push(invalid(at.child('generation'), generation, 'must be greater than or equal to zero'));
  return errors;
}

/** Where the devices are: one way of saying it. */
function validatePlace({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }: ResourceSliceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.push(...isDns1123Subdomain(nodeName).map((message) => invalid(path.child('nodeName'), nodeName, message)));
  } else if (nodeName === '') errors.push(invalid(path.child('nodeName'), nodeName, 'must be either unset or set to a non-empty string'));
  if (nodeSelector) {
    set.push('`nodeSelector`');
    errors.push(...validateNodeSelector(nodeSelector, path.child('nodeSelector'), true));
    const terms = nodeSelector.nodeSelectorTerms ?? [];
    if (terms.length !== 1) {
      const shown = asSent(nodeSelector, 'nodeSelectorTerms')?.map((term) => internalForm('NodeSelectorTerm', term));
      errors.push(invalid(path.child('nodeSelector', 'nodeSelectorTerms'), shown, 'must have exactly one node selector term'));
    }
  }
  for (const [name, value] of Object.entries({ allNodes, perDeviceNodeSelection })) {
    if (value) set.push(`\`${name}\``);
    else if (value === false) errors.push(invalid(path.child(name), value, 'must be either unset or set to true'));
  }
  if (set.length === 0) errors.push(required(path, onePlace));
  if (set.length > 1) errors.push(invalid(path, `{${set.join(', ')}}`, `${onePlace}, but multiple fields are set`));
  return errors;
}

function validateCounterSet({ name = '', counters }: CounterSet, at: FieldPath): FieldError[] {
  const errors = name === '' ? [required(at.child('name'))] : validateLabelText(name, at.child('name'));
  return [...errors, ...validateCounters(counters, at.child('counters'))];
}
