import type { Client } from '../client/client.ts';
import type { Plugin, WeightedPlugin } from './framework.ts';
import { defaultBinder } from './plugins/default-binder.ts';
import { imageLocality } from './plugins/image-locality.ts';
import { nodeAffinity } from './plugins/node-affinity.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.ts';
import { nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { type DefaultSelector, podTopologySpread } from './plugins/pod-topology-spread.ts';
import { schedulingGates } from './plugins/scheduling-gates.ts';
import { taintToleration } from './plugins/taint-toleration.ts';

/** A scheduler's name and its plugins, in the order in which they are asked. */
export interface Profile {
  readonly schedulerName: string;
  readonly plugins: readonly WeightedPlugin[];
}

/** The profile that kube-scheduler has without a configuration. To add a plugin, add its line here. */
export function defaultProfile(client: Client, defaultSelector: DefaultSelector): Profile {
  const weighted = (plugin: Plugin, weight = 1): WeightedPlugin => ({ plugin, weight });
  return {
    schedulerName: 'default-scheduler',
    plugins: [
      weighted(schedulingGates),
      weighted(nodeUnschedulable),
      weighted(nodeName),
      weighted(taintToleration, 3),
      weighted(nodeAffinity, 2),
      weighted(nodePorts),
      weighted(nodeResourcesFit),
      weighted(podTopologySpread(defaultSelector), 2),
      weighted(nodeResourcesBalancedAllocation),
      weighted(imageLocality),
      weighted(defaultBinder(client)),
    ],
  };
}
