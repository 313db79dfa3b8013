import { validateNodeSelector, validateNodeSelectorTerm } from '../../../api/core/v1/scheduling.validation.ts';
import { duplicate, type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../../api/meta/field.ts';
import { validateLabelName } from '../../../api/meta/validation.ts';
import { sameJson } from '../../machinery/json-equal.ts';

/** A KubeSchedulerConfiguration as it was read, with defaults, before it becomes what the scheduler uses. */
export interface WrittenConfiguration {
  readonly percentageOfNodesToScore: number;
  readonly parallelism: number;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  readonly profiles: readonly WrittenProfile[];
}

export interface WrittenProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: any;
  readonly pluginConfig?: readonly { readonly name: string; readonly args: any }[];
}

const reserved = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'];

/** What is wrong with a configuration, in kube-scheduler's words. */
export function validateConfiguration(configuration: WrittenConfiguration): FieldError[] {
  const { parallelism, percentageOfNodesToScore, podInitialBackoffSeconds, podMaxBackoffSeconds, profiles } = configuration;
  const errors: FieldError[] = [];
  if (parallelism <= 0) errors.push(invalid(FieldPath.of('parallelism'), parallelism, 'should be an integer value greater than zero'));
  const path = FieldPath.of('profiles');
  const seen = new Set<string>();
  for (const [i, profile] of profiles.entries()) {
    const at = path.index(i);
    const { schedulerName = '' } = profile;
    if (schedulerName === '') errors.push(required(at.child('schedulerName')));
    errors.push(...validatePercentage(at.child('percentageOfNodesToScore'), profile.percentageOfNodesToScore));
    errors.push(...validatePluginConfig(at, profile));
    if (seen.has(schedulerName)) errors.push(duplicate(at.child('schedulerName'), {}));
    seen.add(schedulerName);
    if (!sameJson(queueSortOf(profile), queueSortOf(profiles[0]!)))
      errors.push(invalid(at.child('plugins', 'queueSort'), printedSet(queueSortOf(profile)), 'must be the same for all profiles'));
  }
  errors.push(...validatePercentage(FieldPath.of('percentageOfNodesToScore'), percentageOfNodesToScore));
  if (podInitialBackoffSeconds <= 0)
    errors.push(invalid(FieldPath.of('podInitialBackoffSeconds'), podInitialBackoffSeconds, 'must be greater than 0'));
  if (podMaxBackoffSeconds < podInitialBackoffSeconds) {
    const words = 'must be greater than or equal to PodInitialBackoffSeconds';
    errors.push(invalid(FieldPath.of('podMaxBackoffSeconds'), podMaxBackoffSeconds, words));
  }
  return errors;
}

function queueSortOf({ plugins }: WrittenProfile): any {
  return plugins?.queueSort ?? {};
}

/** A set of plugins as Go prints its internal form. */
function printedSet({ enabled, disabled }: any): unknown {
  const entries = (list: any[] | undefined) => list?.map(({ name, weight = 0 }) => ({ Name: name, Weight: weight })) ?? null;
  return { Enabled: entries(enabled), Disabled: entries(disabled) };
}

function validatePercentage(path: FieldPath, value: number | undefined): FieldError[] {
  return value !== undefined && (value < 0 || value > 100) ? [invalid(path, value, 'not in valid range [0-100]')] : [];
}

function validatePluginConfig(path: FieldPath, { plugins, pluginConfig = [] }: WrittenProfile): FieldError[] {
  const errors: FieldError[] = [];
  const gone = (at: FieldPath, name: string) => {
    const version = 'kubescheduler.config.k8s.io/v1';
    errors.push(invalid(at, name, `was invalid in version "v1" (KubeSchedulerConfiguration is version "${version}")`));
  };
  for (const [point, set] of Object.entries<any>(plugins ?? {})) {
    for (const [i, { name }] of (set.enabled ?? []).entries())
      if (point !== 'multiPoint' && reserved.includes(name)) gone(path.child('plugins', point, 'enabled').index(i), name);
  }
  const seen = new Set<string>();
  for (const [i, { name, args }] of pluginConfig.entries()) {
    const at = path.child('pluginConfig').index(i);
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    if (reserved.includes(name)) gone(at, name);
    // NodeResourcesFit's are looked at when the plugin is made.
    else if (name !== 'NodeResourcesFit') errors.push(...validateArguments(name, args, at.child('args')));
  }
  return errors;
}

