import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaimConsumerReference,
  ResourceV1ResourceClaim,
} from '../../../openapi/types.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { validateNodeSelector } from '../../core/v1/scheduling.validation.ts';
import { validateConditions } from '../../meta/conditions.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required, tooLong, tooMany } from '../../meta/field.ts';
import { validateInterfaceAddress } from '../../meta/ip.ts';
import { byteLength } from '../../meta/text.ts';
import { immutableMessage } from '../../meta/validation.ts';
import { validateBindingConditions } from './binding-conditions.validation.ts';
import { validateConfiguration, validateData } from './configuration.validation.ts';
import { validateDriver, validateLabelText, validateList, validatePoolName, validateShareID } from './names.validation.ts';
import {
  maxConfigurations,
  maxRequests,
  requestNames,
  validateRequestReference,
  validateRequestReferences,
} from './resourceclaim.validation.ts';

const path = FieldPath.of('status');
const maxConsumers = 256;
const maxConditions = 8;
const maxAddresses = 16;
const maxInterfaceNameBytes = 256;
const maxHardwareAddressBytes = 128;
const configurationSources = ['FromClaim', 'FromClass'];

interface DeviceID {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly shareID?: string;
}

/** A device as messages print it. */
export function deviceKey({ driver, pool, device, shareID }: DeviceID): string {
  const id = `${driver}/${pool}/${device}`;
  return shareID ? `${id}/${shareID}` : id;
}

export function validateStatus(object: ResourceV1ResourceClaim, old: ResourceV1ResourceClaim): FieldError[] {
  const { allocation, reservedFor = [], devices } = object.status ?? {};
  const names = requestNames(object.spec?.devices?.requests);
  const allocated = new Set((allocation?.devices?.results ?? []).map(deviceKey));
  const reservedPath = path.child('reservedFor');
  const errors = [
    ...validateList(reservedFor, maxConsumers, validateConsumer, reservedPath, ({ uid }) => uid),
    ...validateList(devices, undefined, (device, at) => validateDevice(device, allocated, at), path.child('devices'), deviceKey, shownID),
  ];
  if (reservedFor.length > 0) {
    const before = old.status?.reservedFor ?? [];
    const isNew = (consumer: ResourceClaimConsumerReference) => !before.some((one) => semanticEqual(one, consumer));
    if (!allocation) errors.push(forbidden(reservedPath, 'may not be specified when `allocated` is not set'));
    else if (object.metadata?.deletionTimestamp && reservedFor.some(isNew)) {
      const detail = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
      errors.push(forbidden(reservedPath, detail));
    }
  }
  const at = path.child('allocation');
  if (allocation && old.status?.allocation) {
    if (!semanticEqual(allocation, old.status.allocation)) {
      errors.push(invalid(at, internalForm('AllocationResult', allocation), immutableMessage));
    }
  } else if (allocation) errors.push(...validateAllocation(allocation, names, at));
  return errors;
}

function validateConsumer(reference: ResourceClaimConsumerReference, at: FieldPath): FieldError[] {
  return (['resource', 'name', 'uid'] as const).filter((name) => !reference[name]).map((name) => required(at.child(name)));
}

function validateDevice(device: AllocatedDeviceStatus, allocated: ReadonlySet<string>, at: FieldPath): FieldError[] {
  const errors = [...validateDeviceID(device, at), ...validateShareID(device.shareID, at.child('shareID'))];
  if (!allocated.has(deviceKey(device))) errors.push(invalid(at, shownID(device), 'must be an allocated device in the claim'));
  const conditions = device.conditions as Parameters<typeof validateConditions>[0];
  if ((conditions?.length ?? 0) > maxConditions) errors.push(tooMany(at.child('conditions'), conditions!.length, maxConditions));
  errors.push(...validateConditions(conditions, at.child('conditions')));
  if (device.data !== undefined && device.data !== null) errors.push(...validateData(device.data, at.child('data'), false));
  return [...errors, ...validateNetworkData(device.networkData, at.child('networkData'))];
}

// As Go's struct prints.
function shownID({ driver, pool, device, shareID }: DeviceID): object {
  return { Driver: driver, Pool: pool, Device: device, ShareID: shareID ?? '' };
}

function validateDeviceID({ driver, pool, device }: DeviceID, at: FieldPath): FieldError[] {
  return [
    ...validateDriver(driver, at.child('driver')),
    ...validatePoolName(pool, at.child('pool')),
    ...validateLabelText(device, at.child('device')),
  ];
}

function validateNetworkData(data: NetworkDeviceData | undefined, at: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (byteLength(data?.interfaceName ?? '') > maxInterfaceNameBytes) {
    errors.push(tooLong(at.child('interfaceName'), maxInterfaceNameBytes));
  }
  if (byteLength(data?.hardwareAddress ?? '') > maxHardwareAddressBytes) {
    errors.push(tooLong(at.child('hardwareAddress'), maxHardwareAddressBytes));
  }
  const check = (address: string, place: FieldPath) => validateInterfaceAddress(place, address);
  return [...errors, ...validateList(data?.ips, maxAddresses, check, at.child('ips'), (address) => address)];
}

function validateAllocation({ devices, nodeSelector }: AllocationResult, names: ReadonlySet<string>, at: FieldPath): FieldError[] {
  const place = at.child('devices');
  return [
    ...validateList(devices?.results, maxRequests, (result, p) => validateResult(result, names, p), place.child('results')),
    ...validateList(
      devices?.config,
      2 * maxConfigurations,
      (config, p) => validateAllocationConfiguration(config, names, p),
      place.child('config'),
    ),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, at.child('nodeSelector'), true) : []),
  ];
}

function validateResult(result: DeviceRequestAllocationResult, names: ReadonlySet<string>, at: FieldPath): FieldError[] {
  return [
    ...validateRequestReference(result.request ?? '', names, at.child('request')),
    ...validateDeviceID(result, at),
    ...validateBindingConditions(result, at),
    ...validateShareID(result.shareID, at.child('shareID')),
  ];
}

function validateAllocationConfiguration(config: DeviceAllocationConfiguration, names: ReadonlySet<string>, at: FieldPath): FieldError[] {
  const { source = '', requests } = config;
  const errors: FieldError[] = [];
  if (source === '') errors.push(required(at.child('source')));
  else if (!configurationSources.includes(source)) errors.push(notSupported(at.child('source'), source, configurationSources));
  return [...errors, ...validateRequestReferences(requests, names, at.child('requests')), ...validateConfiguration(config, at, false)];
}
