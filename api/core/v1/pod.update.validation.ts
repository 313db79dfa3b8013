/** Validation of changes to pods: of the pod itself, its status, its ephemeral containers and its resources. */

import type {
  Container,
  ContainerResizePolicy,
  ContainerStatus,
  EphemeralContainer,
  NodeAffinity,
  NodeSelectorTerm,
  Pod,
  PodSpec,
  ResourceRequirements,
  Toleration,
} from '../../../openapi/types.ts';
import { mapsEqual, quantitiesEqual, semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, forbidden, internalError, invalid, required } from '../../meta/field.ts';
import { parseIP, validateLegacyIP } from '../../meta/ip.ts';
import { isQualifiedName, isUserID, nameIsDnsSubdomain, rangeMessage } from '../../meta/names.ts';
import { printedMap } from '../../meta/printed.ts';
import { podQosClass, type ResourceTexts } from '../../meta/resources.ts';
import { asSent, forgetSentEmpty } from '../../meta/sent-empty.ts';
import { validateImmutableField, validateLabelSelector } from '../../meta/validation.ts';
import { validateImagePadding } from './container.validation.ts';
import { validateCoreMetaUpdate } from './core-meta.validation.ts';
import { internalForm } from './internal-form.ts';
import { validateAllocatedResources, validateExtendedResourceClaim } from './pod.resource-status.validation.ts';
import { type PodValidationOptions, validatePodMetadataAndSpec } from './pod.validation.ts';
import { mirrorAnnotation, validatePodAnnotationUpdate } from './pod-annotations.validation.ts';
import { isSidecar } from './pod-containers.ts';
import { validateTolerations } from './scheduling.validation.ts';
import { structDiff } from './struct-diff.ts';
import { invalids } from './volume.validation.ts';

const specPath = FieldPath.of('spec');
const annotationsPath = FieldPath.of('metadata', 'annotations');
const maxInt32 = 2147483647;

const mayChange = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** What a stored pod may keep although a new one may not have it. */
export function podUpdateOptions(old: Pod): PodValidationOptions {
  const terms = [old.spec?.affinity?.podAffinity, old.spec?.affinity?.podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((weighted) => weighted.podAffinityTerm),
  ]);
  const selectors = [
    ...terms.flatMap((t) => [t.labelSelector, t.namespaceSelector]),
    ...(old.spec?.topologySpreadConstraints ?? []).map((c) => c.labelSelector),
  ];
  return { resourceIsPod: true, allowInvalidSelectorValues: selectors.some((s) => validateLabelSelector(s, specPath).length > 0) };
}

export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const options = podUpdateOptions(old);
  const spec = pod.spec!;
  const before = old.spec!;
  const errors = validateCoreMetaUpdate(pod.metadata, old.metadata);
  errors.push(...validatePodMetadataAndSpec(pod, options));
  errors.push(...validatePodAnnotationUpdate(pod.metadata ?? {}, old.metadata ?? {}, spec, annotationsPath, options));
  for (const field of ['containers', 'initContainers'] as const) {
    const now = spec[field] ?? [];
    if (now.length !== (before[field] ?? []).length)
      return [...errors, forbidden(specPath.child(field), 'pod updates may not add or remove containers')];
    now.forEach((container, i) => {
      const at = specPath.child(field).index(i);
      if (!container.image) errors.push(required(at.child('image')));
      errors.push(...validateImagePadding(container, at));
    });
  }
  const deadlineErrors = validateDeadlineUpdate(spec, before);
  errors.push(...deadlineErrors);
  if (deadlineErrors.length > 0 && spec.activeDeadlineSeconds !== undefined) return errors;
  errors.push(...validateAddedTolerations(spec.tolerations ?? [], before.tolerations ?? []));
  errors.push(...validateRemovedGates(spec, before));
  if (semanticEqual(spec, before)) return errors;
  const { comparable, errors: gatedErrors } = maskMutable(spec, before);
  errors.push(...gatedErrors);
  if (!semanticEqual(comparable, before)) {
    errors.push(
      forbidden(specPath, `pod updates may not change fields other than ${mayChange}\n${structDiff('PodSpec', before, comparable)}`),
    );
  }
  return errors;
}

