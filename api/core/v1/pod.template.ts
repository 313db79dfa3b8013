/**
 * What workloads need of pods: `defaultPodTemplateSpec(template)`, `withPodTemplate(templateOf, hooks)`, `validatePodTemplateSpec(template, path, options?)`,
 * `podTemplateWarnings(template, path)` and `podNameWarnings(name)` for kinds whose names become host names.
 */
export { defaultPodTemplateSpec } from './pod.defaults.ts';
export { withPodTemplate } from './pod.disabled-fields.ts';
export { type PodValidationOptions, validatePodTemplateSpec } from './pod.validation.ts';
export { podNameWarnings, podTemplateWarnings } from './pod.warnings.ts';
