import type { MutatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBinding } from '../../../openapi/types.ts';
import type { FieldError } from '../../meta/field.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { validateObjectMeta } from '../../meta/validation.ts';
import { bindingColumns } from './binding.columns.ts';
import { defaultMatchResources } from './registration.defaults.ts';
import { reservedNameWarnings } from './reserved-names.ts';

/** What bindings of policies of either sort have in common: all but what their spec may say. */
export function bindingRules<T extends MutatingAdmissionPolicyBinding | ValidatingAdmissionPolicyBinding>(
  validateSpec: (object: T) => FieldError[],
) {
  return {
    categories: ['api-extensions'],
    subresources: [],
    columns: bindingColumns,
    allowUnconditionalUpdate: false,
    defaults: ({ spec }: T) => defaultMatchResources(spec?.matchResources),
    ...countsGenerations('spec'),
    validate: validateSpec,
    validateUpdate: (object: T) => [...validateObjectMeta(object.metadata ?? {}, { namespaced: false }), ...validateSpec(object)],
    warnings: reservedNameWarnings,
  };
}
