import type { CapacityRequestPolicy, CapacityRequestPolicyRange, DeviceCapacity } from '../../../openapi/types.ts';
import { type FieldError, type FieldPath, forbidden, invalid, required } from '../../meta/field.ts';
import { parseQuantity, type Quantity } from '../../meta/quantity.ts';
import { validateList } from './names.validation.ts';

const maxValues = 10;

/** @param shared whether several claims may take a part each, which is what a policy is for */
export function validateCapacity({ value, requestPolicy }: DeviceCapacity, shared: boolean, path: FieldPath): FieldError[] {
  if (!requestPolicy) return [];
  const at = path.child('requestPolicy');
  return shared ? validatePolicy(parseQuantity(value), requestPolicy, at) : [forbidden(at, 'allowMultipleAllocations must be true')];
}

function validatePolicy(most: Quantity, policy: CapacityRequestPolicy, path: FieldPath): FieldError[] {
  const { validValues = [], validRange } = policy;
  if (validValues.length > 0 && validRange) {
    return [forbidden(path, 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time')];
  }
  const field = validValues.length > 0 ? 'validValues' : validRange ? 'validRange' : undefined;
  if (!field) return [];
  if (policy.default == null) return [required(path.child('default'), `required when ${field} is defined`)];
  const standard = parseQuantity(policy.default);
  return validRange
    ? validateRange(standard, most, validRange, path.child(field))
    : validateValues(standard, most, validValues.map(parseQuantity), path.child(field));
}

function validateValues(standard: Quantity, most: Quantity, values: readonly Quantity[], path: FieldPath): FieldError[] {
  const errors = values.flatMap((value, i) =>
    i > 0 && values[i - 1]!.compare(value) > 0 ? [invalid(path.index(i), String(value), 'values must be sorted in ascending order')] : [],
  );
  const check = (value: Quantity, at: FieldPath): FieldError[] =>
    value.compare(most) > 0 ? [invalid(at, String(value), `option is larger than capacity value: ${most}`)] : [];
  errors.push(...validateList(values, maxValues, check, path, (value) => String(value.value())));
  if (values.length > maxValues || !values.some((value) => value.compare(standard) === 0)) {
    errors.push(invalid(path, String(standard), 'default value is not valid according to the requestPolicy'));
  }
  return errors;
}

function validateRange(standard: Quantity, most: Quantity, range: CapacityRequestPolicyRange, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (name: string, value: Quantity, detail: string) => errors.push(invalid(path.child(name), String(value), detail));
  if (range.min === undefined) return [required(path.child('min'), 'required when validRange is defined')];
  const min = parseQuantity(range.min);
  const max = range.max === undefined ? undefined : parseQuantity(range.max);
  if (min.compare(most) > 0) wrong('min', min, `min is larger than capacity value: ${most}`);
  if (standard.compare(min) < 0) wrong('min', standard, `default is less than min: ${min}`);
  if (max) {
    if (min.compare(max) > 0) wrong('max', min, `min is larger than max: ${max}`);
    if (max.compare(most) > 0) wrong('max', max, `max is larger than capacity value: ${most}`);
    if (standard.compare(max) > 0) wrong('max', standard, `default is more than max: ${max}`);
  }
  if (range.step === undefined) return errors;
  const step = parseQuantity(range.step);
  const added = min.add(step);
  if (added.compare(most) > 0) wrong('step', step, `one step ${added} is larger than capacity value: ${most}`);
  for (const value of max ? [standard, max] : [standard]) {
    const distance = value.value() - min.value();
    if (step.value() !== 0 && distance % step.value() !== 0) {
      wrong('step', value, `value is not a multiple of a given step (${step}) from (${min})`);
    }
  }
  return errors;
}
