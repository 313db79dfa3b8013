import { semanticEqual } from '../../api/meta/equal.ts';
import type { Toleration } from '../../openapi/types.ts';

/** With another one, unless the very same is there; one for the same taint gives way to it. */
export function addToleration(tolerations: readonly Toleration[], more: Toleration): Toleration[] {
  if (tolerations.some((one) => semanticEqual(one, more))) return [...tolerations];
  const kept = tolerations.filter((one) => !isForSameTaint(one, more));
  return [...kept, more];
}

function isForSameTaint(a: Toleration, b: Toleration): boolean {
  const part = (name: 'key' | 'operator' | 'value' | 'effect') => (a[name] ?? '') === (b[name] ?? '');
  return part('key') && part('operator') && part('value') && part('effect');
}

/** Whether every taint that the second tolerates is tolerated by the first, for at least as long. */
export function isSuperset(whole: Toleration, part: Toleration): boolean {
  if (whole.key && whole.key !== part.key) return false;
  if (whole.effect && whole.effect !== part.effect) return false;
  if (whole.effect === 'NoExecute' && whole.tolerationSeconds !== undefined) {
    if (part.tolerationSeconds === undefined || part.tolerationSeconds > whole.tolerationSeconds) return false;
  }
  if (whole.operator === 'Exists') return true;
  return part.operator !== 'Exists' && (whole.value ?? '') === (part.value ?? '');
}
