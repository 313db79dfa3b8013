import type { PodSpec, PodTemplateSpec } from '../../../openapi/types.ts';
import { defaultPodTemplateSpec } from '../../core/v1/pod.template.ts';

/** Fills in the pod template of a workload's spec; one that is absent becomes an empty one with its defaults. */
export function defaultTemplateOf(spec: { template?: PodTemplateSpec }): void {
  const template = (spec.template ??= {} as PodTemplateSpec);
  template.spec ??= {} as PodSpec;
  defaultPodTemplateSpec(template);
}