/** @param args with defaults */
export function validateArguments(name: string, args: any, path: FieldPath): FieldError[] {
  return validators[name]?.(args, path) ?? [];
}

const validators: Readonly<Record<string, (args: any, path: FieldPath) => FieldError[]>> = {
  DefaultPreemption({ minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: absolute }, path) {
    const errors: FieldError[] = [];
    const [percentagePath, absolutePath] = [path.child('minCandidateNodesPercentage'), path.child('minCandidateNodesAbsolute')];
    if (percentage < 0 || percentage > 100) errors.push(invalid(percentagePath, percentage, 'not in valid range [0, 100]'));
    if (absolute < 0) errors.push(invalid(absolutePath, absolute, 'not in valid range [0, inf)'));
    if (percentage !== 0 || absolute !== 0) return errors;
    errors.push(invalid(percentagePath, percentage, 'cannot be zero at the same time as minCandidateNodesAbsolute'));
    errors.push(invalid(absolutePath, absolute, 'cannot be zero at the same time as minCandidateNodesPercentage'));
    return errors;
  },
  InterPodAffinity({ hardPodAffinityWeight: weight }, path) {
    return weight < 0 || weight > 100 ? [invalid(path.child('hardPodAffinityWeight'), weight, 'not in valid range [0, 100]')] : [];
  },
  NodeAffinity({ addedAffinity }, path) {
    const at = path.child('addedAffinity');
    const required_ = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const preferred = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return [
      ...(required_ ? validateNodeSelector(required_, at.child('requiredDuringSchedulingIgnoredDuringExecution'), true) : []),
      ...preferred.flatMap(({ preference }: any, i: number) =>
        validateNodeSelectorTerm(preference, at.child('preferredDuringSchedulingIgnoredDuringExecution').index(i), true),
      ),
    ];
  },
  NodeResourcesBalancedAllocation({ resources }, path) {
    const seen = new Set<string>();
    return resources.flatMap(({ name, weight }: any, i: number) => {
      const at = path.child('resources').index(i);
      const errors = seen.has(name) ? [duplicate(at.child('name'), name)] : [];
      seen.add(name);
      return weight === 1 ? errors : [...errors, invalid(at.child('weight'), weight, 'must be 1')];
    });
  },
  NodeResourcesFit({ ignoredResources = [], ignoredResourceGroups = [], scoringStrategy }, path) {
    const errors: FieldError[] = ignoredResources.flatMap((name: string, i: number) =>
      validateLabelName(name, path.child('ignoredResources').index(i)),
    );
    for (const [i, group] of ignoredResourceGroups.entries()) {
      const at = path.child('ignoredResourceGroups').index(i);
      if (group.includes('/')) errors.push(invalid(at, group, "resource group name can't contain '/'"));
      errors.push(...validateLabelName(group, at));
    }
    const at = path.child('scoringStrategy');
    const { type = '', resources, requestedToCapacityRatio: ratio } = scoringStrategy;
    const types = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];
    if (!types.includes(type)) errors.push(notSupported(at.child('type'), type, types));
    for (const [i, { name, weight }] of resources.entries()) {
      if (weight > 0 && weight <= 100) continue;
      errors.push(
        invalid(at.child('resources').index(i).child('weight'), weight, `resource weight of ${name} not in valid range (0, 100]`),
      );
    }
    const ratioPath = at.child('requestedToCapacityRatio');
    if (type !== 'RequestedToCapacityRatio') {
      if (ratio) errors.push(forbidden(ratioPath, 'must be nil when type is not RequestedToCapacityRatio'));
    } else if (!ratio) errors.push(required(ratioPath, 'must be specified when type is RequestedToCapacityRatio'));
    else errors.push(...validateShape(ratio.shape ?? [], ratioPath.child('shape')));
    return errors;
  },
  PodTopologySpread({ defaultingType, defaultConstraints = [] }, path) {
    const errors: FieldError[] = [];
    const at = path.child('defaultingType');
    if (defaultingType !== 'System' && defaultingType !== 'List') errors.push(notSupported(at, defaultingType, ['System', 'List']));
    else if (defaultingType === 'System' && defaultConstraints.length > 0)
      errors.push(invalid(at, defaultingType, 'when .defaultConstraints are not empty'));
    for (const [i, constraint] of defaultConstraints.entries()) {
      errors.push(...validateDefaultConstraint(constraint, defaultConstraints.slice(0, i), path.child('defaultConstraints').index(i)));
    }
    return errors;
  },
  VolumeBinding({ bindTimeoutSeconds, shape }, path) {
    const errors: FieldError[] = [];
    if (bindTimeoutSeconds < 0)
      errors.push(
        invalid(path.child('bindTimeoutSeconds'), bindTimeoutSeconds, 'invalid BindTimeoutSeconds, should not be a negative value'),
      );
    if (!shape) return errors;
    const printed = shape.map(({ utilization = 0, score = 0 }: any) => ({ Utilization: utilization, Score: score }));
    const words = 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring';
    return [...errors, invalid(path.child('shape'), printed, words)];
  },
  DynamicResources({ filterTimeout, bindingTimeout }, path) {
    const errors: FieldError[] = [];
    if (filterTimeout.milliseconds < 0) errors.push(invalid(path.child('filterTimeout'), filterTimeout.text, 'must be zero or positive'));
    if (bindingTimeout.milliseconds < 1000)
      errors.push(invalid(path.child('bindingTimeout'), bindingTimeout.text, 'must be at least 1 second'));
    return errors;
  },
};

