import { type FieldError, FieldPath, invalid, notSupported, refuseErrors, required } from '../../../api/meta/field.ts';
import { isDns1123Subdomain } from '../../../api/meta/names.ts';
import type { AccessAttributes } from '../../auth/types.ts';
import { decodeConfiguration, UnsaidKind } from '../../machinery/configuration-file.ts';
import { boolean, list, object, string, typeMeta } from '../../machinery/schema/shapes.ts';

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

const types = 'io.k8s.apiserver.pkg.apis.audit.v1';
const groupResources = object(`${types}.GroupResources`, { group: string, resources: list(string), resourceNames: list(string) });
const rule = object(`${types}.PolicyRule`, {
  ...{ level: string, users: list(string), userGroups: list(string), verbs: list(string), resources: list(groupResources) },
  ...{ namespaces: list(string), nonResourceURLs: list(string), omitStages: list(string), omitManagedFields: boolean },
});
const shape = object(`${types}.Policy`, { ...typeMeta, rules: list(rule), omitStages: list(string), omitManagedFields: boolean });
const document = { kind: 'Policy', versions: { 'audit.k8s.io/v1': shape }, lenient: true };

/**
 * Reads a policy file, YAML or JSON.
 * @throws Error in kube-apiserver's words where it is none, or is wrong
 */
export function readPolicy(text: string): AuditPolicy {
  const policy: Policy = decoded(text);
  const errors = [
    ...validateStages(policy.omitStages, FieldPath.of('omitStages')),
    ...(policy.rules ?? []).flatMap((one, i) => validateRule(one, FieldPath.of('rules').index(i))),
  ];
  refuseErrors(errors);
  if (!policy.rules?.length) throw new Error('loaded illegal policy with 0 rules');
  return new AuditPolicy(policy);
}

function decoded(text: string): Policy {
  try {
    return decodeConfiguration(text, document);
  } catch (error) {
    if (!(error instanceof UnsaidKind)) throw new Error(`failed decoding: ${(error as Error).message}`);
    // What does not say what it is counts as the type that is asked for, in the form that upstream has for itself.
    throw new Error('unknown group version field audit.k8s.io/__internal, Kind=Policy in policy');
  }
}

function validateStages(omitted: readonly AuditStage[] = [], path: FieldPath): FieldError[] {
  return omitted.flatMap((stage, i) =>
    stages.includes(stage) ? [] : [invalid(path.index(i), stage, `allowed stages are ${stages.join(',')}`)],
  );
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
  errors.push(...validateStages(rule.omitStages, path.child('omitStages')));
  if (urls.length > 0 && (rule.resources?.length || rule.namespaces?.length))
    errors.push(invalid(urlPath, urls, 'rules cannot apply to both regular resources and non-resource URLs'));
  return errors;
}
