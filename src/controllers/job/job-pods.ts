import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { podFromTemplate } from '../../runtime/pod-control.ts';
import { conditionOf } from '../../runtime/pods.ts';
import { jobs } from '../resources.ts';
import { matchFailurePolicy } from './failure-policy.ts';

/** Holds a pod until it is counted in the Job's status. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
const indexName = 'batch.kubernetes.io/job-completion-index';
const failureCountName = 'batch.kubernetes.io/job-index-failure-count';
const ignoredCountName = 'batch.kubernetes.io/job-index-ignored-failure-count';
const indexVariable = 'JOB_COMPLETION_INDEX';
const longestGenerateName = 58;

export const isIndexed = (job: KubeObject): boolean => job.spec.completionMode === 'Indexed';
export const isSuspended = (job: KubeObject): boolean => job.spec.suspend === true;
export const limitsEachIndex = (job: KubeObject): boolean => job.spec.backoffLimitPerIndex !== undefined;
/** Pods that still terminate are not replaced yet. */
export const replacesFailedOnly = (job: KubeObject): boolean =>
  job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined;

export function isTracked(pod: KubeObject): boolean {
  return pod.metadata!.finalizers?.includes(trackingFinalizer) ?? false;
}

/** Failed, or going without ever coming to it. */
export function isPodFailed(job: KubeObject, pod: KubeObject): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return !replacesFailedOnly(job) && pod.metadata!.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

/** The pod's completion index; undefined where it has none, or not one of the Job. */
export function indexOf(job: KubeObject, pod: KubeObject): number | undefined {
  const index = annotatedNumber(pod, indexName);
  return index !== undefined && index < job.spec.completions ? index : undefined;
}

function annotatedNumber(pod: KubeObject, name: string): number | undefined {
  const text = pod.metadata!.annotations?.[name];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** How often pods of this pod's index had failed before it, as far as failures count. */
export function indexFailuresOf(pod: KubeObject): number {
  return annotatedNumber(pod, failureCountName) ?? 0;
}

/** The same with the failures that the policy ignores: for the back-off. */
export function allIndexFailuresOf(pod: KubeObject): number {
  return indexFailuresOf(pod) + (annotatedNumber(pod, ignoredCountName) ?? 0);
}

/** When a pod ended: as its containers say, its readiness, or its deletion. */
export function finishedAt(pod: KubeObject): number {
  const statuses = pod.status?.containerStatuses ?? [];
  const ends = statuses.map(({ state }: any) => state?.terminated?.finishedAt).filter(Boolean);
  if (ends.length > 0 && ends.length === statuses.length) return Math.max(...ends.map(parseTime));
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return parseTime(ready.lastTransitionTime);
  const { deletionTimestamp, deletionGracePeriodSeconds, creationTimestamp } = pod.metadata!;
  if (deletionTimestamp) return parseTime(deletionTimestamp) - Number(deletionGracePeriodSeconds ?? 0) * 1000;
  return parseTime(creationTimestamp!);
}

/** The pod of a Job. @param index of an indexed Job @param replaced the pod of that index that failed before */
export function newJobPod(job: KubeObject, index: number | undefined, replaced: KubeObject | undefined): KubeObject {
  const pod = podFromTemplate(job.spec.template, job, jobs);
  const metadata = { ...pod.metadata, finalizers: [...new Set([...(pod.metadata!.finalizers ?? []), trackingFinalizer])] };
  if (index === undefined) return { ...pod, metadata };
  const name = job.metadata!.name!;
  const suffix = `-${index}-`;
  const generateName = `${name.slice(0, longestGenerateName - suffix.length)}${suffix}`;
  const annotations = {
    ...metadata.annotations,
    [indexName]: String(index),
    ...(limitsEachIndex(job) ? failureCounts(job, replaced) : {}),
  };
  return {
    ...pod,
    metadata: { ...metadata, generateName, labels: { ...metadata.labels, [indexName]: String(index) }, annotations },
    spec: {
      ...pod.spec,
      hostname: `${name}-${index}`,
      ...withVariable(pod.spec, 'initContainers'),
      ...withVariable(pod.spec, 'containers'),
    },
  };
}

function withVariable(spec: any, list: 'initContainers' | 'containers'): object {
  const variable = { name: indexVariable, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${indexName}']` } } };
  const containers = spec[list]?.map((container: any) => {
    const env = container.env ?? [];
    return env.some(({ name }: { name: string }) => name === indexVariable) ? container : { ...container, env: [...env, variable] };
  });
  return containers ? { [list]: containers } : {};
}

function failureCounts(job: KubeObject, replaced: KubeObject | undefined): Record<string, string> {
  if (!replaced) return { [failureCountName]: '0' };
  const counts = matchFailurePolicy(job.spec.podFailurePolicy, replaced)?.counts ?? true;
  const failures = indexFailuresOf(replaced);
  const ignored = (annotatedNumber(replaced, ignoredCountName) ?? 0) + (counts ? 0 : 1);
  return {
    [failureCountName]: String(failures + (counts ? 1 : 0)),
    ...(ignored > 0 ? { [ignoredCountName]: String(ignored) } : {}),
  };
}
