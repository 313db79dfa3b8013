import type { Plugin } from './framework.ts';
import type { Handle } from './handle.ts';
import { defaultBinder } from './plugins/default-binder.ts';
import { defaultPreemption, defaultPreemptionArguments } from './plugins/default-preemption.ts';
import { defaultDynamicResourcesArguments, dynamicResources } from './plugins/dynamic-resources.ts';
import { imageLocality } from './plugins/image-locality.ts';
import { defaultInterPodAffinityArguments, interPodAffinity } from './plugins/inter-pod-affinity.ts';
import { nodeAffinity } from './plugins/node-affinity.ts';
import { nodeDeclaredFeatures } from './plugins/node-declared-features.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.ts';
import { defaultFitArguments, nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { nodeVolumeLimits } from './plugins/node-volume-limits.ts';
import { defaultSpreadArguments, podTopologySpread } from './plugins/pod-topology-spread.ts';
import { prioritySort } from './plugins/priority-sort.ts';
import { schedulingGates } from './plugins/scheduling-gates.ts';
import { taintToleration } from './plugins/taint-toleration.ts';
import { defaultVolumeBindingArguments, volumeBinding } from './plugins/volume-binding.ts';
import { volumeRestrictions } from './plugins/volume-restrictions.ts';
import { volumeZone } from './plugins/volume-zone.ts';

/** Makes a plugin for one profile. @param arguments_ as the configuration has them, checked; undefined: the defaults */
export type PluginFactory = (arguments_: any, handle: Handle) => Plugin;

/** Every plugin that a profile can have, by name. To add one, add its line here, and to the default profile if it belongs there. */
export const registry: Readonly<Record<string, PluginFactory>> = {
  SchedulingGates: () => schedulingGates,
  PrioritySort: () => prioritySort,
  NodeUnschedulable: () => nodeUnschedulable,
  NodeName: () => nodeName,
  TaintToleration: () => taintToleration,
  NodeAffinity: (arguments_ = {}) => nodeAffinity(arguments_),
  NodePorts: () => nodePorts,
  NodeResourcesFit: (arguments_ = defaultFitArguments, { devices }) =>
    nodeResourcesFit(arguments_, { has: (resource) => devices().classServing(resource) !== undefined }),
  VolumeRestrictions: (_, handle) => volumeRestrictions(handle),
  NodeVolumeLimits: (_, handle) => nodeVolumeLimits(handle),
  VolumeBinding: (arguments_ = defaultVolumeBindingArguments, handle) => volumeBinding(arguments_, handle),
  VolumeZone: (_, handle) => volumeZone(handle),
  PodTopologySpread: (arguments_ = defaultSpreadArguments, handle) => podTopologySpread(arguments_, handle),
  InterPodAffinity: (arguments_ = defaultInterPodAffinityArguments, handle) => interPodAffinity(arguments_, handle),
  DynamicResources: (arguments_ = defaultDynamicResourcesArguments, handle) => dynamicResources(arguments_, handle),
  DefaultPreemption: (arguments_ = defaultPreemptionArguments, handle) => defaultPreemption(arguments_, handle),
  NodeResourcesBalancedAllocation: (arguments_) => nodeResourcesBalancedAllocation(arguments_),
  ImageLocality: (_, handle) => imageLocality(handle),
  DefaultBinder: (_, { client }) => defaultBinder(client),
  NodeDeclaredFeatures: () => nodeDeclaredFeatures,
};