function validateDeadlineUpdate(spec: PodSpec, before: PodSpec): FieldError[] {
  const path = specPath.child('activeDeadlineSeconds');
  const value = spec.activeDeadlineSeconds;
  const old = before.activeDeadlineSeconds;
  if (value === undefined) return old === undefined ? [] : [invalid(path, null, 'must not update from a positive integer to nil value')];
  if (value < 0 || value > maxInt32) return [invalid(path, value, rangeMessage(0, maxInt32))];
  return old !== undefined && old < value ? [invalid(path, value, 'must be less than or equal to previous value')] : [];
}

function validateAddedTolerations(tolerations: readonly Toleration[], old: readonly Toleration[]): FieldError[] {
  const path = specPath.child('tolerations');
  const kept = (toleration: Toleration): boolean =>
    tolerations.some((now) => semanticEqual({ ...toleration, tolerationSeconds: now.tolerationSeconds }, now));
  if (!old.every(kept)) return [forbidden(path, 'existing toleration can not be modified except its tolerationSeconds')];
  return validateTolerations(tolerations, path);
}

function validateRemovedGates(spec: PodSpec, before: PodSpec): FieldError[] {
  const old = new Set((before.schedulingGates ?? []).map((gate) => gate.name));
  // A gate that stands twice is told once, at its last place.
  const places = new Map((spec.schedulingGates ?? []).map(({ name }, i) => [name, i]));
  return [...places].flatMap(([name, i]) => {
    if (old.has(name)) return [];
    const at = specPath.child('schedulingGates').index(i).child('name');
    return [forbidden(at, `only deletion is allowed, but found new scheduling gate '${name}'`)];
  });
}

// The new spec with every part that may change put back, so that what still differs is what may not.
function maskMutable(spec: PodSpec, before: PodSpec): { comparable: PodSpec; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const oldImages = (containers: readonly Container[] | undefined, old: readonly Container[] | undefined) =>
    containers?.map((container, i) => ({ ...container, image: old![i]!.image }));
  const comparable: PodSpec = {
    ...spec,
    containers: oldImages(spec.containers, before.containers) ?? [],
    initContainers: oldImages(spec.initContainers, before.initContainers),
    activeDeadlineSeconds: before.activeDeadlineSeconds,
    schedulingGates: before.schedulingGates,
    tolerations: before.tolerations,
  };
  forgetSentEmpty(comparable, ['initContainers', 'schedulingGates', 'tolerations']);
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    comparable.terminationGracePeriodSeconds = before.terminationGracePeriodSeconds;
  }
  if ((before.schedulingGates ?? []).length === 0) return { comparable, errors };
  if (!mapsEqual(spec.nodeSelector, before.nodeSelector)) {
    errors.push(...validateSelectorAdditions(spec, before));
    comparable.nodeSelector = before.nodeSelector;
  }
  const now = spec.affinity?.nodeAffinity;
  const old = before.affinity?.nodeAffinity;
  if (!semanticEqual(now, old)) {
    errors.push(...validateAffinityAdditions(now, old));
    const others = spec.affinity?.podAffinity || spec.affinity?.podAntiAffinity;
    comparable.affinity = before.affinity || others ? { ...spec.affinity, nodeAffinity: old } : undefined;
  }
  return { comparable, errors };
}

function validateSelectorAdditions(spec: PodSpec, before: PodSpec): FieldError[] {
  const kept = Object.entries(before.nodeSelector ?? {}).every(([key, value]) => spec.nodeSelector?.[key] === value);
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return kept ? [] : [invalid(specPath.child('nodeSelector'), printedMap(asSent(spec, 'nodeSelector')), detail)];
}

