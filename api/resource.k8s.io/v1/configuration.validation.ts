/** Selectors and configuration of devices, which claims and classes have in common. */
import type { DeviceSelector, OpaqueDeviceConfiguration } from '../../../openapi/types.ts';
import { compileDeviceSelector, DeviceSelectorError, maxDeviceSelectorCost } from '../../cel/device/device-selector.ts';
import { type FieldError, type FieldPath, forbidden, internalError, invalid, required, tooLong } from '../../meta/field.ts';
import { jsonText } from '../../meta/json-text.ts';
import { byteLength } from '../../meta/text.ts';
import { validateDriver, validateList } from './names.validation.ts';

const maxSelectors = 32;
const maxExpressionBytes = 10 * 1024;
const maxDataBytes = 10 * 1024;

export function validateSelectors(selectors: readonly DeviceSelector[] | undefined, path: FieldPath): FieldError[] {
  return validateList(selectors, maxSelectors, validateSelector, path);
}

function validateSelector({ cel }: DeviceSelector, path: FieldPath): FieldError[] {
  if (!cel) return [required(path.child('cel'))];
  const { expression = '' } = cel;
  const at = path.child('cel', 'expression');
  if (byteLength(expression) > maxExpressionBytes) return [tooLong(at, maxExpressionBytes)];
  try {
    const { maxCost } = compileDeviceSelector(expression);
    return maxCost > maxDeviceSelectorCost ? [forbidden(at, 'too complex, exceeds cost limit')] : [];
  } catch (error) {
    if (error instanceof DeviceSelectorError) {
      return [error.isInternal ? internalError(at, error.message) : invalid(at, expression, error.message)];
    }
    throw error;
  }
}

interface Configuration {
  readonly opaque?: OpaqueDeviceConfiguration;
}

/** @param stored what was stored before its size was limited may stay */
export function validateConfiguration({ opaque }: Configuration, path: FieldPath, stored: boolean): FieldError[] {
  const at = path.child('opaque');
  if (!opaque) return [required(at)];
  return [...validateDriver(opaque.driver, at.child('driver')), ...validateData(opaque.parameters, at.child('parameters'), stored)];
}

/** An object that only its driver understands. */
export function validateData(data: unknown, path: FieldPath, stored: boolean): FieldError[] {
  if (data === undefined || data === null) return [required(path)];
  if (!stored && byteLength(jsonText(data)) > maxDataBytes) return [tooLong(path, maxDataBytes)];
  if (typeof data === 'object' && !Array.isArray(data)) return [];
  return [invalid(path, '<value omitted>', 'must be a valid JSON object')];
}
