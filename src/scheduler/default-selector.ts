import { replicaSet as replicaSets } from '../../api/apps/v1/replicaset.ts';
import { statefulSet as statefulSets } from '../../api/apps/v1/statefulset.ts';
import { replicationController as replicationControllers } from '../../api/core/v1/replicationcontroller.ts';
import { service as services } from '../../api/core/v1/service.ts';
import type { LabelSelectorObject } from '../../api/meta/label-selector.ts';
import type { Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../../openapi/types.ts';
import type { Informers } from '../runtime/informers.ts';
import type { DefaultSelector } from './plugins/pod-topology-spread.ts';

/** Finds what selects a pod: the Services of its namespace, and the controller that owns it. */
export function defaultSelectorFrom(informers: Informers): DefaultSelector {
  const serviceInformer = informers.for<Service>(services);
  const controllers = informers.for<ReplicationController>(replicationControllers);
  const sets = { ReplicaSet: informers.for<ReplicaSet>(replicaSets), StatefulSet: informers.for<StatefulSet>(statefulSets) };
  return (pod: Pod) => {
    const { namespace, labels = {}, ownerReferences = [] } = pod.metadata!;
    const matchLabels: Record<string, string> = {};
    const matchExpressions: NonNullable<LabelSelectorObject['matchExpressions']>[number][] = [];
    for (const service of serviceInformer.list(namespace)) {
      const selector = service.spec?.selector ?? {};
      const pairs = Object.entries(selector);
      if (pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value)) Object.assign(matchLabels, selector);
    }
    const owner = ownerReferences.find((reference) => reference.controller);
    if (owner?.kind === 'ReplicationController') Object.assign(matchLabels, controllers.get(namespace!, owner.name)?.spec?.selector);
    if (owner?.kind === 'ReplicaSet' || owner?.kind === 'StatefulSet') {
      const selector = sets[owner.kind].get(namespace!, owner.name)?.spec?.selector as LabelSelectorObject | undefined;
      Object.assign(matchLabels, selector?.matchLabels);
      matchExpressions.push(...(selector?.matchExpressions ?? []));
    }
    if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return undefined;
    return { matchLabels, matchExpressions };
  };
}
