import { persistentVolumeClaim } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { parseQuantity, Quantity } from '../../../api/meta/quantity.ts';
import { storageClass } from '../../../api/storage.k8s.io/v1/storageclass.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../../openapi/types.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

const betaClass = 'volume.beta.kubernetes.io/storage-class';

/** Claims grow only once they are bound, and only where their class allows it. */
export function persistentVolumeClaimResizePlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    validate(attributes) {
      if (attributes.operation !== 'UPDATE' || !isFor(attributes, persistentVolumeClaim)) return;
      const [claim, before] = [attributes.object as PersistentVolumeClaim, attributes.old as PersistentVolumeClaim];
      if (sizeOf(claim).compare(sizeOf(before)) <= 0) return;
      if (before.status?.phase !== 'Bound') throw refuse(attributes, 'Only bound persistent volume claims can be expanded');
      return requireExpandable(attributes, claim, before, lookup);
    },
  };
}

async function requireExpandable(
  attributes: AdmissionAttributes,
  claim: PersistentVolumeClaim,
  before: PersistentVolumeClaim,
  lookup: Lookup,
): Promise<void> {
  const name = classOf(claim);
  const found =
    name !== '' && name === classOf(before) ? ((await lookup.get(storageClass, '', name)) as StorageClass | undefined) : undefined;
  if (found?.allowVolumeExpansion) return;
  throw refuse(
    attributes,
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  );
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata?.annotations?.[betaClass] ?? spec?.storageClassName ?? '';
}

function sizeOf({ spec }: PersistentVolumeClaim): Quantity {
  const text = spec?.resources?.requests?.['storage'];
  return text === undefined ? Quantity.zero : parseQuantity(text);
}
