import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { conditionOf, isPodReady } from '../../runtime/pods.ts';
import { milliOf, type PodMetrics } from './metrics-client.ts';

/** A pod that has just started uses more processor than it will: its samples are left out for so long. */
const initialization = 300_000;
/** A pod that becomes ready within so long after its start counts as never having been ready before. */
const initialReadiness = 30_000;

/** How far the ratio of what is measured to what is wanted may be from one without anything being changed. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

export interface Target {
  readonly pods: readonly KubeObject[];
  readonly currentReplicas: number;
  readonly tolerances: Tolerances;
  readonly now: number;
}

export interface Proposal {
  readonly replicas: number;
  /** What was measured on average, in thousandths. */
  readonly usage: number;
  /** Percent of what the pods request. */
  readonly utilization?: number;
}

function isWithin({ up, down }: Tolerances, ratio: number): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

/** Replicas so that pods use on average `percent` of what they request. */
export function replicasForUtilization(
  target: Target,
  metrics: PodMetrics,
  resource: string,
  container: string,
  percent: number,
): Proposal {
  const requests = new Map<string, number>();
  const ratioOf = (values: ReadonlyMap<string, number>): Measured => {
    let used = 0;
    let requested = 0;
    let count = 0;
    for (const [name, value] of values) {
      const request = requests.get(name);
      if (request === undefined) continue;
      used += value;
      requested += request;
      count++;
    }
    if (requested === 0) throw new Error('no metrics returned matched known pods');
    const utilization = Math.trunc((used * 100) / requested);
    return { ratio: utilization / percent, usage: Math.trunc(used / count), utilization };
  };
  const groups = groupPods(target, metrics, resource);
  for (const pod of target.pods) requests.set(pod.metadata!.name!, requestOf(pod, container, resource));
  return propose(target, groups, ratioOf, (name) => Math.trunc((requests.get(name)! * Math.max(100, percent)) / 100));
}

/** Replicas so that pods use on average `wanted` thousandths. */
export function replicasForAverage(target: Target, metrics: PodMetrics, wanted: number, resource = ''): Proposal {
  const ratioOf = (values: ReadonlyMap<string, number>): Measured => {
    let sum = 0;
    for (const value of values.values()) sum += value;
    const usage = Math.trunc(sum / values.size);
    return { ratio: usage / wanted, usage };
  };
  return propose(target, groupPods(target, metrics, resource), ratioOf, () => wanted);
}

/** Replicas so that one value for all of them comes to what is wanted. */
export function replicasForRatio({ currentReplicas, tolerances, pods }: Target, ratio: number): number {
  if (currentReplicas === 0) return Math.ceil(ratio);
  if (isWithin(tolerances, ratio)) return currentReplicas;
  if (pods.length === 0) throw new Error('unable to calculate ready pods: no pods returned by selector while calculating replica count');
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod)).length;
  return Math.min(2147483647, Math.ceil(ratio * ready));
}

/** Replicas so that each has `wanted` of a value. @param statusReplicas as many as share it now */
export function replicasForShare(statusReplicas: number, tolerances: Tolerances, value: number, wanted: number): Proposal {
  const within = isWithin(tolerances, value / (wanted * statusReplicas));
  const replicas = within ? statusReplicas : Math.min(2147483647, Math.ceil(value / wanted));
  return { replicas, usage: Math.ceil(value / statusReplicas) };
}

interface Measured {
  readonly ratio: number;
  readonly usage: number;
  readonly utilization?: number;
}

interface Groups {
  readonly ready: number;
  /** Measured in thousandths, of pods that count. */
  readonly values: Map<string, number>;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Computes first with the pods that are measured; those that are not are then assumed to use nothing where that would add replicas, and all that they
 * may where it would take some away, so that what is unknown makes a change smaller, never turns it round.
 */
function propose(
  target: Target,
  groups: Groups,
  ratioOf: (values: ReadonlyMap<string, number>) => Measured,
  most: (pod: string) => number,
): Proposal {
  const { currentReplicas, tolerances } = target;
  const { values, unready, missing, ready } = groups;
  const { ratio, usage, utilization } = ratioOf(values);
  const result = (replicas: number): Proposal => ({ replicas, usage, ...(utilization === undefined ? {} : { utilization }) });
  const withUnready = unready.length > 0 && ratio > 1;
  if (!withUnready && missing.length === 0) {
    return result(isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * ready));
  }
  const assumed = new Map(values);
  if (ratio !== 1) for (const name of missing) assumed.set(name, ratio < 1 ? most(name) : 0);
  if (withUnready) for (const name of unready) assumed.set(name, 0);
  const { ratio: next } = ratioOf(assumed);
  if (isWithin(tolerances, next) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1)) return result(currentReplicas);
  const replicas = Math.ceil(next * assumed.size);
  const turned = (next < 1 && replicas > currentReplicas) || (next > 1 && replicas < currentReplicas);
  return result(turned ? currentReplicas : replicas);
}

function groupPods({ pods, now }: Target, metrics: PodMetrics, resource: string): Groups {
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const values = new Map([...metrics].map(([name, { value }]) => [name, value]));
  const unready: string[] = [];
  const missing: string[] = [];
  let ready = 0;
  for (const pod of pods) {
    const name = pod.metadata!.name!;
    if (pod.metadata!.deletionTimestamp || pod.status?.phase === 'Failed') values.delete(name);
    else if (pod.status?.phase === 'Pending') unready.push(name);
    else if (!metrics.has(name)) missing.push(name);
    else if (resource === 'cpu' && isInitializing(pod, metrics, now)) unready.push(name);
    else ready++;
  }
  for (const name of unready) values.delete(name);
  if (values.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  return { ready, values, unready, missing };
}

function isInitializing(pod: KubeObject, metrics: PodMetrics, now: number): boolean {
  const condition = conditionOf(pod, 'Ready');
  const started = pod.status?.startTime;
  if (!condition || !started) return true;
  const { timestamp, window } = metrics.get(pod.metadata!.name!)!;
  const since = condition.lastTransitionTime ? parseTime(condition.lastTransitionTime) : 0;
  if (parseTime(started) + initialization > now) return condition.status === 'False' || timestamp < since + window;
  return condition.status === 'False' && parseTime(started) + initialReadiness > since;
}

/** What a pod requests of a resource, or one of its containers. @throws Error if a container requests nothing of it */
function requestOf({ metadata, spec }: KubeObject, container: string, resource: string): number {
  const pod = metadata!.name;
  if (!container && spec.resources?.requests) {
    const request = spec.resources.requests[resource];
    if (request === undefined) throw new Error(`missing pod-level request for ${resource} in Pod ${pod}`);
    return milliOf(request);
  }
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }: { restartPolicy?: string }) => restartPolicy === 'Always');
  let sum = 0;
  for (const { name, resources } of [...spec.containers, ...sidecars]) {
    if (container && container !== name) continue;
    const request = resources?.requests?.[resource];
    if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${pod}`);
    if (container) return milliOf(request);
    sum += milliOf(request);
  }
  if (container) throw new Error(`container ${container} not found in Pod ${pod}`);
  return sum;
}
