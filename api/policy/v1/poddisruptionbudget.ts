import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { validateConditions } from '../../meta/conditions.ts';
import { type FieldError, FieldPath, invalid, notSupported } from '../../meta/field.ts';
import { intOrStringText } from '../../meta/intstr.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { validateAtMost100Percent, validateIntOrPercent, validateNonNegativeFields } from '../../meta/numbers.validation.ts';
import { printedSelector } from '../../meta/printed.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { hasInvalidLabelValue, validateLabelSelector } from '../../meta/validation.ts';

const path = FieldPath.of('spec');
const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget'];
const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;

function validateSpec(spec: PodDisruptionBudgetSpec, allowInvalidValues = false): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const printed = {
      MinAvailable: minAvailable,
      Selector: printedSelector(selector),
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    errors.push(invalid(path, printed, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[name];
    if (value === undefined) continue;
    errors.push(...validateIntOrPercent(value, path.child(name)), ...validateAtMost100Percent(value, path.child(name)));
  }
  errors.push(...validateLabelSelector(selector, path.child('selector'), { allowInvalidValues }));
  if (policy !== undefined && !evictionPolicies.includes(policy)) {
    errors.push(notSupported(path.child('unhealthyPodEvictionPolicy'), policy, evictionPolicies));
  }
  return errors;
}

function validateStatus({ status }: PodDisruptionBudget): FieldError[] {
  const at = FieldPath.of('status');
  return [...validateConditions(status?.conditions, at.child('conditions')), ...validateNonNegativeFields(status, counts, at)];
}

/** PodDisruptionBudgets. Compared with v1.36.3: the two limits, selector, generations, status, table. */
export const podDisruptionBudget = defineResource<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  allowUnconditionalUpdate: false,
  subresources: [statusSubresource<PodDisruptionBudget>({ validateUpdate: validateStatus })],
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      type: 'string',
      description: 'The minimum number of pods that must be available.',
      cell: ({ spec }) => intOrStringText(spec?.minAvailable ?? 'N/A'),
    },
    {
      name: 'Max Unavailable',
      type: 'string',
      description: 'The maximum number of pods that may be unavailable.',
      cell: ({ spec }) => intOrStringText(spec?.maxUnavailable ?? 'N/A'),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'Calculated number of pods that may be disrupted at this time.',
      cell: ({ status }) => status?.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
  resetFields: [['status']],
  defaults(object) {
    object.spec ??= {};
  },
  ...specAndStatus(() => Object.fromEntries(counts.map((name) => [name, 0]))),
  metadataLast: true,
  validateName: nameIsPathSegment,
  validate: (object) => validateSpec(object.spec ?? {}),
  validateUpdate: (object, old) => validateSpec(object.spec ?? {}, hasInvalidLabelValue(old.spec?.selector)),
});
