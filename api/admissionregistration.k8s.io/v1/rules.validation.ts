/** Which requests webhooks and policies are about. */
import type { MatchResources, NamedRuleWithOperations, RuleWithOperations } from '../../../openapi/types.ts';
import { duplicate, type FieldError, type FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { validateLabelSelector } from '../../meta/validation.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const mutableOperations = operations.filter((operation) => operation !== 'DELETE');
const scopes = ['*', 'Cluster', 'Namespaced'];

export const failurePolicies: readonly string[] = ['Fail', 'Ignore'];
export const matchPolicies: readonly string[] = ['Equivalent', 'Exact'];
export const reinvocationPolicies: readonly string[] = ['IfNeeded', 'Never'];

/** A value of a closed set, which may be left out only where a default fills it in. */
export function validateChoice(value: string | undefined, choices: readonly string[], path: FieldPath): FieldError[] {
  if (value === undefined) return [required(path)];
  return choices.includes(value) ? [] : [notSupported(path, value, choices)];
}

// A list in which `*` stands alone.
function validateWildcard(list: readonly string[], what: string, path: FieldPath): FieldError[] {
  if (list.length === 0) return [required(path)];
  const crowded = list.length > 1 && list.includes('*');
  return crowded ? [invalid(path, list, `if '*' is present, must not specify other ${what}`)] : [];
}

export function validateRule(rule: RuleWithOperations, path: FieldPath): FieldError[] {
  const { operations: chosen = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const errors = validateWildcard(chosen, 'operations', path.child('operations'));
  chosen.forEach((operation, i) => {
    if (!operations.includes(operation)) errors.push(notSupported(path.child('operations').index(i), operation, operations));
  });
  errors.push(...validateWildcard(apiGroups, 'API groups', path.child('apiGroups')));
  errors.push(...validateWildcard(apiVersions, 'API versions', path.child('apiVersions')));
  apiVersions.forEach((version, i) => {
    if (version === '') errors.push(required(path.child('apiVersions').index(i)));
  });
  errors.push(...validateResources(resources, path.child('resources')));
  if (scope !== undefined && !scopes.includes(scope)) errors.push(notSupported(path.child('scope'), scope, scopes));
  return errors;
}

/** Resources, `resource/subresource`, with `*` in either place; what a wildcard covers may not be named besides. */
function validateResources(resources: readonly string[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = resources.length === 0 ? [required(path)] : [];
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let lastPlain = false;
  resources.forEach((text, i) => {
    if (text === '') {
      errors.push(required(path.index(i)));
      return;
    }
    const slash = text.indexOf('/');
    if (slash < 0) {
      // The last one decides, as in v1.36.3.
      lastPlain = text !== '*';
      return;
    }
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (wholeResources.has(resource)) {
      errors.push(invalid(path.index(i), text, `if '${resource}/*' is present, must not specify ${text}`));
    }
    if (wholeSubresources.has(subresource)) {
      errors.push(invalid(path.index(i), text, `if '*/${subresource}' is present, must not specify ${text}`));
    }
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes('*') && lastPlain) {
    errors.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
  }
  return errors;
}

function validateNamedRule(rule: NamedRuleWithOperations, path: FieldPath): FieldError[] {
  const names = new Set<string>();
  const errors = (rule.resourceNames ?? []).flatMap((name, i) => {
    const at = path.child('resourceNames').index(i);
    const found = nameIsPathSegment(name, false).map((message) => invalid(at, name, message));
    if (names.has(name)) found.push(duplicate(at, name));
    names.add(name);
    return found;
  });
  return [...errors, ...validateRule(rule, path)];
}

export function validateMatchResources(match: MatchResources | undefined, path: FieldPath): FieldError[] {
  if (!match) return [];
  const errors = validateChoice(match.matchPolicy, matchPolicies, path.child('matchPolicy'));
  for (const name of ['namespaceSelector', 'objectSelector'] as const) {
    const selector = match[name];
    errors.push(...(selector ? validateLabelSelector(selector, path.child(name)) : [required(path.child(name))]));
  }
  for (const name of ['resourceRules', 'excludeResourceRules'] as const) {
    errors.push(...(match[name] ?? []).flatMap((rule, i) => validateNamedRule(rule, path.child(name).index(i))));
  }
  return errors;
}

/** Mutations cannot act on deletions. */
export function validateMutableOperations(match: MatchResources | undefined, path: FieldPath): FieldError[] {
  const at = path.child('resourceRules', 'operations');
  const chosen = (match?.resourceRules ?? []).flatMap((rule) => rule.operations ?? []);
  return chosen.filter((operation) => !mutableOperations.includes(operation)).map((o) => notSupported(at, o, mutableOperations));
}
