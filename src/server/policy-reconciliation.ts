import { semanticEqual } from '../../api/meta/equal.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { missingRules } from '../auth/authorize/escalation.ts';
import type { Rule } from '../auth/authorize/rbac.ts';

const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate';

/** What is to be done about an object of the bootstrap policy: `recreate` where a binding names another role, which no update can change. */
export interface Reconciliation {
  readonly operation: 'none' | 'update' | 'recreate';
  readonly object: KubeObject;
}

/**
 * Roles and bindings of the bootstrap policy get again at each start what they lack: rules, selectors, subjects, labels and annotations. What somebody has
 * added stays, and all of it stays as it is where the annotation `autoupdate` is `false`.
 */
export function reconcilePolicy(present: KubeObject, wanted: KubeObject): Reconciliation {
  if (present.metadata!.annotations?.[autoUpdate] === 'false') return { operation: 'none', object: present };
  const metadata = {
    ...present.metadata,
    labels: { ...wanted.metadata!.labels, ...present.metadata!.labels },
    annotations: { ...wanted.metadata!.annotations, ...present.metadata!.annotations },
  };
  const isBinding = wanted['roleRef'] !== undefined;
  if (isBinding && !semanticEqual(present['roleRef'], wanted['roleRef'])) return { operation: 'recreate', object: wanted };
  const object = { ...present, metadata, ...(isBinding ? { subjects: subjectsOf(present, wanted) } : rulesOf(present, wanted)) };
  return { operation: semanticEqual(object, present) ? 'none' : 'update', object };
}

function subjectsOf(present: KubeObject, wanted: KubeObject): unknown {
  return united(present['subjects'], wanted['subjects']);
}

function rulesOf(present: KubeObject, wanted: KubeObject): object {
  if (!wanted['aggregationRule']) {
    const rules: readonly Rule[] = present['rules'] ?? [];
    const missing = missingRules(rules, wanted['rules'] ?? []);
    return missing.length > 0 ? { rules: [...rules, ...missing] } : {};
  }
  // Their rules are the aggregation controller's.
  const clusterRoleSelectors = united(present['aggregationRule']?.clusterRoleSelectors, wanted['aggregationRule'].clusterRoleSelectors);
  return { aggregationRule: { clusterRoleSelectors } };
}

/** @returns the present ones, and those of the wanted ones that are not among them */
function united(present: readonly unknown[] | undefined, wanted: readonly unknown[]): readonly unknown[] | undefined {
  const missing = wanted.filter((item) => !present?.some((known) => semanticEqual(known, item)));
  return missing.length > 0 ? [...(present ?? []), ...missing] : present;
}
