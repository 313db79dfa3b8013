import type { PersistentVolumeClaimSpec, PersistentVolumeClaimStatus } from '../../../openapi/types.ts';
import { defaultResourceList } from './resource-list.ts';

/** Volume mode, canonical amounts, and `dataSource` and `dataSourceRef` kept equal where either may stand for the other. */
export function defaultPersistentVolumeClaimSpec(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= 'Filesystem';
  // The API always writes this field, as null if there is none.
  for (const source of [spec.dataSource, spec.dataSourceRef]) if (source) source.apiGroup ??= null as never;
  defaultResourceList(spec.resources?.limits);
  defaultResourceList(spec.resources?.requests);
}

/** Phase and canonical amounts, also of the claims that a StatefulSet makes. */
export function defaultPersistentVolumeClaimStatus(status: PersistentVolumeClaimStatus): void {
  status.phase ||= 'Pending';
  defaultResourceList(status.capacity);
  defaultResourceList(status.allocatedResources);
}
