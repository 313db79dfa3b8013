import { validateTolerations } from '../../../api/core/v1/scheduling.validation.ts';
import { errorText, FieldPath } from '../../../api/meta/field.ts';
import type { ObjectSchema } from '../../../openapi/schema.ts';
import { int64, list, object, string, typeMeta } from '../../machinery/schema/shapes.ts';
import type { PodTolerationConfiguration } from './pod-toleration-restriction.ts';

export const toleration: ObjectSchema = object('Toleration', {
  ...{ key: string, operator: string, value: string, effect: string, tolerationSeconds: int64 },
});

/** The plugin's configuration. */
export const podTolerations: ObjectSchema = object('Configuration', {
  ...typeMeta,
  default: list(toleration),
  whitelist: list(toleration),
});

/** @throws Error in kube-apiserver's words, for tolerations that no pod may have */
export function validatePodTolerations(configuration: PodTolerationConfiguration): void {
  const path = FieldPath.of('podtolerationrestriction');
  const errors = (['default', 'whitelist'] as const).flatMap((name) => validateTolerations(configuration[name] ?? [], path.child(name)));
  if (errors.length > 0) throw new Error(`invalid config: [${errors.map(errorText).join(' ')}]`);
}
