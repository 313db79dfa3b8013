import { defaultQueueSettings } from '../queue.ts';
import {
  type ExtensionPoint,
  extensionPoints,
  type PluginEntry,
  type PluginSet,
  type ProfileConfiguration,
  type SchedulerConfiguration,
} from './configuration.ts';

/** The plugins of kube-scheduler v1.36's default profile, in the order in which they are asked, with the weights of those that score. */
export const defaultPlugins: readonly PluginEntry[] = [
  { name: 'SchedulingGates' },
  { name: 'PrioritySort' },
  { name: 'NodeUnschedulable' },
  { name: 'NodeName' },
  { name: 'TaintToleration', weight: 3 },
  { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts' },
  { name: 'NodeResourcesFit', weight: 1 },
  { name: 'VolumeRestrictions' },
  { name: 'NodeVolumeLimits' },
  { name: 'VolumeBinding' },
  { name: 'VolumeZone' },
  { name: 'PodTopologySpread', weight: 2 },
  { name: 'InterPodAffinity', weight: 2 },
  // A claim that is free to be given to somebody else is better than a pod that must go.
  { name: 'DynamicResources', weight: 2 },
  { name: 'DefaultPreemption' },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 },
  { name: 'ImageLocality', weight: 1 },
  { name: 'DefaultBinder' },
  { name: 'NodeDeclaredFeatures' },
];

const noPlugins: PluginSet = { enabled: [], disabled: [] };

/** What a profile configures of plugins itself. */
export type CustomPlugins = Partial<Record<ExtensionPoint | 'multiPoint', Partial<PluginSet>>>;

/** The profile with the default plugins where it does not say otherwise. */
export function profileConfiguration(
  schedulerName: string,
  custom: CustomPlugins = {},
  percentageOfNodesToScore?: number,
  pluginArguments: ReadonlyMap<string, unknown> = new Map(),
): ProfileConfiguration {
  const setOf = (point: ExtensionPoint | 'multiPoint'): PluginSet => ({ ...noPlugins, ...custom[point] });
  return {
    schedulerName,
    multiPoint: merge(defaultPlugins, setOf('multiPoint')),
    plugins: Object.fromEntries(extensionPoints.map((point) => [point, setOf(point)])) as Record<ExtensionPoint, PluginSet>,
    ...(percentageOfNodesToScore === undefined ? {} : { percentageOfNodesToScore }),
    arguments: pluginArguments,
  };
}

/** Default plugins that are configured anew keep their place; the others follow. */
function merge(defaults: readonly PluginEntry[], { enabled, disabled }: PluginSet): PluginSet {
  const off = new Set(disabled.map(({ name }) => name));
  const kept = off.has('*') ? [] : defaults.filter(({ name }) => !off.has(name));
  const replaced = new Set<PluginEntry>();
  const merged = kept.map((plugin) => {
    const own = enabled.findLast(({ name }) => name === plugin.name);
    if (own) replaced.add(own);
    return own ?? plugin;
  });
  return { enabled: [...merged, ...enabled.filter((plugin) => !replaced.has(plugin))], disabled };
}

export const defaultConfiguration: SchedulerConfiguration = {
  percentageOfNodesToScore: 0,
  extenders: [],
  queue: defaultQueueSettings,
  profiles: [profileConfiguration('default-scheduler')],
};
