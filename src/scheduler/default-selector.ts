import { replicaSet as replicaSets } from '../../api/apps/v1/replicaset.ts';
import { statefulSet as statefulSets } from '../../api/apps/v1/statefulset.ts';
import { replicationController as replicationControllers } from '../../api/core/v1/replicationcontroller.ts';
import { service as services } from '../../api/core/v1/service.ts';
import { LabelSelector, type LabelSelectorObject, selectorFromMap, selectorFromObject } from '../../api/meta/label-selector.ts';
import type { Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../../openapi/types.ts';
import type { Listers } from './handle.ts';

/** What selects a pod: everything, if nothing does. */
export type DefaultSelector = (pod: Pod) => LabelSelector;

/** Finds what selects a pod: the Services of its namespace, and the controller that owns it. */
export function defaultSelectorFrom(listers: Listers): DefaultSelector {
  const serviceLister = listers.for<Service>(services);
  const controllers = listers.for<ReplicationController>(replicationControllers);
  const sets = { ReplicaSet: listers.for<ReplicaSet>(replicaSets), StatefulSet: listers.for<StatefulSet>(statefulSets) };
  return (pod: Pod) => {
    const { namespace, labels = {}, ownerReferences = [] } = pod.metadata!;
    const merged: Record<string, string> = {};
    for (const { spec } of serviceLister.list(namespace)) {
      const selector = spec?.selector;
      if (!selector) continue;
      let selects = true;
      for (const key in selector) if (labels[key] !== selector[key]) selects = false;
      if (selects) Object.assign(merged, selector);
    }
    const owner = ownerReferences.find((reference) => reference.controller);
    if (owner?.kind === 'ReplicationController' && owner.apiVersion === 'v1')
      Object.assign(merged, controllers.get(namespace!, owner.name)?.spec?.selector);
    const selector = selectorFromMap(merged);
    if ((owner?.kind !== 'ReplicaSet' && owner?.kind !== 'StatefulSet') || owner.apiVersion !== 'apps/v1') return selector;
    const set = sets[owner.kind].get(namespace!, owner.name)?.spec?.selector as LabelSelectorObject | undefined;
    const other = selectorFromObject(set);
    return other.isNothing() ? selector : new LabelSelector([...selector.requirements, ...other.requirements]);
  };
}
