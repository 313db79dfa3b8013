import type { QueueSettings } from '../queue.ts';
import type { ExtenderConfiguration } from './extenders.ts';

export const extensionPoints = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;
export type ExtensionPoint = (typeof extensionPoints)[number];

/** A plugin as a configuration names it. */
export interface PluginEntry {
  readonly name: string;
  readonly weight?: number;
}

export interface PluginSet {
  readonly enabled: readonly PluginEntry[];
  readonly disabled: readonly PluginEntry[];
}

/** A profile with all defaults filled in. */
export interface ProfileConfiguration {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore?: number;
  readonly multiPoint: PluginSet;
  readonly plugins: Readonly<Record<ExtensionPoint, PluginSet>>;
  /** The arguments of each plugin that has some. */
  readonly arguments: ReadonlyMap<string, unknown>;
}

/** A KubeSchedulerConfiguration, as far as it concerns this scheduler, with all defaults filled in. */
export interface SchedulerConfiguration {
  readonly percentageOfNodesToScore: number;
  readonly queue: QueueSettings;
  readonly profiles: readonly ProfileConfiguration[];
  readonly extenders: readonly ExtenderConfiguration[];
}
