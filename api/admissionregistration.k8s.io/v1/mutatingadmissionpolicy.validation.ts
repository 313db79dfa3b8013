import type { MutatingAdmissionPolicy, Mutation } from '../../../openapi/types.ts';
import { PolicyCompiler } from '../../cel/policy/policy-compiler.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, type FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { expressionErrors } from './match-conditions.validation.ts';
import { specPath, validatePolicy } from './policy.validation.ts';
import { reinvocationPolicies, validateMutableOperations } from './rules.validation.ts';

const patchFields = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;

export function validateSpec({ spec = {} }: MutatingAdmissionPolicy, old?: MutatingAdmissionPolicy): FieldError[] {
  const keepsConditions =
    old !== undefined &&
    semanticEqual(spec.paramKind, old.spec?.paramKind) &&
    semanticEqual(spec.matchConditions, old.spec?.matchConditions);
  const compiler = new PolicyCompiler(true);
  const errors = validatePolicy(spec, validateMutableOperations, keepsConditions, compiler);
  const { mutations = [], reinvocationPolicy = '' } = spec;
  const path = specPath.child('mutations');
  if (mutations.length === 0) errors.push(required(path, 'mutations must contain at least one item'));
  errors.push(...mutations.flatMap((mutation, i) => validateMutation(mutation, compiler, spec.paramKind !== undefined, path.index(i))));
  const at = specPath.child('reinvocationPolicy');
  if (reinvocationPolicy === '') errors.push(required(at));
  else if (!reinvocationPolicies.includes(reinvocationPolicy)) errors.push(notSupported(at, reinvocationPolicy, reinvocationPolicies));
  return errors;
}

function validateMutation(mutation: Mutation, compiler: PolicyCompiler, params: boolean, path: FieldPath): FieldError[] {
  const { patchType = '' } = mutation;
  if (patchType === '') return [required(path.child('patchType'))];
  const field = patchFields[patchType as keyof typeof patchFields];
  if (!field) return [notSupported(path.child('patchType'), patchType, Object.keys(patchFields))];
  const errors: FieldError[] = [];
  const patch = mutation[field];
  if (!patch) errors.push(required(path.child(field), `must be specified when patchType is ${patchType}`));
  else {
    const expression = (patch.expression ?? '').trim();
    const at = path.child(field, 'expression');
    if (expression === '') errors.push(required(at));
    else errors.push(...expressionErrors(compiler.compile(expression, field, { params, authorizer: true, patches: true }), at));
  }
  for (const other of Object.values(patchFields)) {
    if (other !== field && mutation[other]) {
      errors.push(invalid(path.child(other), `{${other}}`, `must not be specified when patchType is ${patchType}`));
    }
  }
  return errors;
}
