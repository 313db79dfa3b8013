/** Annotations of pods that mean something to the server, mostly from before the fields that replaced them. */
import type { AppArmorProfile, PodSpec, SeccompProfile, Toleration } from '../../../openapi/types.ts';
import { type FieldError, type FieldPath, forbidden, invalid } from '../../meta/field.ts';
import { goJsonError } from '../../meta/json-errors.ts';
import type { ObjectMeta } from '../../meta/object.ts';
import type { PodValidationOptions } from './pod.validation.ts';
import { eachContainer } from './pod-containers.ts';
import { validateTolerations } from './scheduling.validation.ts';
import { validateDescendingPath } from './volume.validation.ts';

type Annotations = Readonly<Record<string, string>>;

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
export const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/tolerations';
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

export function validatePodAnnotations(
  annotations: Annotations | undefined,
  spec: PodSpec,
  path: FieldPath,
  options: PodValidationOptions,
): FieldError[] {
  if (!annotations) return [];
  const errors: FieldError[] = [];
  const mirror = annotations[mirrorAnnotation];
  if (mirror !== undefined && !spec.nodeName) {
    errors.push(invalid(path.key(mirrorAnnotation), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  }
  if (annotations[tolerationsAnnotation]) errors.push(...validateTolerationAnnotation(annotations[tolerationsAnnotation], path));
  const cost = annotations[deletionCostAnnotation];
  if (cost !== undefined && !options.allowInvalidPodDeletionCost && !isDeletionCost(cost)) {
    errors.push(invalid(path.key(deletionCostAnnotation), cost, 'must be a 32bit integer'));
  }
  if (annotations[seccompPodAnnotation] !== undefined) {
    errors.push(...validateSeccompText(annotations[seccompPodAnnotation], path.child(seccompPodAnnotation)));
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (key.startsWith(seccompContainerPrefix)) errors.push(...validateSeccompText(value, path.child(key)));
  }
  return [...errors, ...validateAppArmorAnnotations(annotations, spec, path)];
}

function validateTolerationAnnotation(text: string, path: FieldPath): FieldError[] {
  let tolerations: Toleration[];
  try {
    tolerations = JSON.parse(text) ?? [];
  } catch {
    return [invalid(path, tolerationsAnnotation, goJsonError(text))];
  }
  return validateTolerations(tolerations, path.child(tolerationsAnnotation));
}

// No sign before a positive number and no leading zeros, so that equal costs are equal texts.
function isDeletionCost(text: string): boolean {
  return /^(0|-?[1-9]\d*)$/.test(text) && Number(text) >= -2147483648 && Number(text) <= 2147483647;
}

function validateSeccompText(profile: string, path: FieldPath): FieldError[] {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return [];
  if (profile.startsWith('localhost/')) return validateDescendingPath(profile.slice('localhost/'.length), path);
  return [invalid(path, profile, 'must be a valid seccomp profile')];
}

function validateAppArmorAnnotations(annotations: Annotations, spec: PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, profile] of Object.entries(annotations)) {
    if (!key.startsWith(appArmorPrefix)) continue;
    const name = key.slice(appArmorPrefix.length);
    let found = false;
    eachContainer(spec, path, (container) => {
      found ||= container.name === name;
    });
    if (!found) errors.push(invalid(path.key(key), name, 'container not found'));
    if (profile !== '' && profile !== 'runtime/default' && profile !== 'unconfined' && !profile.startsWith('localhost/')) {
      errors.push(invalid(path.key(key), profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`));
    }
  }
  return errors;
}

/** Changes of annotations that a pod keeps for life. */
export function validatePodAnnotationUpdate(
  meta: ObjectMeta,
  old: ObjectMeta,
  spec: PodSpec,
  path: FieldPath,
  options: PodValidationOptions,
): FieldError[] {
  const errors: FieldError[] = [];
  const now = meta.annotations ?? {};
  const before = old.annotations ?? {};
  for (const [key, value] of Object.entries(before)) {
    if (now[key] === value) continue;
    if (key.startsWith(appArmorPrefix)) errors.push(forbidden(path.key(key), 'may not remove or update AppArmor annotations'));
    if (key === mirrorAnnotation) errors.push(forbidden(path.key(key), 'may not remove or update mirror pod annotation'));
  }
  for (const key of Object.keys(now)) {
    if (key in before) continue;
    if (key.startsWith(appArmorPrefix)) errors.push(forbidden(path.key(key), 'may not add AppArmor annotations'));
    if (key === mirrorAnnotation) errors.push(forbidden(path.key(key), 'may not add mirror pod annotation'));
  }
  return [...errors, ...validatePodAnnotations(now, spec, path, options)];
}

/** Profiles stated both by annotation and by field must agree. */
export function validateProfileAnnotations(meta: ObjectMeta | undefined, spec: PodSpec, path: FieldPath): FieldError[] {
  const annotations = meta?.annotations;
  if (!annotations) return [];
  const errors: FieldError[] = [];
  const compare = (
    what: string,
    annotation: string | undefined,
    profile: AppArmorProfile | SeccompProfile | undefined,
    at: FieldPath,
  ): void => {
    if (annotation === undefined || !profile) return;
    const kind = what === 'seccomp' && annotation === 'docker/default' ? 'runtime/default' : annotation;
    const type = forbidden(at.child('type'), `${what} type in annotation and field must match`);
    if (profile.type === 'Unconfined' && kind !== 'unconfined') errors.push(type);
    if (profile.type === 'RuntimeDefault' && kind !== 'runtime/default') errors.push(type);
    if (profile.type !== 'Localhost') return;
    if (!kind.startsWith('localhost/')) errors.push(type);
    else if (kind.slice('localhost/'.length) !== profile.localhostProfile) {
      errors.push(forbidden(at.child('localhostProfile'), `${what} profile in annotation and field must match`));
    }
  };
  compare(
    'seccomp',
    annotations[seccompPodAnnotation],
    spec.securityContext?.seccompProfile,
    path.child('securityContext', 'seccompProfile'),
  );
  eachContainer(spec, path, (container, at) => {
    const own = container.securityContext?.seccompProfile;
    compare('seccomp', annotations[seccompContainerPrefix + container.name], own, at.child('securityContext', 'seccompProfile'));
  });
  if (spec.os?.name === 'windows') return errors;
  eachContainer(spec, path, (container, at) => {
    const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    compare('apparmor', annotations[appArmorPrefix + container.name], profile, at.child('securityContext', 'appArmorProfile'));
  });
  return errors;
}
