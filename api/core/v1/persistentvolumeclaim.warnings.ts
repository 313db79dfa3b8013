import type { PersistentVolumeClaimSpec } from '../../../openapi/types.ts';
import type { FieldPath } from '../../meta/field.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { parseQuantity } from '../../meta/quantity.ts';

/** Amounts of storage that are no whole bytes. */
export function persistentVolumeClaimSpecWarnings(spec: PersistentVolumeClaimSpec, path: FieldPath): string[] {
  return (['requests', 'limits'] as const).flatMap((list) => {
    const text = spec.resources?.[list]?.storage;
    if (text === undefined || !parseQuantity(text).looksFractional()) return [];
    return [`${path.child('resources', list).key('storage')}: fractional byte value ${goQuote(text)} is invalid, must be an integer`];
  });
}
