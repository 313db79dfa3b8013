import type { ValidatingAdmissionPolicy } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { keepMetadata } from '../../core/v1/keep-metadata.ts';
import { defineResource } from '../../define.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { validateObjectMeta } from '../../meta/validation.ts';
import { defaultMatchResources } from './registration.defaults.ts';
import { reservedNameWarnings } from './reserved-names.ts';
import { validateSpec, validateStatus } from './validatingadmissionpolicy.validation.ts';

/** ValidatingAdmissionPolicies. Compared with v1.36.3: defaults, rules, matching, validations, audit annotations, status, generations, table. */
export const validatingAdmissionPolicy = defineResource<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  singular: 'validatingadmissionpolicy',
  scope: 'Cluster',
  statusCreatesByApply: true,
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  categories: ['api-extensions'],
  subresources: [
    statusSubresource<ValidatingAdmissionPolicy>({ prepareForUpdate: keepMetadata, validateUpdate: validateStatus }, [
      ['metadata'],
      ['spec'],
    ]),
  ],
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    {
      name: 'Validations',
      type: 'integer',
      description: 'Validations indicates the number of validation rules defined in this configuration',
      cell: ({ spec }) => spec?.validations?.length ?? 0,
    },
    {
      name: 'ParamKind',
      type: 'string',
      description: 'ParamKind specifies the kind of resources used to parameterize this policy',
      cell: ({ spec }) => (spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>'),
    },
    ageColumn,
  ],
  resetFields: [['status']],
  defaults({ spec }) {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatchResources(spec.matchConstraints);
  },
  ...specAndStatus(() => ({})),
  validate: (object) => validateSpec(object),
  validateUpdate: (object, old) => [...validateObjectMeta(object.metadata ?? {}, { namespaced: false }), ...validateSpec(object, old)],
  warnings: reservedNameWarnings,
});
