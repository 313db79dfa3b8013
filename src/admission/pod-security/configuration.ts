import { duplicate, errorsText, type FieldError, FieldPath, invalid } from '../../../api/meta/field.ts';
import { type NameCheck, nameIsDnsLabel, nameIsDnsSubdomain } from '../../../api/meta/names.ts';
import type { PodSecurityConfiguration } from './pod-security.ts';
import { policyOfDefaults } from './policy.ts';

/** What is wrong with a PodSecurityConfiguration, in kube-apiserver's words; undefined for a good one. */
export function podSecurityProblem({ defaults = {}, exemptions = {} }: PodSecurityConfiguration): string | undefined {
  try {
    policyOfDefaults(defaults);
  } catch (error) {
    return `PodSecurity configuration error: ${(error as Error).message}`;
  }
  const usernameCheck: NameCheck = (name) => (name === '' ? ['username must not be empty'] : []);
  const errors = [
    ...validateNames(exemptions.namespaces, 'namespaces', nameIsDnsLabel),
    ...validateNames(exemptions.runtimeClasses, 'runtimeClasses', nameIsDnsSubdomain),
    ...validateNames(exemptions.usernames, 'usernames', usernameCheck),
  ];
  if (errors.length === 0) return undefined;
  return `PodSecurity invalid: ${errorsText(errors)}`;
}

function validateNames(names: readonly string[] = [], field: string, check: NameCheck): FieldError[] {
  const seen = new Set<string>();
  return names.flatMap((name, i) => {
    const path = FieldPath.of('exemptions', field).index(i);
    const problems = check(name, false);
    if (problems.length > 0) return [invalid(path, name, problems.join(', '))];
    if (seen.has(name)) return [duplicate(path, name)];
    seen.add(name);
    return [];
  });
}
