import { parseGoDuration } from '../../../api/meta/duration.ts';
import { FieldPath, refuseErrors } from '../../../api/meta/field.ts';
import { notRegistered } from '../../machinery/expected-kind.ts';
import { conform, strictDecodingError } from '../../machinery/schema/conform.ts';
import { parseYaml } from '../../machinery/schema/parse.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { SchedulerConfiguration } from './configuration.ts';
import { profileConfiguration } from './defaults.ts';
import { extendersOf, validateExtenders } from './extenders.ts';
import { type ConfigurationSchemas, configurationSchemas } from './schema.ts';
import { validateArguments, validateConfiguration, type WrittenProfile } from './validate.ts';

const group = 'kubescheduler.config.k8s.io';
const apiVersion = `${group}/v1`;

/**
 * Reads a KubeSchedulerConfiguration, as kube-scheduler's `--config` does, and fills in defaults. What concerns neither profiles nor the queue
 * (client, leader election, profiling) is read and has no effect.
 * @throws Error with kube-scheduler's words where the text is none, or is wrong
 */
export function readConfiguration(text: string): SchedulerConfiguration {
  const body = parseYaml(text);
  const value = body.value as any;
  if (typeof value !== 'object' || value === null || !value.kind) throw new Error(`Object 'Kind' is missing in '${text.trim()}'`);
  if (value.apiVersion !== apiVersion || value.kind !== 'KubeSchedulerConfiguration')
    throw new Error(notRegistered(String(value.apiVersion ?? ''), String(value.kind)));
  const schemas = configurationSchemas();
  const { object, strictErrors } = conform(value, schemas.configuration, { strict: true, body });
  const errors = [...strictErrors];
  const profiles: WrittenProfile[] = (object.profiles ?? [{}]).map((profile: WrittenProfile, i: number) => ({
    ...profile,
    ...(profile.pluginConfig
      ? { pluginConfig: profile.pluginConfig.map((own, j) => decodeArguments(own, schemas, `.profiles[${i}].pluginConfig[${j}]`, errors)) }
      : {}),
  }));
  if (errors.length > 0) throw new Error(strictDecodingError(errors));
  const extenders = extendersOf(object.extenders);
  const [only] = profiles;
  if (profiles.length === 1 && only!.schedulerName === undefined) profiles[0] = { ...only, schedulerName: 'default-scheduler' };
  const { parallelism = 16, percentageOfNodesToScore = 0, podInitialBackoffSeconds = 1, podMaxBackoffSeconds = 10 } = object;
  refuseErrors([
    ...validateConfiguration({ parallelism, percentageOfNodesToScore, podInitialBackoffSeconds, podMaxBackoffSeconds, profiles }),
    ...validateExtenders(extenders),
  ]);
  const ignored = extenders.flatMap(({ managedResources }) =>
    managedResources.flatMap(({ name, ignoredByScheduler }) => (ignoredByScheduler ? [name] : [])),
  );
  return {
    percentageOfNodesToScore,
    queue: { initialBackoff: podInitialBackoffSeconds * 1000, maximumBackoff: podMaxBackoffSeconds * 1000, longestWait: 300_000 },
    profiles: profiles.map(({ schedulerName, plugins, percentageOfNodesToScore: own, pluginConfig = [] }) => {
      for (const { name, args } of pluginConfig) checkPlugin(schedulerName!, name, args);
      const given = new Map(pluginConfig.map(({ name, args }) => [name, usable(name, args)]));
      return profileConfiguration(schedulerName!, plugins, own, withIgnored(given, ignored));
    }),
    extenders,
  };
}

/** Resources that an extender counts are none of NodeResourcesFit's business. */
function withIgnored(given: ReadonlyMap<string, unknown>, ignored: readonly string[]): ReadonlyMap<string, unknown> {
  if (ignored.length === 0) return given;
  const name = 'NodeResourcesFit';
  const fit = (given.get(name) ?? usable(name, defaulters[name]!({}))) as { ignoredResources?: readonly string[] };
  return new Map([...given, [name, { ...fit, ignoredResources: [...(fit.ignoredResources ?? []), ...ignored] }]]);
}

/** NodeResourcesFit looks at its arguments when it is made. */
function checkPlugin(schedulerName: string, name: string, args: any): void {
  if (name !== 'NodeResourcesFit') return;
  try {
    refuseErrors(validateArguments(name, args, FieldPath.empty));
  } catch (error) {
    const where = `initializing profiles: creating profile for scheduler name ${schedulerName}: initializing plugin "${name}"`;
    throw new Error(`${where}: ${messageOf(error)}`);
  }
}

function decodeArguments(
  { name, args }: { readonly name: string; readonly args: any },
  schemas: ConfigurationSchemas,
  where: string,
  strictErrors: string[],
): { name: string; args: any } {
  const schema = schemas.arguments.get(name);
  if (!schema) return { name, args };
  const decoding = `decoding ${where}: decoding args for plugin ${name}`;
  const { kind = `${name}Args`, apiVersion: version = apiVersion } = args ?? {};
  if (version !== apiVersion || !schemas.arguments.has(kind.replace(/Args$/, '')) || !kind.endsWith('Args'))
    throw new Error(`${decoding}: ${notRegistered(String(version), kind)}`);
  if (kind !== `${name}Args`)
    throw new Error(`decoding ${where}: args for plugin ${name} were not of type ${name}Args.${group}, got ${kind}.${group}`);
  let decoded: ReturnType<typeof conform>;
  try {
    decoded = conform(args ?? {}, schema, { strict: true });
  } catch (error) {
    throw new Error(`${decoding}: ${messageOf(error)}`);
  }
  if (decoded.strictErrors.length > 0) strictErrors.push(`${decoding}: ${strictDecodingError(decoded.strictErrors)}`);
  const { kind: _, apiVersion: __, ...own } = decoded.object;
  return { name, args: defaulters[name]?.(own) ?? own };
}

const defaultResources = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];
const weighted = (resources: any[] | undefined) =>
  resources?.length ? resources.map((resource) => ({ ...resource, weight: resource.weight || 1 })) : defaultResources;

const defaulters: Readonly<Record<string, (args: any) => any>> = {
  DefaultPreemption: (args) => ({ minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100, ...args }),
  InterPodAffinity: (args) => ({ hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false, ...args }),
  NodeResourcesBalancedAllocation: (args) => ({ resources: weighted(args.resources) }),
  NodeResourcesFit: (args) => {
    const strategy = args.scoringStrategy ?? { type: 'LeastAllocated' };
    const scoringStrategy = { ...strategy, resources: weighted(strategy.resources) };
    return { ignoredResources: [], ignoredResourceGroups: [], ...args, scoringStrategy };
  },
  PodTopologySpread: (args) => ({ defaultConstraints: [], defaultingType: 'System', ...args }),
  VolumeBinding: (args) => ({ bindTimeoutSeconds: 600, ...args }),
  DynamicResources: ({ filterTimeout = '10s', bindingTimeout = '10m0s' }) => ({
    filterTimeout: { text: filterTimeout, milliseconds: parseGoDuration(filterTimeout) },
    bindingTimeout: { text: bindingTimeout, milliseconds: parseGoDuration(bindingTimeout) },
  }),
};

/** As the plugin takes its arguments. */
function usable(name: string, args: any): unknown {
  return name === 'DynamicResources' ? { bindingTimeout: args.bindingTimeout.milliseconds } : args;
}
