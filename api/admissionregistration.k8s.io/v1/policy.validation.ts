/** What validating and mutating policies have alike. */
import type { MatchResources, ParamKind, ValidatingAdmissionPolicySpec, Variable } from '../../../openapi/types.ts';
import type { PolicyCompiler } from '../../cel/policy/policy-compiler.ts';
import { reservedIdentifiers } from '../../cel/syntax/lexer.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { isDns1035Label, isDns1123Subdomain } from '../../meta/names.ts';
import { expressionErrors, validateMatchConditions } from './match-conditions.validation.ts';
import { failurePolicies, validateChoice, validateMatchResources } from './rules.validation.ts';

export const specPath = FieldPath.of('spec');

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

type PolicySpec = Pick<ValidatingAdmissionPolicySpec, 'failurePolicy' | 'matchConditions' | 'matchConstraints' | 'paramKind' | 'variables'>;

/**
 * The parts of both kinds of policy, up to their variables.
 * @param constraints further rules of what the policy is about
 * @param keepsConditions an update changes nothing that its match conditions depend on
 * @param compiler gets to know the variables, for the expressions that follow
 */
export function validatePolicy(
  spec: PolicySpec,
  constraints: (match: MatchResources, path: FieldPath) => FieldError[],
  keepsConditions: boolean,
  compiler: PolicyCompiler,
): FieldError[] {
  const errors = validateChoice(spec.failurePolicy, failurePolicies, specPath.child('failurePolicy'));
  if (spec.paramKind) errors.push(...validateParamKind(spec.paramKind, specPath.child('paramKind')));
  const { matchConstraints } = spec;
  const at = specPath.child('matchConstraints');
  if (!matchConstraints) errors.push(required(at));
  else {
    errors.push(...validateMatchResources(matchConstraints, at));
    if (!matchConstraints.resourceRules?.length) errors.push(required(at.child('resourceRules')));
    errors.push(...constraints(matchConstraints, at));
  }
  if (!keepsConditions)
    errors.push(...validateMatchConditions(spec.matchConditions, specPath.child('matchConditions'), spec.paramKind !== undefined));
  (spec.variables ?? []).forEach((variable, i) => {
    errors.push(...validateVariable(variable, compiler, spec.paramKind !== undefined, specPath.child('variables').index(i)));
  });
  return errors;
}

function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: FieldPath): FieldError[] {
  const errors = validateParamVersion(apiVersion, path.child('apiVersion'));
  const at = path.child('kind');
  if (kind === '') return [...errors, required(at)];
  const messages = isDns1035Label(kind.toLowerCase());
  if (messages.length > 0) errors.push(invalid(at, kind, `may have mixed case, but should otherwise match: ${messages.join(',')}`));
  return errors;
}

function validateParamVersion(apiVersion: string, path: FieldPath): FieldError[] {
  if (apiVersion === '') return [required(path)];
  const parts = apiVersion.split('/');
  if (parts.length > 2) return [invalid(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const version = parts.at(-1)!;
  const group = parts.length === 2 ? parts[0]! : '';
  const errors: FieldError[] = [];
  const groupMessages = group === '' ? [] : isDns1123Subdomain(group);
  if (groupMessages.length > 0) errors.push(invalid(path, group, groupMessages.join(',')));
  if (version === '') return [...errors, invalid(path, apiVersion, 'version must be specified')];
  const versionMessages = isDns1035Label(version);
  if (versionMessages.length > 0) errors.push(invalid(path, version, versionMessages.join(',')));
  return errors;
}

function validateVariable(
  { name = '', expression = '' }: Variable,
  compiler: PolicyCompiler,
  params: boolean,
  path: FieldPath,
): FieldError[] {
  const errors: FieldError[] = [];
  if (name.trim() === '') errors.push(required(path.child('name'), 'name is not specified'));
  else if (!identifier.test(name) || reservedIdentifiers.has(name)) {
    errors.push(invalid(path.child('name'), name, 'must be a valid CEL identifier'));
  }
  const at = path.child('expression');
  if (expression.trim() === '') return [...errors, required(at, 'expression is not specified')];
  return [...errors, ...expressionErrors(compiler.addVariable(name, expression, { params, authorizer: true }), at)];
}
