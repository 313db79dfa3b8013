import type {
  DeviceClaimConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
  ResourceClaimSpec,
} from '../../../openapi/types.ts';
import { type FieldError, type FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { isDns1123Subdomain, isLabelValue, isQualifiedName } from '../../meta/names.ts';
import { validateConfiguration, validateSelectors } from './configuration.validation.ts';
import { validateFullAttributeName, validateLabelText, validateList } from './names.validation.ts';

export const maxRequests = 32;
const maxConstraints = 32;
export const maxConfigurations = 32;
const maxAlternatives = 8;
const modes = ['All', 'ExactCount'];
const tolerationOperators = ['Equal', 'Exists'];
export const taintEffects: readonly string[] = ['NoExecute', 'NoSchedule', 'None'];
const eitherForm = 'exactly one of `exactly` or `firstAvailable` is required';

export function validateClaimSpec({ devices }: ResourceClaimSpec = {}, path: FieldPath): FieldError[] {
  const at = path.child('devices');
  const names = requestNames(devices?.requests);
  return [
    ...validateList(devices?.requests, maxRequests, validateRequest, at.child('requests'), ({ name }) => name),
    ...validateList(
      devices?.constraints,
      maxConstraints,
      (constraint, place) => validateConstraint(constraint, names, place),
      at.child('constraints'),
    ),
    ...validateList(
      devices?.config,
      maxConfigurations,
      (config, place) => validateClaimConfiguration(config, names, place),
      at.child('config'),
    ),
  ];
}

/** What may refer to requests: their names, and `name/subrequest` of those with alternatives. */
export function requestNames(requests: readonly DeviceRequest[] | undefined): ReadonlySet<string> {
  const subrequests = (request: DeviceRequest) => (request.firstAvailable ?? []).map(({ name }) => `${request.name}/${name}`);
  return new Set((requests ?? []).flatMap((request) => [request.name, ...subrequests(request)]));
}

export function validateRequestReferences(
  references: readonly string[] | undefined,
  names: ReadonlySet<string>,
  path: FieldPath,
): FieldError[] {
  return validateList(
    references,
    maxRequests,
    (name, at) => validateRequestReference(name, names, at),
    path,
    (name) => name,
  );
}

export function validateRequestReference(name: string, names: ReadonlySet<string>, path: FieldPath): FieldError[] {
  const unknown = invalid(
    path,
    name,
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
  );
  const segments = name.split('/');
  if (segments.length > 2) return [unknown];
  const errors = segments.flatMap((segment) => validateLabelText(segment, path));
  return names.has(name) ? errors : [...errors, unknown];
}

function validateRequest({ name, exactly, firstAvailable }: DeviceRequest, path: FieldPath): FieldError[] {
  const errors = validateLabelText(name, path.child('name'));
  if (firstAvailable?.length && exactly) {
    errors.push(invalid(path, null, `${eitherForm}, but multiple fields are set`));
  } else if (firstAvailable?.length) {
    errors.push(...validateList(firstAvailable, maxAlternatives, validateSubRequest, path.child('firstAvailable'), (sub) => sub.name));
  } else if (exactly) errors.push(...validateDevices(exactly, path.child('exactly')));
  else errors.push(required(path, eitherForm));
  return errors;
}

function validateSubRequest(request: DeviceSubRequest, path: FieldPath): FieldError[] {
  return [...validateLabelText(request.name, path.child('name')), ...validateDevices(request, path)];
}

/** What both forms of a request ask for. */
function validateDevices(request: ExactDeviceRequest | DeviceSubRequest, path: FieldPath): FieldError[] {
  const { deviceClassName = '', allocationMode = '', count = 0 } = request;
  const at = path.child('deviceClassName');
  const errors =
    deviceClassName === '' ? [required(at)] : isDns1123Subdomain(deviceClassName).map((message) => invalid(at, deviceClassName, message));
  errors.push(...validateSelectors(request.selectors, path.child('selectors')));
  if (allocationMode === 'All') {
    if (count !== 0) errors.push(invalid(path.child('count'), count, "must not be specified when allocationMode is 'All'"));
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.push(invalid(path.child('count'), count, 'must be greater than zero'));
  } else errors.push(notSupported(path.child('allocationMode'), allocationMode, modes));
  return [...errors, ...(request.tolerations ?? []).flatMap((one, i) => validateToleration(one, path.child('tolerations').index(i)))];
}

function validateToleration({ key = '', operator = '', value = '', effect = '' }: DeviceToleration, path: FieldPath): FieldError[] {
  const errors = key === '' ? [] : isQualifiedName(key).map((message) => invalid(path.child('key'), key, message));
  const at = path.child('value');
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(at, value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') errors.push(...isLabelValue(value).map((message) => invalid(at, value, message)));
  else if (operator === '') errors.push(required(path.child('operator')));
  else errors.push(notSupported(path.child('operator'), operator, tolerationOperators));
  if (effect !== '' && !taintEffects.includes(effect)) errors.push(notSupported(path.child('effect'), effect, taintEffects));
  return errors;
}

function validateConstraint(constraint: DeviceConstraint, names: ReadonlySet<string>, path: FieldPath): FieldError[] {
  const { requests, matchAttribute, distinctAttribute } = constraint;
  const errors = validateRequestReferences(requests, names, path.child('requests'));
  if (matchAttribute !== undefined) errors.push(...validateFullAttributeName(matchAttribute, path.child('matchAttribute')));
  else if (distinctAttribute !== undefined) {
    errors.push(...validateFullAttributeName(distinctAttribute, path.child('distinctAttribute')));
  } else {
    const detail = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';
    errors.push(required(path, detail));
  }
  return errors;
}

function validateClaimConfiguration(config: DeviceClaimConfiguration, names: ReadonlySet<string>, path: FieldPath): FieldError[] {
  return [...validateRequestReferences(config.requests, names, path.child('requests')), ...validateConfiguration(config, path, false)];
}
