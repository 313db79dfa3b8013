/** Warnings about pods and pod templates: deprecated or useless parts that are accepted all the same. */
import type {
  Container,
  ContainerPort,
  EphemeralContainer,
  Pod,
  PodAffinityTerm,
  PodSpec,
  PodTemplateSpec,
  Volume,
} from '../../../openapi/types.ts';
import { FieldPath } from '../../meta/field.ts';
import { ipWarnings } from '../../meta/ip.ts';
import { isDns1123Label } from '../../meta/names.ts';
import type { ObjectMeta } from '../../meta/object.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { nodeLabelDeprecation, nodeSelectorTermWarnings } from './node-labels.ts';
import { persistentVolumeClaimSpecWarnings } from './persistentvolumeclaim.warnings.ts';
import { appArmorPrefix, seccompContainerPrefix, seccompPodAnnotation } from './pod-annotations.validation.ts';
import { eachContainer } from './pod-containers.ts';
import { overlappingPathWarnings } from './volume-paths.warnings.ts';

const quoted = JSON.stringify;
const none: readonly string[] = [];

/** A pod's own warnings on create. */
export function podWarnings(pod: Pod): string[] {
  const messages = isDns1123Label(pod.metadata?.name ?? '');
  const words = "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  const name = messages.length > 0 ? [`${words}: [${messages.join(' ')}]`] : [];
  return [...name, ...specWarnings(pod.spec!, pod.metadata ?? {}, FieldPath.empty, false)];
}

/** @param path of the template, such as `spec.template` */
export function podTemplateWarnings(template: PodTemplateSpec | undefined, path: FieldPath): string[] {
  return template?.spec ? specWarnings(template.spec, template.metadata ?? {}, path, true) : [];
}

/** For workloads whose names become those of pods. */
export function podNameWarnings(name: string): string[] {
  const messages = isDns1123Label(name);
  const words =
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
  return messages.length > 0 ? [`${words}: [${messages.join(' ')}]`] : [];
}

function specWarnings(spec: PodSpec, meta: ObjectMeta, path: FieldPath, isTemplate: boolean): string[] {
  const at = path.child('spec');
  return [
    ...(spec.nodeSelector || spec.affinity ? nodeWarnings(spec, at) : none),
    ...spreadWarnings(spec, at),
    ...(meta.annotations ? annotationWarnings(meta.annotations, path) : none),
    ...volumeWarnings(spec, at.child('volumes')),
    ...overlappingPathWarnings(spec.volumes ?? []),
    ...(spec.hostAliases || spec.imagePullSecrets ? duplicateWarnings(spec, at) : none),
    ...fractionWarnings(spec.overhead, at.child('overhead')),
    ...containerWarnings(spec, meta, path, isTemplate),
    ...portWarnings(spec, at),
    ...portNameWarnings(spec, at),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${at.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...(spec.affinity ? affinityWarnings(spec, at.child('affinity')) : none),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((server, i) => ipWarnings(at.child('dnsConfig', 'nameservers').index(i), server)),
    ...(spec.hostAliases ?? []).flatMap((alias, i) => ipWarnings(at.child('hostAliases').index(i).child('ip'), alias.ip)),
  ];
}

function nodeWarnings(spec: PodSpec, path: FieldPath): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const message = nodeLabelDeprecation(key);
    if (message) warnings.push(`${path.child('nodeSelector').key(key)}: ${message}`);
  }
  const affinity = spec.affinity?.nodeAffinity;
  const at = path.child('affinity', 'nodeAffinity');
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  required.forEach((term, i) => {
    const own = at.child('requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms').index(i);
    warnings.push(...nodeSelectorTermWarnings(term, own, false));
  });
  (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).forEach((term, i) => {
    const own = at.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('preference');
    warnings.push(...nodeSelectorTermWarnings(term.preference, own, true));
  });
  return warnings;
}

