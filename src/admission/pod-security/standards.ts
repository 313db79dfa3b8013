import { baseline } from './baseline.ts';
import type { Check, PodParts, VersionedCheck, Violation } from './check.ts';
import type { Standard } from './policy.ts';
import { restricted } from './restricted.ts';

/** What of a pod goes against a standard, in the order in which upstream names it. */
export function violations(standard: Standard, pod: PodParts): Violation[] {
  return checksOf(standard).flatMap((check) => check(pod) ?? []);
}

/** `a (why), b (why)`. */
export function violationsText(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

/** The same without the details. */
export function reasonsText(found: readonly Violation[]): string {
  return found.map(({ reason }) => reason).join(', ');
}

function checksOf({ level, minor }: Standard): Check[] {
  if (level === 'privileged') return [];
  const inForce = (checks: readonly VersionedCheck[]) => checks.filter(({ since }) => since[0]![0] <= minor);
  const further = level === 'restricted' ? inForce(restricted) : [];
  const replaced = new Set(further.map(({ replaces }) => replaces));
  const all = [...inForce(baseline).filter(({ id }) => !replaced.has(id)), ...further];
  return all.map(({ since }) => since.findLast(([from]) => from <= minor)![1]);
}
