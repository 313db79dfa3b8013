import type { MutatingAdmissionPolicy } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { validateObjectMeta } from '../../meta/validation.ts';
import { validateSpec } from './mutatingadmissionpolicy.validation.ts';
import { defaultMatchResources } from './registration.defaults.ts';
import { reservedNameWarnings } from './reserved-names.ts';

/** MutatingAdmissionPolicies. Compared with v1.36.3: defaults, rules, matching, mutations, generations, table. */
export const mutatingAdmissionPolicy = defineResource<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  singular: 'mutatingadmissionpolicy',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy',
  categories: ['api-extensions'],
  columns: [
    nameColumn,
    {
      name: 'Mutations',
      type: 'integer',
      description: 'Mutation indicates the number of mutations rules defined in this configuration',
      cell: ({ spec }) => spec?.mutations?.length ?? 0,
    },
    {
      name: 'ParamKind',
      type: 'string',
      description: 'ParamKind specifies the kind of resources used to parameterize this policy',
      cell: ({ spec }) => (spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : '<unset>'),
    },
    ageColumn,
  ],
  allowUnconditionalUpdate: false,
  defaults({ spec }) {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatchResources(spec.matchConstraints);
  },
  ...countsGenerations('spec'),
  validate: (object) => validateSpec(object),
  validateUpdate: (object, old) => [...validateObjectMeta(object.metadata ?? {}, { namespaced: false }), ...validateSpec(object, old)],
  warnings: reservedNameWarnings,
});
