/** What the server does to pods as they are created and changed, through each of their subresources. */
import type { Container, Pod, PodAffinityTerm } from '../../../openapi/types.ts';
import type { Strategy } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { FieldPath } from '../../meta/field.ts';
import { ipWarnings } from '../../meta/ip.ts';
import type { LabelSelectorObject } from '../../meta/label-selector.ts';
import { podQosClass } from '../../meta/resources.ts';
import { keepMetadata } from './keep-metadata.ts';
import { dropDisabledPodFields, dropDisabledStatusFields } from './pod.disabled-fields.ts';
import {
  validateEphemeralContainersUpdate,
  validatePodResize,
  validatePodStatusUpdate,
  validatePodUpdate,
} from './pod.update.validation.ts';
import { validatePodCreate } from './pod.validation.ts';
import { podWarnings } from './pod.warnings.ts';
import { appArmorPrefix } from './pod-annotations.validation.ts';
import { eachContainer } from './pod-containers.ts';
import { validateAppArmorProfile } from './security.validation.ts';

export const podStrategy: Strategy<Pod> = {
  prepareForCreate(pod, { now }) {
    pod.metadata!.generation = 1;
    dropDisabledPodFields(pod.spec);
    // A class that comes with the pod is taken for its own.
    pod.status = { phase: 'Pending', qosClass: pod.status?.qosClass || podQosClass(pod.spec!) };
    if ((pod.spec?.schedulingGates ?? []).length > 0) {
      pod.status.conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
          lastProbeTime: null,
          lastTransitionTime: now,
        },
      ] as unknown as NonNullable<Pod['status']>['conditions'];
    }
    mergeMatchLabelKeys(pod);
    applyAppArmorAnnotations(pod);
  },
  prepareForUpdate(pod, old) {
    dropDisabledPodFields(pod.spec);
    pod.status = old.status;
    countGeneration(pod, old);
  },
  validate: validatePodCreate,
  validateUpdate: validatePodUpdate,
  creationWarnings: appArmorWarnings,
  warnings: (pod, old) => (old ? [] : podWarnings(pod)),
};

export const podStatusStrategy: Strategy<Pod> = {
  prepareForUpdate(pod, old) {
    pod.spec = old.spec;
    if (old.metadata?.deletionTimestamp === undefined) delete pod.metadata!.deletionTimestamp;
    else pod.metadata!.deletionTimestamp = old.metadata.deletionTimestamp;
    if (old.metadata?.ownerReferences) pod.metadata!.ownerReferences = old.metadata.ownerReferences;
    else delete pod.metadata!.ownerReferences;
    pod.status ??= {};
    dropDisabledStatusFields(pod.status, old.status);
    if (!pod.status.qosClass && old.status?.qosClass) pod.status.qosClass = old.status.qosClass;
    keepObservedGenerations(pod, old);
  },
  validateUpdate: validatePodStatusUpdate,
  warnings: (pod) =>
    (['podIPs', 'hostIPs'] as const).flatMap((field) =>
      (pod.status?.[field] ?? []).flatMap(({ ip = '' }, i) => ipWarnings(FieldPath.of('status', field).index(i).child('ip'), ip)),
    ),
};

export const podEphemeralContainersStrategy: Strategy<Pod> = {
  prepareForUpdate(pod, old) {
    const ephemeralContainers = pod.spec?.ephemeralContainers;
    const { ephemeralContainers: _old, ...spec } = old.spec!;
    pod.spec = ephemeralContainers ? { ...spec, ephemeralContainers } : spec;
    pod.status = old.status;
    keepMetadata(pod, old);
    countGeneration(pod, old);
  },
  validateUpdate: validateEphemeralContainersUpdate,
};

export const podResizeStrategy: Strategy<Pod> = {
  prepareForUpdate(pod, old) {
    takeResizes(pod, old);
    countGeneration(pod, old);
  },
  validateUpdate: validatePodResize,
};

// The old pod with the new resources and resize policies; containers that do not match stay, for validation to refuse.
function takeResizes(pod: Pod, old: Pod): void {
  const now = pod.spec!;
  const before = old.spec!;
  const fields = ['containers', 'initContainers'] as const;
  if (fields.some((field) => (now[field] ?? []).length !== (before[field] ?? []).length)) return;
  const { resources: _resources, ...spec } = before;
  const merged = { ...spec, ...(now.resources ? { resources: now.resources } : {}) };
  for (const field of fields) {
    const own = now[field] ?? [];
    if (own.length === 0) continue;
    const same = own.every((container, i) => container.name === before[field]![i]!.name);
    merged[field] = same ? own.map((container, i) => withResize(before[field]![i]!, container)) : own;
  }
  pod.spec = merged;
  pod.status = old.status;
  keepMetadata(pod, old);
}

