import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/keys.ts';
import { selectorOf } from '../../runtime/selector.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { clusterRoles as roleResource } from '../resources.ts';

const fieldManager = 'clusterrole-aggregation-controller';

/** Gives ClusterRoles that aggregate others the rules of those. */
export function startClusterRoleAggregation(context: ControllerContext): RunningController {
  const api = context.clientFor('clusterrole-aggregation-controller').resource(roleResource);
  const roles = context.informers.for(roleResource);
  const controller = createController({ name: 'clusterrole-aggregation', workers: 5, reconcile, informers: [roles] }, context);
  const aggregating = new Set<string>();
  const note = (role: KubeObject) => {
    if (role['aggregationRule']) aggregating.add(keyOf(role));
    else aggregating.delete(keyOf(role));
    enqueueAll();
  };
  const enqueueAll = () => {
    for (const key of aggregating) controller.enqueue(key);
  };
  roles.addHandler({
    added: note,
    updated: note,
    deleted(role) {
      aggregating.delete(keyOf(role));
      enqueueAll();
    },
  });

  async function reconcile(key: string): Promise<void> {
    const role = roles.getByKey(key);
    if (!role?.['aggregationRule']) return;
    const rules: unknown[] = [];
    for (const selector of role['aggregationRule'].clusterRoleSelectors ?? []) {
      const { matches } = selectorOf(selector);
      const chosen = [...roles.list()].filter((other) => other !== role && matches(other.metadata!.labels));
      chosen.sort((a, b) => (a.metadata!.name! < b.metadata!.name! ? -1 : 1));
      for (const other of chosen) {
        for (const rule of other['rules'] ?? []) if (!rules.some((known) => semanticEqual(known, rule))) rules.push(rule);
      }
    }
    if (semanticEqual(rules, role['rules'] ?? [])) return;
    const { group, version, kind } = roleResource;
    // No rules are applied as none at all, and so have no manager.
    const body = { apiVersion: `${group}/${version}`, kind, metadata: { name: key }, ...(rules.length > 0 ? { rules } : {}) };
    await api.patch('', key, 'application/apply-patch+yaml', body, { fieldManager, force: true });
  }

  return run('clusterrole-aggregation', [controller]);
}
