import type { PersistentVolumeClaimSpec } from '../../../openapi/types.ts';
import { canonicalResourceQuantity } from '../../meta/quantity.ts';

/** Volume mode, canonical amounts, and `dataSource` and `dataSourceRef` kept equal where either may stand for the other. */
export function defaultPersistentVolumeClaimSpec(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem';
  // The API always writes this field, as null if there is none.
  for (const source of [spec.dataSource, spec.dataSourceRef]) if (source) source.apiGroup ??= null as never;
  for (const list of [spec.resources?.limits, spec.resources?.requests] as (Record<string, string> | undefined)[]) {
    for (const name of Object.keys(list ?? {})) list![name] = canonicalResourceQuantity(String(list![name]));
  }
}