function validateAffinityAdditions(now: NodeAffinity | undefined, old: NodeAffinity | undefined): FieldError[] {
  const oldTerms = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!oldTerms) return [];
  const stated = now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const terms = stated ?? [];
  const path = specPath.child('affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) {
    return [
      invalid(
        path,
        stated ? terms.map((term) => internalForm('NodeSelectorTerm', term)) : null,
        'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
      ),
    ];
  }
  return oldTerms.flatMap((oldTerm, i) => {
    const only = hasOnlyAdditions(terms[i]!, oldTerm);
    return only
      ? []
      : [invalid(path.index(i), internalForm('NodeSelectorTerm', terms[i]), 'only additions are allowed (no mutations or deletions)')];
  });
}

function hasOnlyAdditions(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const;
  // An empty term matches nothing, so that any addition would widen it.
  if (parts.every((part) => (old[part] ?? []).length === 0)) return parts.every((part) => (term[part] ?? []).length === 0);
  return parts.every((part) => semanticEqual((term[part] ?? []).slice(0, (old[part] ?? []).length), old[part]));
}

const nonNegative = 'must be a non-negative integer';

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const path = FieldPath.of('status');
  const status = pod.status ?? {};
  const before = old.status ?? {};
  const errors = validateCoreMetaUpdate(pod.metadata, old.metadata);
  errors.push(...validatePodAnnotationUpdate(pod.metadata ?? {}, old.metadata ?? {}, pod.spec!, annotationsPath, podUpdateOptions(old)));
  (status.conditions ?? []).forEach((condition, i) => {
    const at = path.child('conditions').index(i);
    if ((condition.observedGeneration ?? 0) < 0)
      errors.push(invalid(at.child('observedGeneration'), condition.observedGeneration, nonNegative));
    if (!['PodScheduled', 'Ready', 'Initialized'].includes(condition.type)) {
      errors.push(...invalids(at.child('Type'), condition.type, isQualifiedName(condition.type)));
    }
  });
  if ((pod.spec?.nodeName ?? '') !== (old.spec?.nodeName ?? ''))
    errors.push(forbidden(path.child('nodeName'), 'may not be changed directly'));
  const nominated = status.nominatedNodeName ?? '';
  if (nominated !== '' && nominated !== before.nominatedNodeName) {
    errors.push(...invalids(path.child('nominatedNodeName'), nominated, nameIsDnsSubdomain(nominated, false)));
    if (old.spec?.nodeName)
      errors.push(forbidden(path.child('nominatedNodeName'), 'may not be set on pods that are already bound to a node'));
  }
  if ((status.observedGeneration ?? 0) < 0) errors.push(invalid(path.child('observedGeneration'), status.observedGeneration, nonNegative));
  errors.push(...validateImmutableField(status.qosClass ?? '', before.qosClass ?? '', path.child('qosClass')));
  errors.push(...validateStateChanges(pod, old, path));
  errors.push(...validateClaimStatuses(pod, path.child('resourceClaimStatuses')));
  errors.push(...validateExtendedResourceClaim(pod, path.child('extendedResourceClaimStatus')));
  errors.push(...validateAddresses('podIPs', pod, old, path));
  errors.push(...validateHostAddresses(pod, old, path));
  return [...errors, ...validateContainerUsers(pod, path), ...validateAllocatedResources(pod, path)];
}