function spreadWarnings(spec: PodSpec, path: FieldPath): string[] {
  return (spec.topologySpreadConstraints ?? []).flatMap((constraint, i) => {
    const at = path.child('topologySpreadConstraints').index(i);
    const message = nodeLabelDeprecation(constraint.topologyKey);
    const warnings = message ? [`${at.child('topologyKey')}: ${constraint.topologyKey} is ${message}`] : [];
    if (!constraint.labelSelector) warnings.push(`${at.child('labelSelector')}: a null labelSelector results in matching no pod`);
    return warnings;
  });
}

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};

function annotationWarnings(annotations: Readonly<Record<string, string>>, path: FieldPath): string[] {
  return Object.entries(deprecatedAnnotations)
    .filter(([key]) => annotations[key] !== undefined)
    .map(([key, message]) => `${path.child('metadata', 'annotations').key(key)}: ${message}`);
}

const deprecatedVolumes: readonly (readonly [field: keyof Volume, name: string, message: string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function volumeWarnings(spec: PodSpec, path: FieldPath): string[] {
  return (spec.volumes ?? []).flatMap((volume, i) => {
    const at = path.index(i);
    const warnings = deprecatedVolumes.filter(([field]) => volume[field]).map(([, name, message]) => `${at.child(name)}: ${message}`);
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
    return claim
      ? [...warnings, ...persistentVolumeClaimSpecWarnings(claim, at.child('ephemeral', 'volumeClaimTemplate', 'spec'))]
      : warnings;
  });
}

function duplicateWarnings(spec: PodSpec, path: FieldPath): string[] {
  const warnings: string[] = [];
  const addresses = new Set<string>();
  (spec.hostAliases ?? []).forEach(({ ip = '' }, i) => {
    if (addresses.has(ip)) warnings.push(`${path.child('hostAliases').index(i).child('ip')}: duplicate ip ${quoted(ip)}`);
    addresses.add(ip);
  });
  const secrets = spec.imagePullSecrets ?? [];
  const names = new Set<string>();
  const nameOf = (i: number): FieldPath => path.child('imagePullSecrets').index(i).child('name');
  secrets.forEach(({ name = '' }, i) => {
    if (names.has(name)) warnings.push(`${nameOf(i)}: duplicate name ${quoted(name)}`);
    names.add(name);
  });
  secrets.forEach(({ name = '' }, i) => {
    if (name === '') warnings.push(`${nameOf(i)}: invalid empty name ""`);
  });
  return warnings;
}

function fractionWarnings(list: Readonly<Record<string, string>> | undefined, path: FieldPath, resource?: string): readonly string[] {
  if (!list) return none;
  return (resource ? [resource] : ['memory', 'ephemeral-storage'])
    .filter((name) => list[name] !== undefined && parseQuantity(list[name]!).looksFractional())
    .map((name) => `${path.key(name)}: fractional byte value ${quoted(list[name])} is invalid, must be an integer`);
}

function containerWarnings(spec: PodSpec, meta: ObjectMeta, path: FieldPath, isTemplate: boolean): string[] {
  const warnings: string[] = [];
  const annotations = path.child('metadata', 'annotations');
  const seccomp = (key: string): void => {
    if (meta.annotations?.[key] !== undefined) {
      warnings.push(`${annotations.key(key)}: non-functional in v1.27+; use the "seccompProfile" field instead`);
    }
  };
  if (!spec.securityContext?.seccompProfile) seccomp(seccompPodAnnotation);
  eachContainer(spec, path.child('spec'), (container, at) => {
    if (!container.securityContext?.seccompProfile) seccomp(seccompContainerPrefix + container.name);
    const key = appArmorPrefix + container.name;
    if (isTemplate && !container.securityContext?.appArmorProfile && meta.annotations?.[key] !== undefined) {
      const profile = spec.securityContext?.appArmorProfile;
      if (!profile || !agrees(meta.annotations[key]!, profile)) {
        warnings.push(`${annotations.key(key)}: deprecated since v1.30; use the "appArmorProfile" field instead`);
      }
    }
    for (const name of ['memory', 'ephemeral-storage']) {
      warnings.push(...fractionWarnings(container.resources?.limits, at.child('resources', 'limits'), name));
      warnings.push(...fractionWarnings(container.resources?.requests, at.child('resources', 'requests'), name));
    }
    warnings.push(...environmentWarnings(container, at));
  });
  return warnings;
}

function agrees(annotation: string, profile: { type: string; localhostProfile?: string }): boolean {
  if (annotation.startsWith('localhost/'))
    return profile.type === 'Localhost' && profile.localhostProfile === annotation.slice('localhost/'.length);
  return profile.type === (annotation === 'unconfined' ? 'Unconfined' : 'RuntimeDefault');
}

function environmentWarnings(container: Container | EphemeralContainer, path: FieldPath): readonly string[] {
  if (!container.env || container.env.length < 2) return none;
  const warnings: string[] = [];
  const names = new Set<string>();
  container.env.forEach((variable, i) => {
    if (names.has(variable.name)) {
      // Building on the earlier definition is fine; replacing it, or naming nothing but it, is not.
      const reference = `$(${variable.name})`;
      const value = variable.value ?? '';
      if (variable.valueFrom || value === reference || !value.includes(reference)) {
        const at = path.child('env').index(i);
        warnings.push(`${at}: hides previous definition of ${quoted(variable.name)}, which may be dropped when using apply`);
      }
    }
    names.add(variable.name);
  });
  return warnings;
}

function portWarnings(spec: PodSpec, path: FieldPath): string[] {
  const warnings: string[] = [];
  const seen = new Map<string, { at: FieldPath; port: ContainerPort }[]>();
  eachContainer(spec, path, (container, containerPath) => {
    (container.ports ?? []).forEach((port, i) => {
      const at = containerPath.child('ports').index(i);
      const host = port.hostPort ?? 0;
      const hostIP = port.hostIP ?? '';
      if (hostIP !== '' && host === 0) {
        warnings.push(
          `${at}: hostIP set without hostPort: {Name:${port.name ?? ''} HostPort:0 ContainerPort:${port.containerPort} Protocol:${port.protocol} HostIP:${hostIP}}`,
        );
      }
      const key = `${port.containerPort}/${port.protocol}`;
      const others = seen.get(key) ?? [];
      for (const other of others) {
        const otherHost = other.port.hostPort ?? 0;
        const otherIP = other.port.hostIP ?? '';
        if (hostIP === otherIP && host === otherHost) warnings.push(`${at}: duplicate port definition with ${other.at}`);
        else if (host === 0 || otherHost === 0) warnings.push(`${at}: overlapping port definition with ${other.at}`);
        else if (host === otherHost && (hostIP === '') !== (otherIP === '')) {
          warnings.push(`${at}: dangerously ambiguous port definition with ${other.at}`);
        }
      }
      seen.set(key, [...others, { at, port }]);
    });
  });
  return warnings;
}

function portNameWarnings(spec: PodSpec, path: FieldPath): string[] {
  const warnings: string[] = [];
  const seen = new Map<string, FieldPath>();
  eachContainer(spec, path, (container, containerPath) => {
    (container.ports ?? []).forEach(({ name }, i) => {
      if (!name) return;
      const at = containerPath.child('ports').index(i);
      const other = seen.get(name);
      if (other)
        warnings.push(
          `${at}: duplicate port name ${quoted(name)} with ${other}, services and probes that select ports by name will use ${other}`,
        );
      else seen.set(name, at);
    });
  });
  return warnings;
}

function affinityWarnings(spec: PodSpec, path: FieldPath): string[] {
  const warn = (term: PodAffinityTerm | undefined, at: FieldPath): string[] =>
    term?.labelSelector ? [] : [`${at.child('labelSelector')}: a null labelSelector results in matching no pod`];
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const at = path.child(kind);
    const required = spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = spec.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return [
      ...required.flatMap((term, i) => warn(term, at.child('requiredDuringSchedulingIgnoredDuringExecution').index(i))),
      ...preferred.flatMap((term, i) =>
        warn(term.podAffinityTerm, at.child('preferredDuringSchedulingIgnoredDuringExecution').index(i).child('podAffinityTerm')),
      ),
    ];
  });
}
