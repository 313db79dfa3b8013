/**
 * Validation of pods and pod templates, with upstream's fields, words and order (compared with v1.36's answers and with
 * `pkg/apis/core/validation` of that version): metadata and annotations, volumes, containers, host namespaces, DNS, security,
 * scheduling, resources of the whole pod, operating systems.
 */
import type { Pod, PodSpec, PodTemplateSpec, ResourceRequirements } from '../../../openapi/types.ts';
import { duplicate, type FieldError, FieldPath, forbidden, invalid, notFound, notSupported, required, tooLong } from '../../meta/field.ts';
import { validateLegacyIP } from '../../meta/ip.ts';
import {
  isDns1123Label,
  isDns1123Subdomain,
  isDns1123SubdomainWithUnderscore,
  isQualifiedName,
  nameIsDnsSubdomain,
  rangeMessage,
} from '../../meta/names.ts';
import type { ObjectMeta } from '../../meta/object.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { containersTotal, isPodLevelResource } from '../../meta/resources.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { validateAnnotations, validateLabels } from '../../meta/validation.ts';
import {
  validateContainers,
  validateEphemeralContainers,
  validateImagePadding,
  validateInitContainers,
  validateResourceRequirements,
} from './container.validation.ts';
import { validateCoreMeta } from './core-meta.validation.ts';
import { internalForm } from './internal-form.ts';
import { validatePodAnnotations, validateProfileAnnotations } from './pod-annotations.validation.ts';
import { eachContainer } from './pod-containers.ts';
import { validateResourceName } from './resource-names.ts';
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.validation.ts';
import { validateForOperatingSystem, validateHostProcess, validatePodSecurityContext } from './security.validation.ts';
import { invalids, validateVolumes } from './volume.validation.ts';

/** What an object that is stored already may keep although a new one may not have it. */
export interface PodValidationOptions {
  /** A pod itself, not a template. */
  readonly resourceIsPod?: boolean;
  readonly allowInvalidSelectorValues?: boolean;
  readonly allowInvalidNodeAffinityValues?: boolean;
  readonly allowInvalidPodDeletionCost?: boolean;
}

const maxInt32 = 2147483647;

