import { errorsText, type FieldError, FieldPath, invalid, notSupported, required } from '../../../api/meta/field.ts';
import { isDns1123Subdomain } from '../../../api/meta/names.ts';
import type { AccessAttributes } from '../../auth/types.ts';
import { parseYaml } from '../../machinery/schema/parse.ts';

export const levels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type Level = (typeof levels)[number];
export const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type AuditStage = (typeof stages)[number];

/** What is recorded of a request. */
export interface Ruling {
  readonly level: Level;
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

interface GroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Rule {
  readonly level: Level;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly GroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

interface Policy {
  readonly rules?: readonly Rule[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

/** A Policy of audit.k8s.io/v1: the first rule that matches a request says what is recorded of it. */
export class AuditPolicy {
  private readonly rules: readonly { readonly rule: Rule; readonly ruling: Ruling }[];

  constructor({ rules = [], omitStages = [], omitManagedFields = false }: Policy) {
    this.rules = rules.map((rule) => ({
      rule,
      ruling: {
        level: rule.level,
        omitStages: new Set([...omitStages, ...(rule.omitStages ?? [])]),
        omitManagedFields: rule.omitManagedFields ?? omitManagedFields,
      },
    }));
  }

  /** Undefined where nothing is recorded. */
  rulingOn(attributes: AccessAttributes): Ruling | undefined {
    const ruling = this.rules.find(({ rule }) => matches(rule, attributes))?.ruling;
    return ruling?.level === 'None' ? undefined : ruling;
  }
}

function matches(rule: Rule, attributes: AccessAttributes): boolean {
  const { user, verb } = attributes;
  if (rule.users?.length && !rule.users.includes(user.username)) return false;
  if (rule.userGroups?.length && !user.groups.some((group) => rule.userGroups!.includes(group))) return false;
  if (rule.verbs?.length && !rule.verbs.includes(verb)) return false;
  if (rule.namespaces?.length || rule.resources?.length) return attributes.resourceRequest && matchesResource(rule, attributes);
  if (rule.nonResourceURLs?.length) {
    return !attributes.resourceRequest && rule.nonResourceURLs.some((pattern) => matchesPath(pattern, attributes.path));
  }
  return true;
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}

function matchesResource({ namespaces, resources }: Rule, attributes: AccessAttributes): boolean {
  if (namespaces?.length && !namespaces.includes(attributes.namespace)) return false;
  if (!resources?.length) return true;
  return resources.some((one) => {
    if ((one.group ?? '') !== attributes.group) return false;
    if (!one.resources?.length) return true;
    if (one.resourceNames?.length && !one.resourceNames.includes(attributes.name)) return false;
    return one.resources.some((pattern) => matchesName(pattern, attributes));
  });
}

// `pods/*` covers the pods themselves, too.
function matchesName(pattern: string, { resource, subresource }: AccessAttributes): boolean {
  if (pattern === '*' || pattern === (subresource === '' ? resource : `${resource}/${subresource}`)) return true;
  return pattern === `${resource}/*` || (subresource !== '' && pattern === `*/${subresource}`);
}

/**
 * Reads a policy file, YAML or JSON.
 * @throws Error in kube-apiserver's words where it is none, or is wrong
 */
export function readPolicy(text: string): AuditPolicy {
  const value = parseYaml(Buffer.from(text)).value as Record<string, unknown> | null;
  if (typeof value !== 'object' || value === null || !value['kind'])
    throw new Error(`failed decoding: Object 'Kind' is missing in '${text.trim()}'`);
  const { apiVersion = '', kind } = value;
  if (apiVersion !== 'audit.k8s.io/v1' || kind !== 'Policy') {
    const registered = 'in scheme "pkg/runtime/scheme.go:111"';
    throw new Error(
      `failed decoding: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} ${registered}`,
    );
  }
  checkShape(value);
  const policy = value as Policy;
  const errors = (policy.rules ?? []).flatMap((rule, i) => validateRule(rule, FieldPath.of('rules').index(i)));
  if (errors.length > 0) throw new Error(errorsText(errors));
  if (!policy.rules?.length) throw new Error('loaded illegal policy with 0 rules');
  return new AuditPolicy(policy);
}

const ruleLists = ['users', 'userGroups', 'verbs', 'namespaces', 'nonResourceURLs', 'omitStages'];

/** @throws Error of the first field that has another type than it should have */
function checkShape(policy: Record<string, unknown>): void {
  checkLists(policy, ['omitStages'], '');
  checkFlag(policy, '');
  for (const [i, rule] of objects(policy['rules'], 'rules').entries()) {
    const path = `rules[${i}]`;
    checkLists(rule, ruleLists, `${path}.`);
    checkFlag(rule, `${path}.`);
    checkText(rule, 'level', `${path}.`);
    for (const [j, one] of objects(rule['resources'], `${path}.resources`).entries()) {
      checkText(one, 'group', `${path}.resources[${j}].`);
      checkLists(one, ['resources', 'resourceNames'], `${path}.resources[${j}].`);
    }
  }
}

function objects(value: unknown, path: string): Record<string, unknown>[] {
  if (value === undefined || value === null) return [];
  const isObject = (one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one);
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw new Error(`failed decoding: ${path} must be a list of objects`);
}

function checkLists(object: Record<string, unknown>, names: readonly string[], path: string): void {
  for (const name of names) {
    const value = object[name];
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (value !== undefined && value !== null && !isList) throw new Error(`failed decoding: ${path}${name} must be a list of strings`);
  }
}

function checkText(object: Record<string, unknown>, name: string, path: string): void {
  const value = object[name];
  if (value !== undefined && value !== null && typeof value !== 'string')
    throw new Error(`failed decoding: ${path}${name} must be a string`);
}

function checkFlag({ omitManagedFields }: Record<string, unknown>, path: string): void {
  if (omitManagedFields !== undefined && omitManagedFields !== null && typeof omitManagedFields !== 'boolean')
    throw new Error(`failed decoding: ${path}omitManagedFields must be true or false`);
}

function validateRule(rule: Rule, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const urls = rule.nonResourceURLs ?? [];
  const urlPath = path.child('nonResourceURLs');
  if (!rule.level) errors.push(required(path.child('level')));
  else if (!levels.includes(rule.level)) errors.push(notSupported(path.child('level'), rule.level, levels));
  for (const [i, url] of urls.entries()) {
    if (url === '*') continue;
    if (!url.startsWith('/')) errors.push(invalid(urlPath.index(i), url, "non-resource URL rules must begin with a '/' character"));
    if (url.slice(0, -1).includes('*'))
      errors.push(invalid(urlPath.index(i), url, "non-resource URL wildcards '*' must be the final character of the rule"));
  }
  for (const one of rule.resources ?? []) {
    const problems = one.group ? isDns1123Subdomain(one.group) : [];
    if (problems.length > 0) errors.push(invalid(path.child('resources', 'group'), one.group, problems.join(',')));
    if (one.resourceNames?.length && !one.resources?.length)
      errors.push(
        invalid(path.child('resources', 'resourceNames'), one.resourceNames, 'using resourceNames requires at least one resource'),
      );
  }
  for (const [i, stage] of (rule.omitStages ?? []).entries()) {
    if (!stages.includes(stage)) errors.push(invalid(path.child('omitStages').index(i), stage, `allowed stages are ${stages.join(',')}`));
  }
  if (urls.length > 0 && (rule.resources?.length || rule.namespaces?.length))
    errors.push(invalid(urlPath, urls, 'rules cannot apply to both regular resources and non-resource URLs'));
  return errors;
}
