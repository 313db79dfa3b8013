/** What the bindings of validating and mutating policies have alike. */
import type { MatchResources, ParamRef } from '../../../openapi/types.ts';
import { duplicate, type FieldError, type FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import { nameIsDnsSubdomain, nameIsPathSegment } from '../../meta/names.ts';
import { validateLabelSelector } from '../../meta/validation.ts';
import { specPath } from './policy.validation.ts';
import { validateMatchResources } from './rules.validation.ts';

const notFoundActions = ['Deny', 'Allow'];
const validationActions = ['Audit', 'Deny', 'Warn'];
const exclusive = 'name and selector are mutually exclusive';

interface BindingSpec {
  readonly policyName?: string;
  readonly paramRef?: ParamRef;
  readonly matchResources?: MatchResources;
}

export function validateBinding({ policyName = '', paramRef, matchResources }: BindingSpec = {}): FieldError[] {
  const at = specPath.child('policyName');
  const errors =
    policyName === '' ? [required(at)] : nameIsDnsSubdomain(policyName, false).map((message) => invalid(at, policyName, message));
  if (paramRef) errors.push(...validateParamRef(paramRef, specPath.child('paramRef')));
  return [...errors, ...validateMatchResources(matchResources, specPath.child('matchResources'))];
}

function validateParamRef({ name = '', selector, parameterNotFoundAction = '' }: ParamRef, path: FieldPath): FieldError[] {
  const errors = name === '' ? [] : nameIsPathSegment(name, false).map((message) => invalid(path.child('name'), name, message));
  if (name !== '' && selector) errors.push(forbidden(path.child('name'), exclusive));
  errors.push(...validateLabelSelector(selector, path.child('selector')));
  if (name !== '' && selector) errors.push(forbidden(path.child('selector'), exclusive));
  if (name === '' && !selector) errors.push(required(path, 'one of name or selector must be specified'));
  const at = path.child('parameterNotFoundAction');
  if (parameterNotFoundAction === '') errors.push(required(at));
  else if (!notFoundActions.includes(parameterNotFoundAction)) errors.push(notSupported(at, parameterNotFoundAction, notFoundActions));
  return errors;
}

export function validateValidationActions(actions: readonly string[] = []): FieldError[] {
  const path = specPath.child('validationActions');
  const seen = new Set<string>();
  const errors = actions.flatMap((action, i) => {
    const found: FieldError[] = validationActions.includes(action) ? [] : [notSupported(path.index(i), action, validationActions)];
    if (seen.has(action)) found.push(duplicate(path.index(i), action));
    seen.add(action);
    return found;
  });
  if (seen.has('Deny') && seen.has('Warn')) {
    const detail =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(invalid(path, actions, detail));
  }
  if (seen.size === 0) errors.push(required(path, 'at least one validation action is required'));
  return errors;
}
