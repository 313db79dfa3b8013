import type { Labels } from '../../../api/meta/label-selector.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../../openapi/types.ts';
import { matchesTerm } from '../../runtime/node-selection.ts';
import { hasAccessModes, isVolumeBoundToClaim, mayHold, storageClassOf, storageOf } from '../../runtime/persistent-volumes.ts';
import { selectorOf } from '../../runtime/selector.ts';

/** Whether a node with these labels can use the volume. */
export function isUsableOn({ spec }: PersistentVolume, labels: Labels | undefined): boolean {
  const required = spec?.nodeAffinity?.required;
  if (!required) return true;
  const node = { metadata: { labels: labels as Record<string, string> } };
  return required.nodeSelectorTerms.some((term) => matchesTerm(term, node as Node));
}

/** The volume for a claim on a node: the one that is reserved for it, or else the smallest that is available and fits. */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  labels: Labels | undefined,
  excluded: ReadonlySet<string>,
): PersistentVolume | undefined {
  const wanted = storageOf(claim);
  const selector = claim.spec?.selector ? selectorOf(claim.spec.selector as Parameters<typeof selectorOf>[0]) : undefined;
  let best: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (excluded.has(volume.metadata!.name!) || !mayHold(claim, volume, wanted)) continue;
    const usable = isUsableOn(volume, labels);
    if (isVolumeBoundToClaim(volume, claim)) return usable ? volume : undefined;
    if (!usable || volume.status?.phase !== 'Available') continue;
    if (selector && !selector.matches(volume.metadata!.labels)) continue;
    if (storageClassOf(volume) !== storageClassOf(claim) || !hasAccessModes(volume, claim.spec?.accessModes ?? [])) continue;
    if (!best || storageOf(volume).compare(storageOf(best)) < 0) best = volume;
  }
  return best;
}