/** A new pod. */
export function validatePodCreate(pod: Pod): FieldError[] {
  const spec = pod.spec!;
  const path = FieldPath.of('spec');
  const errors = validatePodMetadataAndSpec(pod, { resourceIsPod: true });
  if ((spec.ephemeralContainers ?? []).length > 0) errors.push(forbidden(path.child('ephemeralContainers'), 'cannot be set on create'));
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    errors.push(forbidden(path.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  }
  return [...errors, ...validateProfileAnnotations(pod.metadata, spec, path)];
}

/** What holds for every pod, new or changed. */
export function validatePodMetadataAndSpec(pod: Pod, options: PodValidationOptions): FieldError[] {
  const meta = pod.metadata ?? {};
  const spec = pod.spec!;
  const path = FieldPath.of('spec');
  const errors = validateCoreMeta(meta, { namespaced: true });
  errors.push(...validatePodAnnotations(meta.annotations, spec, FieldPath.of('metadata', 'annotations'), options));
  errors.push(...validatePodSpec(spec, meta, path, options));
  if (!spec.serviceAccountName) errors.push(...forbidTokens(spec, path));
  (spec.containers ?? []).forEach((container, i) => {
    errors.push(...validateImagePadding(container, path.child('containers').index(i)));
  });
  (spec.initContainers ?? []).forEach((container, i) => {
    errors.push(...validateImagePadding(container, path.child('initContainers').index(i)));
  });
  return errors;
}

function forbidTokens(spec: PodSpec, path: FieldPath): FieldError[] {
  return (spec.volumes ?? []).flatMap((volume, v) =>
    (volume.projected?.sources ?? []).flatMap((source, s) => {
      if (!source.serviceAccountToken) return [];
      const at = path.child('volumes').index(v).child('projected', 'sources').index(s).child('serviceAccountToken');
      return [forbidden(at, 'must not be specified when serviceAccountName is not set')];
    }),
  );
}

/** The template of a workload. @param path of the template, such as `spec.template` */
export function validatePodTemplateSpec(template: PodTemplateSpec, path: FieldPath, options: PodValidationOptions = {}): FieldError[] {
  const meta = template.metadata ?? {};
  const spec = template.spec ?? ({} as PodSpec);
  const errors = validateLabels(meta.labels, path.child('labels'));
  errors.push(...validateAnnotations(meta.annotations, path.child('annotations')));
  errors.push(...validatePodAnnotations(meta.annotations, spec, path.child('annotations'), options));
  errors.push(...validatePodSpec(spec, undefined, path.child('spec'), options));
  errors.push(...validateProfileAnnotations(meta, spec, path.child('spec')));
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden(path.child('spec', 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'));
  }
  return errors;
}

/** @param meta of the pod; absent for templates */
export function validatePodSpec(spec: PodSpec, meta: ObjectMeta | undefined, path: FieldPath, options: PodValidationOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.terminationGracePeriodSeconds === undefined) errors.push(required(path.child('terminationGracePeriodSeconds')));
  const { volumes, errors: volumeErrors } = validateVolumes(spec.volumes ?? [], meta, path.child('volumes'), options);
  errors.push(...volumeErrors);
  const claims = new Set((spec.resourceClaims ?? []).map((claim) => claim.name).filter((name) => name !== ''));
  errors.push(...validateResourceClaims(spec, meta, path.child('resourceClaims')));
  const context = { spec, volumes, claims };
  errors.push(...validateContainers(spec.containers ?? [], path.child('containers'), context));
  errors.push(...validateInitContainers(spec.initContainers ?? [], path.child('initContainers'), context));
  errors.push(...validateEphemeralContainers(spec.ephemeralContainers ?? [], path.child('ephemeralContainers'), context));
  errors.push(...validatePodResources(spec, path.child('resources'), claims));
  errors.push(...validateHostNetworkPorts(spec, path.child('containers'), options));
  errors.push(...validateEnum(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], path.child('restartPolicy')));
  errors.push(...validateEnum(spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], path.child('dnsPolicy')));
  errors.push(...validateLabels(spec.nodeSelector, path.child('nodeSelector')));
  errors.push(...validatePodSecurityContext(spec, path));
  errors.push(...validateAffinity(spec.affinity, path.child('affinity'), options));
  errors.push(...validateDnsConfig(spec, path.child('dnsConfig')));
  (spec.readinessGates ?? []).forEach(({ conditionType = '' }, i) => {
    errors.push(...invalids(path.child('readinessGates').index(i).child('conditionType'), conditionType, isQualifiedName(conditionType)));
  });
  errors.push(...validateSchedulingGates(spec, path.child('schedulingGates')));
  errors.push(...validateTopologySpread(spec, path.child('topologySpreadConstraints'), options));
  errors.push(...validateHostProcess(spec, path));
  errors.push(...validateHostUsers(spec, path));
  errors.push(...validateHostnameOverride(spec, path.child('hostnameOverride')));
  errors.push(...validateReferences(spec, path));
  if (spec.overhead) errors.push(...validateResourceRequirements({ limits: spec.overhead }, path.child('overhead')));
  errors.push(...validateForOperatingSystem(spec, path));
  errors.push(...validateSchedulingGroup(spec, path.child('schedulingGroup')));
  return [...errors, ...validateFileKeyVolumes(spec, path)];
}

function validateEnum(value: string | undefined, choices: readonly string[], path: FieldPath): FieldError[] {
  if (!value) return [required(path)];
  return choices.includes(value) ? [] : [notSupported(path, value, choices)];
}

// Names of other objects and the pod's own host name, and what stands between them in upstream's order.
function validateReferences(spec: PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const subdomain = (field: 'serviceAccountName' | 'nodeName' | 'priorityClassName' | 'runtimeClassName'): void => {
    const value = spec[field];
    if (value || (field === 'runtimeClassName' && value !== undefined)) {
      errors.push(...invalids(path.child(field), value, nameIsDnsSubdomain(value!, false)));
    }
  };
  subdomain('serviceAccountName');
  subdomain('nodeName');
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > maxInt32)) {
    errors.push(invalid(path.child('activeDeadlineSeconds'), deadline, rangeMessage(1, maxInt32)));
  }
  for (const field of ['hostname', 'subdomain'] as const) {
    if (spec[field]) errors.push(...invalids(path.child(field), spec[field], isDns1123Label(spec[field])));
  }
  errors.push(...validateTolerations(spec.tolerations ?? [], path.child('tolerations')));
  (spec.hostAliases ?? []).forEach((alias, i) => {
    const at = path.child('hostAliases').index(i);
    errors.push(...validateLegacyIP(at.child('ip'), alias.ip ?? ''));
    errors.push(...(alias.hostnames ?? []).flatMap((name, n) => invalids(at.child('hostnames').index(n), name, isDns1123Subdomain(name))));
  });
  subdomain('priorityClassName');
  subdomain('runtimeClassName');
  if (spec.preemptionPolicy !== undefined) {
    errors.push(...validateEnum(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], path.child('preemptionPolicy')));
  }
  return errors;
}

