import { type FieldError, FieldPath, invalid, notSupported } from '../../../api/meta/field.ts';
import type { EventLimit } from './event-rate-limit.ts';

const types: readonly EventLimit['type'][] = ['Server', 'Namespace', 'User', 'SourceAndObject'];
const path = FieldPath.of('limits');

/** What is wrong with the limits of a configuration. */
export function validateEventLimits(limits: readonly Partial<EventLimit>[]): FieldError[] {
  if (limits.length === 0) return [invalid(path, null, 'must not be empty')];
  return limits.flatMap((limit, i) => {
    const { type = '', qps = 0, burst = 0, cacheSize = 0 } = limit as { readonly [name in keyof EventLimit]?: any };
    const at = path.index(i);
    const errors: FieldError[] = types.includes(type) ? [] : [notSupported(at.child('type'), type, types)];
    if (burst <= 0) errors.push(invalid(at.child('burst'), burst, 'must be positive'));
    if (qps <= 0) errors.push(invalid(at.child('qps'), qps, 'must be positive'));
    if (type !== 'Server' && cacheSize < 0) errors.push(invalid(at.child('cacheSize'), cacheSize, 'must not be negative'));
    return errors;
  });
}