function validateShape(shape: readonly { utilization?: number; score?: number }[], path: FieldPath): FieldError[] {
  if (shape.length === 0) return [required(path, 'at least one point must be specified')];
  const errors: FieldError[] = [];
  const points = shape.map(({ utilization = 0, score = 0 }) => ({ utilization, score }));
  const unsorted = points.findIndex(({ utilization }, i) => i > 0 && points[i - 1]!.utilization >= utilization);
  if (unsorted > 0) {
    const at = path.index(unsorted).child('utilization');
    errors.push(invalid(at, points[unsorted]!.utilization, 'values must be sorted in increasing order'));
  }
  for (const [i, { utilization, score }] of points.entries()) {
    if (utilization < 0 || utilization > 100)
      errors.push(invalid(path.index(i).child('utilization'), utilization, 'not in valid range [0, 100]'));
    if (score < 0 || score > 10) errors.push(invalid(path.index(i).child('score'), score, 'not in valid range [0, 10]'));
  }
  return errors;
}

function validateDefaultConstraint(constraint: any, before: readonly any[], path: FieldPath): FieldError[] {
  const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector } = constraint;
  const errors: FieldError[] = [];
  if (maxSkew <= 0) errors.push(invalid(path.child('maxSkew'), maxSkew, 'not in valid range (0, inf)'));
  const keyPath = path.child('topologyKey');
  errors.push(...(topologyKey === '' ? [required(keyPath, 'can not be empty')] : validateLabelName(topologyKey, keyPath)));
  const action = path.child('whenUnsatisfiable');
  const actions = ['DoNotSchedule', 'ScheduleAnyway'];
  if (whenUnsatisfiable === '') errors.push(required(action, 'can not be empty'));
  else if (!actions.includes(whenUnsatisfiable)) errors.push(notSupported(action, whenUnsatisfiable, actions));
  if (labelSelector)
    errors.push(forbidden(path.child('labelSelector'), 'constraint must not define a selector, as they deduced for each pod'));
  const repeats = before.some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
  if (repeats) errors.push(duplicate(path, `{${topologyKey}, ${whenUnsatisfiable}}`));
  return errors;
}
