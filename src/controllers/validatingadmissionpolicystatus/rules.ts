import type { CheckedKind } from '../../../api/cel/policy/type-check.ts';
import { compareText } from '../../../api/meta/text.ts';
import type { ValidatingAdmissionPolicySpec } from '../../../openapi/types.ts';

const maxKinds = 10;

/** The kinds that a policy's rules name without stars, sorted; ten are enough. */
export function resourcesToCheck(
  { matchConstraints }: ValidatingAdmissionPolicySpec,
  find: (group: string, version: string, resource: string) => CheckedKind | undefined,
): CheckedKind[] {
  const found = new Map<string, CheckedKind>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of matchConstraints?.resourceRules ?? []) {
    if (apiGroups.some(hasStar) || apiVersions.some(hasStar)) continue;
    const plain = resources.filter((resource) => !hasStar(resource) && !resource.includes('/')).sort(compareText);
    let count = 0;
    for (const group of [...apiGroups].sort(compareText)) {
      for (const version of [...apiVersions].sort(compareText)) {
        for (const resource of plain) {
          const kind = find(group, version, resource);
          if (!kind) continue;
          found.set(`${kind.group}/${kind.version}/${kind.kind}`, kind);
          if (++count === maxKinds) return sorted(found);
        }
      }
    }
  }
  return sorted(found);
}

function hasStar(text: string): boolean {
  return text.includes('*');
}

function sorted(kinds: ReadonlyMap<string, CheckedKind>): CheckedKind[] {
  return [...kinds.values()].sort(
    (a, b) => compareText(a.group, b.group) || compareText(a.version, b.version) || compareText(a.kind, b.kind),
  );
}
