import { type FieldError, type FieldPath, invalid, required, tooLong } from '../../meta/field.ts';
import { byteLength } from '../../meta/text.ts';

const maxCount = 512;
const maxBytes = 256 * 1024;

/** The parameters that classes of storage hand to their drivers. */
export function validateParameters(
  parameters: Readonly<Record<string, string>> | undefined,
  allowEmpty: boolean,
  path: FieldPath,
): FieldError[] {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > maxCount) return [tooLong(path, maxCount)];
  const errors = entries.filter(([key]) => key === '').map(([key]) => invalid(path, key, 'field can not be empty.'));
  const size = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  if (size > maxBytes) errors.push(tooLong(path, maxBytes));
  if (!allowEmpty && entries.length === 0) errors.push(required(path, 'must contain at least one key/value pair'));
  return errors;
}
