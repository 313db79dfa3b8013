import { persistentVolumeClaim } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { parseQuantity, type Quantity } from '../../../api/meta/quantity.ts';
import type { ResourceAmounts } from '../../../api/meta/resources.ts';
import { objectCountName, one, type QuotaEvaluator } from './evaluator.ts';
import { matchesValues } from './scopes.ts';

const countName = objectCountName(persistentVolumeClaim);
const claimsName = 'persistentvolumeclaims';
const storageName = 'requests.storage';
const ofClass = '.storageclass.storage.k8s.io/';

/** Claims and the storage that they ask for, in all and by StorageClass. */
export const claimEvaluator: QuotaEvaluator = {
  handles({ subresource, object, old }) {
    if (subresource === '') return true;
    return subresource === 'status' && old !== undefined && replenishes(object, old);
  },
  matchingResources: (wanted) =>
    wanted.filter(
      (name) =>
        [countName, claimsName, storageName].includes(name) || [claimsName, storageName].some((part) => name.endsWith(ofClass + part)),
    ),
  matchesScope: (selector, claim) => selector.scopeName === 'VolumeAttributesClass' && matchesValues(selector, attributesClasses(claim)),
  usage(claim) {
    const usage: ResourceAmounts = new Map([
      [claimsName, one],
      [countName, one],
    ]);
    const storageClass = claim.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName;
    if (storageClass) usage.set(storageClass + ofClass + claimsName, one);
    const storage = storageOf(claim);
    if (!storage) return usage;
    usage.set(storageName, storage);
    if (storageClass) usage.set(storageClass + ofClass + storageName, storage);
    return usage;
  },
  replenishes,
};

// Whole bytes; while a volume is being resized, the larger of what was asked for and what was set aside.
function storageOf(claim: KubeObject): Quantity | undefined {
  const requested = claim.spec?.resources?.requests?.storage;
  if (requested === undefined) return undefined;
  const wanted = parseQuantity(requested).roundUp(0);
  const allocated = claim.status?.allocatedResources?.storage;
  if (allocated === undefined) return wanted;
  const set = parseQuantity(allocated).roundUp(0);
  return set.compare(wanted) > 0 ? set : wanted;
}

/** The VolumeAttributesClasses that a claim (or a volume) has, had or is on its way to. */
export function attributesClasses({ spec, status }: KubeObject): string[] {
  const names = [
    spec?.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  return [...new Set(names.filter(Boolean))];
}

function replenishes(claim: KubeObject, old: KubeObject): boolean {
  return (
    !semanticEqual(claim.status?.allocatedResources, old.status?.allocatedResources) ||
    !semanticEqual(attributesClasses(claim).sort(), attributesClasses(old).sort())
  );
}