/** Whether a container that ended with this code may run again; what it says itself goes before what its pod says. */
function mayRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  const ruled = (container.restartPolicyRules ?? []).some(
    ({ exitCodes }) => exitCodes && (exitCodes.values ?? []).includes(exitCode) === (exitCodes.operator === 'In'),
  );
  const policy = container.restartPolicy ?? spec.restartPolicy;
  return ruled || policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function validateStateChanges(pod: Pod, old: Pod, path: FieldPath): FieldError[] {
  const spec = old.spec!;
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const restartsAll = all.some((c) => (c.restartPolicyRules ?? []).some((rule) => rule.action === 'RestartAllContainers'));
  const check = (field: 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses', containers?: readonly Container[]) =>
    (old.status?.[field] ?? []).flatMap(({ name, state }, i) => {
      const ended = state?.terminated;
      if (!ended) return [];
      const returned = (pod.status?.[field] ?? []).filter((status) => status.name === name && !status.state?.terminated);
      const errors = returned.map(() =>
        forbidden(path.child(field).index(i).child('state'), 'may not be transitioned to non-terminated state'),
      );
      if (!containers) return errors; // an ephemeral one never runs again, and each status that says so is told of
      const container = containers.find((one) => one.name === name);
      return restartsAll || (container && mayRestart(container, spec, ended.exitCode ?? 0)) ? [] : errors.slice(0, 1);
    });
  return [
    ...check('containerStatuses', spec.containers ?? []),
    ...check('initContainerStatuses', spec.initContainers ?? []),
    ...check('ephemeralContainerStatuses'),
  ];
}

function validateClaimStatuses(pod: Pod, path: FieldPath): FieldError[] {
  const claims = new Set((pod.spec?.resourceClaims ?? []).map((claim) => claim.name));
  const names = new Set<string>();
  return (pod.status?.resourceClaimStatuses ?? []).flatMap((status, i) => {
    const at = path.index(i);
    const errors: FieldError[] = [];
    if (!claims.has(status.name))
      errors.push(invalid(at.child('name'), status.name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (names.has(status.name)) errors.push(duplicate(at.child('name'), status.name));
    names.add(status.name);
    const name = status.resourceClaimName;
    return name === undefined ? errors : [...errors, ...invalids(at.child('resourceClaimName'), name, nameIsDnsSubdomain(name, false))];
  });
}

function validateAddresses(field: 'podIPs' | 'hostIPs', pod: Pod, old: Pod, path: FieldPath): FieldError[] {
  const addresses = pod.status?.[field] ?? [];
  const kept = (old.status?.[field] ?? []).map(({ ip }) => ip ?? '');
  const errors = addresses.flatMap(({ ip = '' }, i) => validateLegacyIP(path.child(field).index(i), ip, kept));
  if (addresses.length <= 1) return errors;
  const families = new Set(addresses.map(({ ip = '' }) => parseIP(ip)?.version));
  const bad = addresses.findIndex(({ ip = '' }) => !parseIP(ip));
  if (bad >= 0) {
    const reason = `failed to check for dual stack with error:invalid IP[${bad}]: ${addresses[bad]!.ip ?? ''}`;
    errors.push(internalError(path.child(field), reason));
  }
  if (bad >= 0 || families.size !== 2 || addresses.length > 2) {
    const shown = addresses.map(({ ip = '' }) => ({ IP: ip }));
    errors.push(invalid(path.child(field), shown, 'may specify no more than one IP for each IP family'));
  }
  return errors;
}

function validateHostAddresses(pod: Pod, old: Pod, path: FieldPath): FieldError[] {
  const first = pod.status?.hostIPs?.[0];
  if (!first) return [];
  const same = pod.status?.hostIP === first.ip;
  const errors = same ? [] : [invalid(path.child('hostIPs').index(0).child('ip'), first.ip, 'must be equal to `hostIP`')];
  return [...errors, ...validateAddresses('hostIPs', pod, old, path)];
}

function validateContainerUsers(pod: Pod, path: FieldPath): FieldError[] {
  return (['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const).flatMap((field) =>
    (pod.status?.[field] ?? []).flatMap((status: ContainerStatus, i) => {
      const user = status.user?.linux;
      const at = path.child(field).index(i).child('user', 'linux');
      if (!user) return [];
      if (pod.spec?.os?.name === 'windows') return [forbidden(at, 'cannot be set for a windows pod')];
      return [
        ...invalids(at.child('uid'), user.uid, isUserID(user.uid)),
        ...invalids(at.child('gid'), user.gid, isUserID(user.gid)),
        ...(user.supplementalGroups ?? []).flatMap((id, n) => invalids(at.child('supplementalGroups').index(n), id, isUserID(id))),
      ];
    }),
  );
}

export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  const options = podUpdateOptions(old);
  const errors = validateCoreMetaUpdate(pod.metadata, old.metadata);
  errors.push(...validatePodMetadataAndSpec(pod, options));
  errors.push(...validatePodAnnotationUpdate(pod.metadata ?? {}, old.metadata ?? {}, pod.spec!, annotationsPath, options));
  if (old.metadata?.annotations?.[mirrorAnnotation] !== undefined)
    return [forbidden('[]', 'static pods do not support ephemeral containers')];
  const path = specPath.child('ephemeralContainers');
  const now = new Map((pod.spec?.ephemeralContainers ?? []).map((container) => [container.name, container]));
  for (const container of old.spec?.ephemeralContainers ?? []) {
    const next: EphemeralContainer | undefined = now.get(container.name);
    const name = JSON.stringify(container.name);
    if (!next) errors.push(forbidden(path, `existing ephemeral containers ${name} may not be removed\n`));
    else if (!semanticEqual(container, next)) {
      errors.push(
        forbidden(path, `existing ephemeral containers ${name} may not be changed\n${structDiff('EphemeralContainer', container, next)}`),
      );
    }
  }
  return errors;
}

/** Changes of cpu and memory of running containers. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
  const errors = validateCoreMetaUpdate(pod.metadata, old.metadata);
  errors.push(...validatePodMetadataAndSpec(pod, podUpdateOptions(old)));
  if (old.metadata?.annotations?.[mirrorAnnotation] !== undefined) return [forbidden('[]', 'static pods cannot be resized')];
  if (old.spec?.os?.name === 'windows') return [forbidden('[]', 'windows pods cannot be resized')];
  const spec = pod.spec!;
  const before = old.spec!;
  if ((old.status?.qosClass ?? podQosClass(before)) !== podQosClass(spec)) {
    errors.push(invalid(specPath, pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'));
  }
  const running = (old.status?.containerStatuses ?? []).find((status) => status.state?.running);
  if (running && !running.resources) errors.push(forbidden(specPath, 'Pod running on node without support for resize'));
  const stated = (resources: ResourceRequirements | undefined): boolean =>
    Object.keys(resources?.requests ?? {}).length + Object.keys(resources?.limits ?? {}).length > 0;
  let podResources = spec.resources;
  if (stated(before.resources) || stated(spec.resources)) {
    errors.push(...validatePodLevelResize(spec, before));
    podResources = withOldComputeOfPod(spec.resources, before.resources);
  }
  const ordering = validateOrdering(spec, before);
  if (ordering.length > 0) return [...errors, ...ordering];
  for (const field of ['initContainers', 'containers'] as const) {
    (before[field] ?? []).forEach((container, i) => {
      const at = specPath.child(field).index(i).child('resources');
      errors.push(...validateNothingRemoved(spec[field]![i]!.resources, container.resources, at));
    });
  }
  const masked = maskCompute(spec, before, errors);
  if (errors.length > 0) return errors;
  return semanticEqual({ ...spec, ...masked, resources: podResources }, before)
    ? []
    : [forbidden(specPath, 'only cpu and memory resources are mutable')];
}

function validateOrdering(spec: PodSpec, before: PodSpec): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((field) => {
    const now = spec[field] ?? [];
    const old = before[field] ?? [];
    if (now.length !== old.length) return [forbidden(specPath.child(field), `${field} may not be added or removed on resize`)];
    return old.flatMap((container, i) => {
      if (now[i]!.name === container.name) return [];
      return [forbidden(specPath.child(field).index(i).child('name'), `${field} may not be renamed or reordered on resize`)];
    });
  });
}

const removed = (now: ResourceTexts | undefined, old: ResourceTexts | undefined): boolean =>
  Object.keys(old ?? {}).some((name) => !(name in (now ?? {})));

function validateNothingRemoved(
  now: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
  path: FieldPath,
): FieldError[] {
  return (['requests', 'limits'] as const).flatMap((list) =>
    removed(now?.[list], old?.[list]) ? [forbidden(path.child(list), `resource ${list} cannot be removed`)] : [],
  );
}

function validatePodLevelResize(spec: PodSpec, before: PodSpec): FieldError[] {
  const path = specPath.child('resources');
  if (before.resources && !spec.resources) return [forbidden(path, 'pod-level resources cannot be removed')];
  const errors: FieldError[] = [];
  for (const list of ['requests', 'limits'] as const) {
    if (before.resources && removed(spec.resources?.[list], before.resources[list])) {
      errors.push(forbidden(path.child(list), `pod-level resource ${list} cannot be removed`));
    }
  }
  if (!sameResources(withOldComputeOfPod(spec.resources, before.resources), before.resources)) {
    errors.push(forbidden(specPath, 'only cpu and memory resources are mutable at pod-level'));
  }
  return errors;
}

function sameResources(a: ResourceRequirements | undefined, b: ResourceRequirements | undefined): boolean {
  if (!a || !b) return !a && !b;
  return quantitiesEqual(a.limits, b.limits) && quantitiesEqual(a.requests, b.requests) && semanticEqual(a.claims, b.claims);
}

function withOldList(now: Record<string, string> | undefined, old: Record<string, string> | undefined): Record<string, string> | undefined {
  if (!now && !old) return undefined;
  const { cpu: _cpu, memory: _memory, ...others } = now ?? {};
  const compute = Object.fromEntries(['cpu', 'memory'].filter((name) => old?.[name] !== undefined).map((name) => [name, old![name]!]));
  return { ...others, ...compute };
}

// Resources with cpu and memory as they were: whatever else differs may not change.
function withOldCompute(now: ResourceRequirements | undefined, old: ResourceRequirements | undefined): ResourceRequirements {
  const result: ResourceRequirements = {};
  const limits = withOldList(now?.limits, old?.limits);
  const requests = withOldList(now?.requests, old?.requests);
  if (limits && (old?.limits || Object.keys(limits).length > 0)) result.limits = limits;
  if (requests && (old?.requests || Object.keys(requests).length > 0)) result.requests = requests;
  return result;
}

function withOldComputeOfPod(
  now: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
): ResourceRequirements | undefined {
  if (!now) return now;
  const result = withOldCompute(now, old);
  if (now.claims) result.claims = now.claims;
  return !old && Object.keys(result).length === 0 ? undefined : result;
}

function maskCompute(spec: PodSpec, before: PodSpec, errors: FieldError[]): Pick<PodSpec, 'containers' | 'initContainers'> {
  const restarts = (policies: readonly ContainerResizePolicy[] | undefined): number =>
    (policies ?? []).filter((policy) => policy.restartPolicy === 'RestartContainer').length;
  const containers = (spec.containers ?? []).map((container, i) => {
    const old = before.containers[i]!;
    const masked = { ...container, resources: withOldCompute(container.resources, old.resources) };
    if (!semanticEqual(masked, { ...old, resources: old.resources ?? {} }))
      errors.push(forbidden(specPath, 'only cpu and memory resources are mutable'));
    return { ...masked, resources: old.resources ? masked.resources : undefined };
  });
  const initContainers = spec.initContainers?.map((container, i) => {
    const old = before.initContainers![i]!;
    const at = specPath.child('initContainers').index(i);
    const masked = { ...container, resources: withOldCompute(container.resources, old.resources) };
    if (!semanticEqual(masked, { ...old, resources: old.resources ?? {} })) {
      errors.push(forbidden(at, 'only cpu and memory resources for init or sidecar containers are mutable'));
    }
    if (!semanticEqual(container, old) && !isSidecar(container)) {
      for (let n = restarts(container.resizePolicy); n > 0; n--) {
        errors.push(forbidden(at, 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'));
      }
    }
    return { ...masked, resources: old.resources ? masked.resources : undefined };
  });
  return { containers, ...(initContainers ? { initContainers } : {}) };
}
