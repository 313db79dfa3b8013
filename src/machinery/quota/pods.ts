import { pod as podDefinition } from '../../../api/core/v1/pod.ts';
import { isExtendedResource, isHugePages, isNativeResource, isQuotaHugePages } from '../../../api/core/v1/resource-names.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Quantity } from '../../../api/meta/quantity.ts';
import {
  addResources,
  isPodLevelResource,
  maxResources,
  parseResources,
  podLimits,
  podQosClass,
  podRequests,
  printResources,
  type ResourceAmounts,
} from '../../../api/meta/resources.ts';
import { sorted } from '../../../api/meta/text.ts';
import { classPrefix } from '../../../api/resource.k8s.io/v1/extended-resources.ts';
import { parseTime } from '../clock.ts';
import { objectCountName, one, type QuotaEvaluator, type ScopeSelector } from './evaluator.ts';
import { matchesValues } from './scopes.ts';

const countName = objectCountName(podDefinition);
const computed = ['cpu', 'memory', 'ephemeral-storage'];
const names = new Set([countName, 'pods', ...computed, ...computed.flatMap((name) => [`requests.${name}`, `limits.${name}`])]);
/** A quota on one of these demands it of every container. */
const demanded = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** Pods: what they request and are limited to as long as they are not done; `count/pods` counts those as well. */
export const podEvaluator: QuotaEvaluator = {
  handles({ operation, subresource, object, old }) {
    if (subresource === 'resize') return operation === 'UPDATE';
    return subresource === '' && (operation === 'CREATE' || (old !== undefined && isTerminating(object) !== isTerminating(old)));
  },
  matchingResources: (wanted) => wanted.filter((name) => names.has(name) || isQuotaHugePages(name) || isExtendedForQuota(name)),
  matchesScope,
  usage(pod, now) {
    const usage: ResourceAmounts = new Map([[countName, one]]);
    if (!countsAsRunning(pod, now)) return usage;
    const spec = specInUse(pod);
    addResources(usage, computeUsage(podRequests(spec), podLimits(spec)));
    return usage;
  },
  missing(required, pod) {
    if (statesPodLevelResources(pod)) return undefined;
    const lacking = new Map<string, Set<string>>();
    for (const container of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
      const stated = computeUsage(parseResources(container.resources?.requests), parseResources(container.resources?.limits));
      for (const name of required) {
        if (!demanded.has(name) || stated.has(name)) continue;
        if (!lacking.has(name)) lacking.set(name, new Set());
        lacking.get(name)!.add(container.name);
      }
    }
    if (lacking.size === 0) return undefined;
    return `must specify ${sorted(lacking.keys())
      .map((name) => `${name} for: ${sorted(lacking.get(name)!).join(',')}`)
      .join('; ')}`;
  },
  replenishes: (pod, old, now) =>
    isTerminating(pod) !== isTerminating(old) ||
    (countsAsRunning(old, now) && !countsAsRunning(pod, now)) ||
    !semanticEqual(resourcesInUse(pod), resourcesInUse(old)),
};

/** A pod counts until it is finished, or should have been gone by now. */
export function countsAsRunning(pod: KubeObject, now: number): boolean {
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata!;
  if (!deletionTimestamp || deletionGracePeriodSeconds === undefined) return true;
  return now <= parseTime(deletionTimestamp) + Number(deletionGracePeriodSeconds) * 1000;
}

interface ContainerState {
  readonly name: string;
  readonly resources?: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
  readonly allocatedResources?: Record<string, string>;
}

function statesOf({ status }: KubeObject): ContainerState[] {
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
}

function resourcesInUse(pod: KubeObject): unknown {
  return statesOf(pod).map(({ name, resources }) => [name, resources]);
}

/** The spec with what each container asks for or still has, whichever is more: a resize takes its time (KEP-1287). */
function specInUse(pod: KubeObject): KubeObject['spec'] {
  const states = new Map(statesOf(pod).map((state) => [state.name, state]));
  if (states.size === 0) return pod.spec;
  const inUse = (container: ContainerState) => {
    const state = states.get(container.name);
    if (!state?.resources && !state?.allocatedResources) return container;
    const requests = parseResources(container.resources?.requests);
    for (const other of [state.resources?.requests, state.allocatedResources]) maxResources(requests, parseResources(other));
    const limits = parseResources(container.resources?.limits);
    maxResources(limits, parseResources(state.resources?.limits));
    return { ...container, resources: { requests: printResources(requests), limits: printResources(limits) } };
  };
  const { containers = [], initContainers = [] } = pod.spec;
  return { ...pod.spec, containers: containers.map(inUse), initContainers: initContainers.map(inUse) };
}

function isExtendedForQuota(name: string): boolean {
  return name.startsWith('requests.') && (!isNativeResource(name) || name.startsWith(`requests.${classPrefix}`));
}

function statesPodLevelResources(pod: KubeObject): boolean {
  const { requests, limits } = pod.spec.resources ?? {};
  return [...Object.keys(requests ?? {}), ...Object.keys(limits ?? {})].some(isPodLevelResource);
}

function computeUsage(requests: ReadonlyMap<string, Quantity>, limits: ReadonlyMap<string, Quantity>): ResourceAmounts {
  const usage: ResourceAmounts = new Map([['pods', one]]);
  for (const [name, amount] of requests) {
    if (computed.includes(name) || isHugePages(name)) usage.set(name, amount);
    if (computed.includes(name) || isHugePages(name) || isExtendedResource(name) || name.startsWith(classPrefix))
      usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of limits) if (computed.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

function matchesScope(selector: ScopeSelector, pod: KubeObject): boolean {
  const { spec, status } = pod;
  switch (selector.scopeName) {
    case 'Terminating':
      return isTerminating(pod);
    case 'NotTerminating':
      return !isTerminating(pod);
    case 'BestEffort':
      return (status?.qosClass ?? podQosClass(spec)) === 'BestEffort';
    case 'NotBestEffort':
      return (status?.qosClass ?? podQosClass(spec)) !== 'BestEffort';
    case 'PriorityClass':
      return matchesValues(selector, spec.priorityClassName ? [spec.priorityClassName] : []);
    case 'CrossNamespacePodAffinity':
      return affinityTerms(spec.affinity).some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined);
    default:
      return false;
  }
}

function isTerminating({ spec }: KubeObject): boolean {
  return spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds >= 0;
}

interface AffinityTerm {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: unknown;
}

function affinityTerms(affinity: KubeObject['spec']): AffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((part) => [
    ...(part?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(part?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      (weighted: { podAffinityTerm: AffinityTerm }) => weighted.podAffinityTerm,
    ),
  ]);
}
