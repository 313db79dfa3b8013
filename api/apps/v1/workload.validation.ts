/** The selector and the pod template of workloads whose pods run forever. */

import type { LabelSelector as LabelSelectorObject, PodTemplateSpec } from '../../../openapi/types.ts';
import { type PodValidationOptions, validatePodTemplateSpec } from '../../core/v1/pod.template.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { type LabelSelector, selectorFromObject } from '../../meta/label-selector.ts';
import { isLabelValue, isQualifiedName } from '../../meta/names.ts';
import { printedMap, printedSelector } from '../../meta/printed.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { immutableMessage, validateLabelSelector } from '../../meta/validation.ts';

/** @throws never: undefined if the selector cannot be understood, or asks for what no label can be */
export function readSelector(selector: LabelSelectorObject | undefined): LabelSelector | undefined {
  try {
    const result = selectorFromObject(selector);
    const possible = result.requirements.every(
      ({ key, values }) => isQualifiedName(key).length === 0 && values.every((value) => isLabelValue(value).length === 0),
    );
    return possible ? result : undefined;
  } catch {
    return undefined;
  }
}

/** @param kind as the message about an empty selector names it */
export function validateWorkloadSelector(selector: LabelSelectorObject | undefined, kind: string, path: FieldPath): FieldError[] {
  if (!selector) return [required(path)];
  return [...validateLabelSelector(selector, path), ...forbidEmptySelector(selector, kind, path)];
}

export function forbidEmptySelector(selector: LabelSelectorObject, kind: string, path: FieldPath): FieldError[] {
  const size = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  return size === 0 ? [invalid(path, {}, `empty selector is invalid for ${kind}`)] : [];
}

export function validateSelectorUnchanged(selector: LabelSelectorObject, old: LabelSelectorObject, path: FieldPath): FieldError[] {
  return semanticEqual(selector, old) ? [] : [invalid(path, printedSelector(selector), immutableMessage)];
}

/** The labels of the template that the selector has to match. @param path of the template */
export function labelsMismatch(template: PodTemplateSpec | undefined, path: FieldPath): FieldError {
  return invalid(
    path.child('metadata', 'labels'),
    printedMap(asSent(template?.metadata, 'labels')),
    '`selector` does not match template `labels`',
  );
}

/** What a workload whose pods never end requires of its template. @param kind as the message about deadlines names it */
export function validateLastingPods(template: PodTemplateSpec | undefined, kind: string, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const { restartPolicy = '', activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== 'Always') errors.push(notSupported(path.child('spec', 'restartPolicy'), restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined) {
    errors.push(forbidden(path.child('spec', 'activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`));
  }
  return errors;
}

/** Selector and template of ReplicaSets and of Deployments, which speak of both kinds in each other's words. @param path of the spec */
export function validateReplicaTemplate(
  spec: { readonly selector?: LabelSelectorObject; readonly template?: PodTemplateSpec },
  path: FieldPath,
  options: PodValidationOptions = {},
): FieldError[] {
  const errors = validateWorkloadSelector(spec.selector, 'deployment', path.child('selector'));
  const selector = readSelector(spec.selector);
  if (!selector) return [...errors, invalid(path.child('selector'), printedSelector(spec.selector), 'invalid label selector')];
  const at = path.child('template');
  const template = spec.template ?? ({} as PodTemplateSpec);
  if (!selector.isEverything() && !selector.matches(template.metadata?.labels)) errors.push(labelsMismatch(template, at));
  return [...errors, ...validatePodTemplateSpec(template, at, options), ...validateLastingPods(template, 'ReplicaSet', at)];
}
