import { type ExtensionPoint, extensionPoints, type ProfileConfiguration, type SchedulerConfiguration } from './config/configuration.ts';
import { Filtering } from './filtering.ts';
import type { Plugin, WeightedPlugin } from './framework.ts';
import type { Handle } from './handle.ts';
import type { ExtensionPoints, Profile } from './profile.ts';
import { registry } from './registry.ts';

/** @param filtering the profile's filters; there once the profile is made */
export type HandleFor = (schedulerName: string, filtering: () => Filtering) => Handle;

/** Makes the plugins of every profile and puts them in order. @throws Error where a configuration makes no scheduler */
export function profilesOf(configuration: SchedulerConfiguration, handleFor: HandleFor): { profile: Profile; handle: Handle }[] {
  return configuration.profiles.map((profile) => {
    const { schedulerName, percentageOfNodesToScore = configuration.percentageOfNodesToScore } = profile;
    let filtering: Filtering | undefined;
    const handle = handleFor(schedulerName, () => filtering!);
    try {
      const points = pointsOf(profile, handle);
      filtering = new Filtering(points, handle.nominator);
      return { profile: { schedulerName, points, percentageOfNodesToScore }, handle };
    } catch (error) {
      throw new Error(`initializing profiles: creating profile for scheduler name ${schedulerName}: ${(error as Error).message}`);
    }
  });
}

/** The methods of which a plugin must have one to take part in an extension point. */
const methods: Readonly<Record<ExtensionPoint, readonly (keyof Plugin)[]>> = {
  preEnqueue: ['preEnqueue'],
  queueSort: ['less'],
  preFilter: ['preFilter'],
  filter: ['filter'],
  postFilter: ['postFilter'],
  preScore: ['preScore'],
  score: ['score'],
  reserve: ['reserve', 'unreserve'],
  permit: ['permit'],
  preBind: ['preBind'],
  bind: ['bind'],
  postBind: ['postBind'],
};

function interfaceName(point: ExtensionPoint): string {
  return `${point[0]!.toUpperCase()}${point.slice(1)}Plugin`;
}

function pointsOf(profile: ProfileConfiguration, handle: Handle): ExtensionPoints {
  const plugins = new Map<string, Plugin>();
  const named = [...profile.multiPoint.enabled, ...extensionPoints.flatMap((point) => profile.plugins[point].enabled)];
  for (const { name } of named) {
    const make = registry[name];
    if (make && !plugins.has(name)) plugins.set(name, make(profile.arguments.get(name), handle));
  }
  const points = Object.fromEntries(extensionPoints.map((point) => [point, inOrder(profile, point, plugins)])) as Record<
    ExtensionPoint,
    Plugin[]
  >;
  const { schedulerName } = profile;
  if (points.queueSort.length !== 1)
    throw new Error(
      `only one queue sort plugin required for profile with scheduler name "${schedulerName}", but got ${points.queueSort.length}`,
    );
  if (points.bind.length === 0) throw new Error(`at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`);
  const weightOf = (name: string) =>
    profile.plugins.score.enabled.find((plugin) => plugin.name === name)?.weight ||
    profile.multiPoint.enabled.find((plugin) => plugin.name === name)?.weight ||
    1;
  return { ...points, score: points.score.map((plugin): WeightedPlugin => ({ plugin, weight: weightOf(plugin.name) })) };
}

// A plugin that the extension point itself names comes before those that only the profile as a whole names, if it is among these;
// else after them.
function inOrder(profile: ProfileConfiguration, point: ExtensionPoint, plugins: ReadonlyMap<string, Plugin>): Plugin[] {
  const { enabled, disabled } = profile.plugins[point];
  const isOf = (name: string) => methods[point].some((method) => plugins.get(name)?.[method] !== undefined);
  const own: string[] = [];
  for (const { name } of enabled) {
    if (!plugins.has(name)) throw new Error(`${interfaceName(point)} "${name}" does not exist`);
    if (!isOf(name)) throw new Error(`plugin "${name}" does not extend ${interfaceName(point)} plugin`);
    if (own.includes(name)) throw new Error(`plugin "${name}" already registered as "${interfaceName(point)}"`);
    own.push(name);
  }
  const off = new Set(disabled.map(({ name }) => name));
  const general: string[] = [];
  const overridden = new Set<string>();
  if (!off.has('*')) {
    for (const { name } of profile.multiPoint.enabled) {
      if (!plugins.has(name)) throw new Error(`${interfaceName(point)} "${name}" does not exist`);
      if (!isOf(name) || off.has(name)) continue;
      if (own.includes(name)) overridden.add(name);
      else if (general.includes(name)) throw new Error(`plugin "${name}" already registered as "${interfaceName(point)}"`);
      else general.push(name);
    }
  }
  const names = [...own.filter((name) => overridden.has(name)), ...general, ...own.filter((name) => !overridden.has(name))];
  return names.map((name) => plugins.get(name)!);
}
