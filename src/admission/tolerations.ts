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

/** Both lists as one, without those that another one covers; of alike ones the first stays. */
export function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all = [...first, ...second];
  const merged: Toleration[] = [];
  for (const [i, one] of all.entries()) {
    if (merged.some((other) => isSuperset(other, one))) continue;
    if (all.slice(i + 1).some((other) => !semanticEqual(one, other) && isSuperset(other, one))) continue;
    merged.push(one);
  }
  return merged;
}

/** Whether every taint that the second tolerates is tolerated by the first, for at least as long, as upstream judges it. */
export function isSuperset(whole: Toleration, part: Toleration): boolean {
  if (semanticEqual(whole, part)) return true;
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = whole;
  const isEveryKey = key === '' && operator === 'Exists';
  if (key !== (part.key ?? '') && !isEveryKey) return false;
  if (effect !== '' && effect !== (part.effect ?? '')) return false;
  if (effect === 'NoExecute' && tolerationSeconds !== undefined) {
    if (part.tolerationSeconds === undefined || tolerationSeconds < part.tolerationSeconds) return false;
  }
  if (operator === 'Exists') return true;
  // Only of one that says that it wants an equal value.
  return (operator === '' || operator === 'Equal') && part.operator === 'Equal' && value === (part.value ?? '');
}