function validateResourceClaims(spec: PodSpec, meta: ObjectMeta | undefined, path: FieldPath): FieldError[] {
  const names = new Set<string>();
  return (spec.resourceClaims ?? []).flatMap((claim, i) => {
    if (meta?.annotations?.['kubernetes.io/config.mirror'] !== undefined) {
      return [forbidden('[]', 'static pods do not support resource claims')];
    }
    const at = path.index(i);
    const errors: FieldError[] = [];
    if (!claim.name) errors.push(required(at.child('name')));
    else if (names.has(claim.name)) errors.push(duplicate(at.child('name'), claim.name));
    else errors.push(...invalids(at.child('name'), claim.name, isDns1123Label(claim.name)));
    names.add(claim.name);
    const { resourceClaimName: own, resourceClaimTemplateName: template } = claim;
    if (own !== undefined && template !== undefined) {
      errors.push(
        invalid(
          at,
          internalForm('PodResourceClaim', claim),
          'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
        ),
      );
    }
    if (own === undefined && template === undefined) {
      errors.push(
        invalid(at, internalForm('PodResourceClaim', claim), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'),
      );
    }
    if (own !== undefined) errors.push(...invalids(at.child('resourceClaimName'), own, nameIsDnsSubdomain(own, false)));
    if (template !== undefined)
      errors.push(...invalids(at.child('resourceClaimTemplateName'), template, nameIsDnsSubdomain(template, false)));
    return errors;
  });
}

function podResourceName(name: string, path: FieldPath): FieldError[] {
  const errors = validateResourceName(name, path);
  return errors.length > 0 || isPodLevelResource(name) ? errors : [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])];
}

function validatePodResources(spec: PodSpec, path: FieldPath, claims: ReadonlySet<string>): FieldError[] {
  const resources: ResourceRequirements | undefined = spec.resources;
  if (!resources) return [];
  if (spec.os?.name === 'windows') return [forbidden(path, 'may not be set for a windows pod')];
  const errors = asSent(resources, 'claims') ? [forbidden(path.child('claims'), 'claims may not be set for Resources at pod-level')] : [];
  errors.push(...validateResourceRequirements(resources, path, claims, podResourceName));
  const { requests = {}, limits = {} } = resources;
  for (const [name, sum] of containersTotal(spec, 'requests')) {
    if (requests[name] !== undefined && sum.compare(parseQuantity(requests[name])) > 0) {
      errors.push(
        invalid(
          path.child('requests').key(name),
          requests[name],
          `must be greater than or equal to aggregate container requests of ${sum}`,
        ),
      );
    }
  }
  for (const [name, sum] of containersTotal(spec, 'limits')) {
    if (name.startsWith('hugepages-') && limits[name] !== undefined && sum.compare(parseQuantity(limits[name])) > 0) {
      errors.push(
        invalid(path.child('limits').key(name), limits[name], `must be greater than or equal to aggregate container limits of ${sum}`),
      );
    }
  }
  (spec.containers ?? []).forEach((container, i) => {
    for (const [name, own] of Object.entries(container.resources?.limits ?? {})) {
      if (limits[name] === undefined || parseQuantity(own).compare(parseQuantity(limits[name])) <= 0) continue;
      const at = path.child('containers').index(i).key(name).child('limits');
      errors.push(invalid(at, own, `must be less than or equal to pod limits of ${limits[name]}`));
    }
  });
  return errors;
}