function withResize(old: Container, now: Container): Container {
  const { resources: _resources, resizePolicy: _policy, ...rest } = old;
  return {
    ...rest,
    ...(now.resources ? { resources: now.resources } : {}),
    ...(now.resizePolicy ? { resizePolicy: now.resizePolicy } : {}),
  };
}

function countGeneration(pod: Pod, old: Pod): void {
  const generation = old.metadata?.generation ?? 0;
  pod.metadata!.generation = semanticEqual(pod.spec, old.spec) ? generation : generation + 1;
}

// Kubelets that know nothing of observedGeneration must not erase it.
function keepObservedGenerations(pod: Pod, old: Pod): void {
  const status = pod.status!;
  if (!status.observedGeneration && old.status?.observedGeneration) status.observedGeneration = old.status.observedGeneration;
  const remaining = [...(old.status?.conditions ?? [])];
  for (const condition of status.conditions ?? []) {
    const index = remaining.findIndex((candidate) => candidate.type === condition.type);
    const [before] = index >= 0 ? remaining.splice(index, 1) : [];
    if (!condition.observedGeneration && before?.observedGeneration) condition.observedGeneration = before.observedGeneration;
  }
}

// matchLabelKeys become expressions over the pod's own labels (KEP-3633, KEP-3243).
function mergeMatchLabelKeys(pod: Pod): void {
  const labels = pod.metadata?.labels;
  if (!labels) return;
  const merge = (selector: LabelSelectorObject | undefined, keys: readonly string[] | undefined, operator: string): void => {
    for (const key of keys ?? []) {
      if (!selector || labels[key] === undefined) continue;
      selector.matchExpressions = [...(selector.matchExpressions ?? []), { key, operator, values: [labels[key]] }];
    }
  };
  const mergeTerm = (term: PodAffinityTerm | undefined): void => {
    merge(term?.labelSelector as LabelSelectorObject, term?.matchLabelKeys, 'In');
    merge(term?.labelSelector as LabelSelectorObject, term?.mismatchLabelKeys, 'NotIn');
  };
  for (const affinity of [pod.spec?.affinity?.podAffinity, pod.spec?.affinity?.podAntiAffinity]) {
    for (const term of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) mergeTerm(term.podAffinityTerm);
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) mergeTerm(term);
  }
  for (const constraint of pod.spec?.topologySpreadConstraints ?? []) {
    merge(constraint.labelSelector as LabelSelectorObject, constraint.matchLabelKeys, 'In');
  }
}

function profileOf(annotation: string): { type: string; localhostProfile?: string } | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  if (!annotation.startsWith('localhost/')) return undefined;
  const profile = { type: 'Localhost', localhostProfile: annotation.slice('localhost/'.length) };
  return validateAppArmorProfile(profile as never, FieldPath.empty).length === 0 ? profile : undefined;
}

// The AppArmor annotations of old become fields.
function applyAppArmorAnnotations(pod: Pod): void {
  if (pod.spec?.os?.name === 'windows') return;
  eachContainer(pod.spec!, FieldPath.empty, (container) => {
    const annotation = pod.metadata?.annotations?.[appArmorPrefix + container.name];
    if (annotation === undefined || container.securityContext?.appArmorProfile) return;
    const profile = profileOf(annotation);
    if (!profile || semanticEqual(profile, pod.spec?.securityContext?.appArmorProfile)) return;
    container.securityContext = { ...container.securityContext, appArmorProfile: profile as never };
  });
}

// Of annotations that became fields, and of those that could not.
function appArmorWarnings(pod: Pod): string[] {
  const warnings: string[] = [];
  if (pod.spec?.os?.name === 'windows') return warnings;
  eachContainer(pod.spec!, FieldPath.empty, (container) => {
    const key = appArmorPrefix + container.name;
    const annotation = pod.metadata?.annotations?.[key];
    if (annotation === undefined || container.securityContext?.appArmorProfile) return;
    const profile = profileOf(annotation);
    if (!profile || !semanticEqual(profile, pod.spec?.securityContext?.appArmorProfile)) {
      const path = FieldPath.of('metadata', 'annotations').key(key);
      warnings.push(`${path}: deprecated since v1.30; use the "appArmorProfile" field instead`);
    }
  });
  return warnings;
}
