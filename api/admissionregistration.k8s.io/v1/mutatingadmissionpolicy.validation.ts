import type { MutatingAdmissionPolicy, Mutation } from '../../../openapi/types.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, type FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { specPath, validatePolicy } from './policy.validation.ts';
import { reinvocationPolicies, validateMutableOperations } from './rules.validation.ts';

const patchFields = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;

export function validateSpec({ spec = {} }: MutatingAdmissionPolicy, old?: MutatingAdmissionPolicy): FieldError[] {
  const keepsConditions =
    old !== undefined &&
    semanticEqual(spec.paramKind, old.spec?.paramKind) &&
    semanticEqual(spec.matchConditions, old.spec?.matchConditions);
  const errors = validatePolicy(spec, validateMutableOperations, keepsConditions);
  const { mutations = [], reinvocationPolicy = '' } = spec;
  const path = specPath.child('mutations');
  if (mutations.length === 0) errors.push(required(path, 'mutations must contain at least one item'));
  errors.push(...mutations.flatMap((mutation, i) => validateMutation(mutation, path.index(i))));
  const at = specPath.child('reinvocationPolicy');
  if (reinvocationPolicy === '') errors.push(required(at));
  else if (!reinvocationPolicies.includes(reinvocationPolicy)) errors.push(notSupported(at, reinvocationPolicy, reinvocationPolicies));
  return errors;
}

function validateMutation(mutation: Mutation, path: FieldPath): FieldError[] {
  const { patchType = '' } = mutation;
  if (patchType === '') return [required(path.child('patchType'))];
  const field = patchFields[patchType as keyof typeof patchFields];
  if (!field) return [notSupported(path.child('patchType'), patchType, Object.keys(patchFields))];
  const errors: FieldError[] = [];
  const patch = mutation[field];
  if (!patch) errors.push(required(path.child(field), `must be specified when patchType is ${patchType}`));
  else if ((patch.expression ?? '').trim() === '') errors.push(required(path.child(field, 'expression')));
  for (const other of Object.values(patchFields)) {
    if (other !== field && mutation[other]) {
      errors.push(invalid(path.child(other), `{${other}}`, `must not be specified when patchType is ${patchType}`));
    }
  }
  return errors;
}