function validateHostNetworkPorts(spec: PodSpec, path: FieldPath, options: PodValidationOptions): FieldError[] {
  if (!spec.hostNetwork) return [];
  return (spec.containers ?? []).flatMap((container, i) =>
    (container.ports ?? []).flatMap((port, n) => {
      const host = port.hostPort ?? 0;
      if ((!options.resourceIsPod && host === 0) || host === port.containerPort) return [];
      const at = path.index(i).child('ports').index(n).child('hostPort');
      return [invalid(at, host, 'must match `containerPort` when `hostNetwork` is true')];
    }),
  );
}

function validateDnsConfig(spec: PodSpec, path: FieldPath): FieldError[] {
  const config = spec.dnsConfig;
  const errors: FieldError[] = [];
  if (spec.dnsPolicy === 'None') {
    if (!config) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if ((config.nameservers ?? []).length === 0) {
      return [required(path.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
    }
  }
  if (!config) return errors;
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > 3) errors.push(invalid(path.child('nameservers'), nameservers, 'must not have more than 3 nameservers'));
  errors.push(...nameservers.flatMap((server, i) => validateLegacyIP(path.child('nameservers').index(i), server)));
  if (searches.length > 32) errors.push(invalid(path.child('searches'), searches, 'must not have more than 32 search paths'));
  if (searches.join(' ').length > 2048) {
    errors.push(invalid(path.child('searches'), searches, 'must not have more than 2048 characters (including spaces) in the search list'));
  }
  searches.forEach((search, i) => {
    if (search === '.') return;
    const name = search.replace(/\.$/, '');
    errors.push(...invalids(path.child('searches').index(i), name, isDns1123SubdomainWithUnderscore(name)));
  });
  options.forEach((option, i) => {
    if (!option.name) errors.push(required(path.child('options').index(i), 'must not be empty'));
  });
  return errors;
}

function validateSchedulingGates(spec: PodSpec, path: FieldPath): FieldError[] {
  const seen = new Set<string>();
  return (spec.schedulingGates ?? []).flatMap(({ name = '' }, i) => {
    const errors = invalids(path.index(i), name, isQualifiedName(name));
    if (seen.has(name)) errors.push(duplicate(path.index(i), name));
    seen.add(name);
    return errors;
  });
}

function validateHostUsers(spec: PodSpec, path: FieldPath): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const detail = 'when `hostUsers` is false';
  const errors: FieldError[] = [];
  if (spec.hostNetwork) errors.push(forbidden(path.child('hostNetwork'), detail));
  if (spec.hostPID) errors.push(forbidden(path.child('HostPID'), detail));
  if (spec.hostIPC) errors.push(forbidden(path.child('HostIPC'), detail));
  eachContainer(spec, path, (container, at) => {
    if ((container.volumeDevices ?? []).length > 0) errors.push(forbidden(at.child('volumeDevices'), detail));
  });
  return errors;
}

function validateHostnameOverride(spec: PodSpec, path: FieldPath): FieldError[] {
  const name = spec.hostnameOverride;
  if (name === undefined) return [];
  const errors: FieldError[] = [];
  if (spec.setHostnameAsFQDN) errors.push(forbidden(path, 'may not be specified when setHostnameAsFQDN is true'));
  if (spec.hostNetwork) errors.push(forbidden(path, 'may not be specified when hostNetwork is true'));
  if (name.length > 64) errors.push(tooLong(path, 64));
  return [...errors, ...invalids(path, name, isDns1123Subdomain(name))];
}

function validateSchedulingGroup(spec: PodSpec, path: FieldPath): FieldError[] {
  const group = spec.schedulingGroup as { podGroupName?: string } | undefined;
  if (!group) return [];
  const name = group.podGroupName;
  if (name === undefined) return [invalid(path, '', 'must specify one of: `podGroupName`')];
  return invalids(path.child('podGroupName'), name, nameIsDnsSubdomain(name, false));
}

function validateFileKeyVolumes(spec: PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  eachContainer(spec, path, (container, at) => {
    (container.env ?? []).forEach((variable, i) => {
      const name = variable.valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) return;
      const own = at.child('env').index(i).child('valueFrom', 'fileKeyRef', 'volumeName');
      const volume = (spec.volumes ?? []).find((v) => v.name === name);
      if (!volume) errors.push(notFound(own, name));
      else if (!volume.emptyDir) errors.push(invalid(own, name, 'referenced volume must be of type emptyDir'));
    });
  });
  return errors;
}
