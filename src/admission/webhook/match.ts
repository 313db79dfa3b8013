import type { ResourceDefinition } from '../../../api/define.ts';
import type { LabelSelector } from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { internalError, notFound } from '../../registry/errors.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionAttributes } from '../plugin.ts';

export interface Rule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
  /** Of policies: only objects of these names, if there are any. */
  readonly resourceNames?: readonly string[];
}

/** Which requests a webhook, a policy or a policy's binding is about. */
export interface Criteria {
  /** undefined: all that the selectors let pass. */
  readonly rules: readonly Rule[] | undefined;
  /** Rules of what is left out. */
  readonly excluded?: readonly Rule[];
  /** Whether only the versions that the rules name are meant (matchPolicy Exact). */
  readonly exact: boolean;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
}

/** How a webhook or policy sees a request: in the version that its rules name. */
export interface Match {
  readonly definition: ResourceDefinition;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
}

/** What deciding whether a webhook hears of a request needs to know of the cluster. */
export interface MatchParts {
  readonly lookup: Lookup;
  /** All versions in which a definition's resource is served, itself included. */
  siblings(definition: ResourceDefinition): readonly ResourceDefinition[];
}

const namespaces = { group: '', version: 'v1', plural: 'namespaces' };

/**
 * The version in which a webhook or policy hears of a request, if it does: rules first, as they need nothing else; then the selectors.
 * @throws ApiError if the request's namespace cannot be read
 */
export async function versionHeardBy(
  criteria: Criteria,
  attributes: AdmissionAttributes,
  parts: MatchParts,
): Promise<ResourceDefinition | undefined> {
  const definition = matchingVersion(criteria, attributes, parts);
  if (!definition) return undefined;
  if (!(await namespaceSelected(criteria, attributes, parts.lookup))) return undefined;
  const { object, old } = attributes;
  if (!criteria.objectSelector.isEverything()) {
    if (!labelled(criteria, object) && !labelled(criteria, old)) return undefined;
  }
  return definition;
}

/** @throws ApiError where a conversion webhook fails */
export async function seenIn(definition: ResourceDefinition, attributes: AdmissionAttributes): Promise<Match> {
  const { object, old } = attributes;
  if (definition === attributes.definition) return { definition, object, old };
  return {
    definition,
    object: await inVersion(object, attributes.definition, definition),
    old: await inVersion(old, attributes.definition, definition),
  };
}

function matchingVersion(criteria: Criteria, attributes: AdmissionAttributes, parts: MatchParts): ResourceDefinition | undefined {
  const { rules, excluded = [], exact } = criteria;
  if (excluded.length > 0 && versionOf(excluded, exact, attributes, parts)) return undefined;
  return rules ? versionOf(rules, exact, attributes, parts) : attributes.definition;
}

function versionOf(
  rules: readonly Rule[],
  exact: boolean,
  attributes: AdmissionAttributes,
  { siblings }: MatchParts,
): ResourceDefinition | undefined {
  const { definition } = attributes;
  if (rules.some((rule) => ruleMatches(rule, attributes, definition))) return definition;
  if (exact) return undefined;
  return siblings(definition).find((other) => other !== definition && rules.some((rule) => ruleMatches(rule, attributes, other)));
}

function ruleMatches(
  rule: Rule,
  { operation, subresource, namespace, name }: AdmissionAttributes,
  definition: ResourceDefinition,
): boolean {
  return (
    includes(rule.operations, operation) &&
    includes(rule.apiGroups, definition.group) &&
    includes(rule.apiVersions, definition.version) &&
    scopeMatches(rule.scope, definition, namespace) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name)) &&
    rule.resources.some((text) => resourceMatches(text, definition.plural, subresource))
  );
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

// A Namespace counts as cluster-scoped, although its requests carry its name as their namespace.
function scopeMatches(scope: string, definition: ResourceDefinition, namespace: string): boolean {
  if (scope === '*') return true;
  const namespaced = namespace !== '' && definition.scope === 'Namespaced';
  return namespaced === (scope === 'Namespaced');
}

function resourceMatches(text: string, resource: string, subresource: string): boolean {
  const slash = text.indexOf('/');
  const [wantedResource, wantedSubresource] = slash < 0 ? [text, ''] : [text.slice(0, slash), text.slice(slash + 1)];
  const resourceFits = wantedResource === '*' || wantedResource === resource;
  return resourceFits && (wantedSubresource === '*' || wantedSubresource === subresource);
}

async function namespaceSelected(criteria: Criteria, attributes: AdmissionAttributes, lookup: Lookup): Promise<boolean> {
  const { namespaceSelector } = criteria;
  if (namespaceSelector.isEverything()) return true;
  const { definition, namespace, name, operation, object, subresource } = attributes;
  const isNamespace = definition.group === namespaces.group && definition.plural === namespaces.plural;
  if (!isNamespace && (namespace === '' || definition.scope === 'Cluster')) return true;
  // A new namespace is not in the store yet; of one that is deleted, only the store knows the labels.
  const own = isNamespace && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE') ? object : undefined;
  const labels = (own ?? (await readNamespace(lookup, isNamespace ? name : namespace))).metadata?.labels;
  return namespaceSelector.matches(labels);
}

/** @throws ApiError if it is not there */
export async function readNamespace(lookup: Lookup, name: string): Promise<KubeObject> {
  let found: KubeObject | undefined;
  try {
    found = await lookup.get(namespaces, '', name);
  } catch (error) {
    throw internalError((error as Error).message);
  }
  if (!found) throw notFound({ group: namespaces.group, resource: namespaces.plural }, name);
  return found;
}

function labelled({ objectSelector }: Criteria, object: KubeObject | undefined): boolean {
  return object?.metadata !== undefined && objectSelector.matches(object.metadata.labels);
}

/** An object of one version of its resource in another, converted by whoever converts its kind. @throws ApiError where a conversion webhook fails */
export async function inVersion(
  object: KubeObject | undefined,
  { kind, convert: from }: ResourceDefinition,
  { convert: to }: ResourceDefinition,
): Promise<KubeObject | undefined> {
  if (!object || object.kind !== kind || from === to) return object;
  const stored = from ? ((await from.remote?.toStorage(object)) ?? from.toStorage(object)) : object;
  return to ? ((await to.remote?.fromStorage(stored)) ?? to.fromStorage(stored)) : stored;
}
