import { node as nodes } from '../../../api/core/v1/node.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Binding, Pod } from '../../../openapi/types.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const topologyLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** A pod that is bound gets the labels of its node that say where it stands (KEP-4742): with the binding, or if it names its node itself. */
export function podTopologyLabelsPlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    mutate({ definition, operation, subresource, object }) {
      if (operation !== 'CREATE' || definition.plural !== pods.plural || definition.group !== pods.group || !object) return;
      const node =
        subresource === 'binding'
          ? targetOf(object as unknown as Binding)
          : subresource === ''
            ? (object as Pod).spec?.nodeName
            : undefined;
      if (!node) return;
      const cached = lookup.cached(nodes, '', node);
      if (cached) return copyLabels(cached, object);
      return lookup.get(nodes, '', node).then((found) => found && copyLabels(found, object));
    },
  };
}

function targetOf({ target }: Binding): string | undefined {
  return target.kind === nodes.kind ? target.name : undefined;
}

function copyLabels(node: KubeObject, object: KubeObject): void {
  for (const label of topologyLabels) {
    const value = node.metadata?.labels?.[label];
    if (value !== undefined) (object.metadata!.labels ??= {})[label] = value;
  }
}
