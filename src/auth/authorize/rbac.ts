import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { aggregate } from '../../../api/meta/text.ts';
import type { AccessAttributes, Authorizer, Decision, UserInfo, UserRules } from '../types.ts';
import { type Binding, SubjectBindings, subjectKey } from './subject-bindings.ts';

/** PolicyRule of rbac.authorization.k8s.io/v1. */
export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

export interface UserRights extends Pick<UserRules, 'resourceRules' | 'nonResourceRules'> {
  readonly dangling: readonly Binding[];
}

const noOpinion: Decision = { decision: 'no-opinion', reason: '' };
/** Decisions kept for each user until a role or binding changes. */
const maxCachedDecisions = 1_000;
/** In a decision's place: it depends on the object's name. */
const byName = 'by name';

/**
 * RBAC (rbac.authorization.k8s.io/v1) over an index from subject to bindings, so that a decision looks only at the user's own
 * bindings. `set` and `remove` keep it in step with the store.
 */
export class RbacAuthorizer implements Authorizer {
  private readonly roles = new Map<string, Rule[]>();
  private readonly bindings = new Map<string, Binding>();
  private readonly bySubject = new SubjectBindings();
  private decisions = new WeakMap<UserInfo, Map<string, Decision | typeof byName>>();

  /** Takes in a created or changed Role, ClusterRole or one of their bindings. */
  set(object: KubeObject): void {
    const namespace = object.metadata?.namespace ?? '';
    const name = object.metadata!.name!;
    const key = keyOf(object.kind!, namespace, name);
    this.decisions = new WeakMap();
    if (object.kind === 'Role' || object.kind === 'ClusterRole') {
      this.roles.set(key, object.rules ?? []);
      return;
    }
    this.removeBinding(key);
    const binding: Binding = {
      kind: object.kind as Binding['kind'],
      namespace,
      name,
      subjects: object.subjects ?? [],
      roleRef: object.roleRef,
    };
    this.bindings.set(key, binding);
    this.bySubject.add(binding);
  }

  /** Forgets a deleted one. */
  remove(kind: string, namespace: string, name: string): void {
    const key = keyOf(kind, namespace, name);
    this.decisions = new WeakMap();
    if (!this.roles.delete(key)) this.removeBinding(key);
  }

  authorize(attributes: AccessAttributes): Decision {
    let cache = this.decisions.get(attributes.user);
    if (!cache || cache.size >= maxCachedDecisions) this.decisions.set(attributes.user, (cache = new Map()));
    const { verb, path, resourceRequest, group, resource, subresource, namespace, name } = attributes;
    const key = resourceRequest ? `${verb}\n${group}\n${resource}\n${subresource}\n${namespace}` : `${verb}\n${path}`;
    const known = cache.get(key);
    if (known !== undefined && known !== byName) return known;
    const ofName = `${key}\n${name}`;
    const knownOfName = known && (cache.get(ofName) as Decision | undefined);
    if (knownOfName) return knownOfName;
    const { decision, dependsOnName } = this.decide(attributes);
    cache.set(key, dependsOnName ? byName : decision);
    if (dependsOnName) cache.set(ofName, decision);
    return decision;
  }

  /** The rules of a Role or ClusterRole; undefined if there is none. @param namespace '' for a ClusterRole */
  rulesOfRole(kind: string, namespace: string, name: string): readonly Rule[] | undefined {
    return this.roles.get(keyOf(kind, namespace, name));
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<UserRules> {
    const { dangling, ...rules } = this.rightsOf(user, namespace);
    return { ...rules, incomplete: false, errors: dangling.map(missingRole) };
  }

  /** What bindings give to a user, and those that give nothing, as there is no such role. */
  rightsOf(user: UserInfo, namespace: string): UserRights {
    const resourceRules: { verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[] }[] = [];
    const nonResourceRules: { verbs: string[]; nonResourceURLs?: string[] }[] = [];
    const dangling: Binding[] = [];
    const all = new Set<Binding>();
    for (const { bindings } of this.bindingsOf(user, namespace)) for (const binding of bindings) all.add(binding);
    for (const binding of all) {
      const rules = this.rulesOf(binding);
      if (!rules) dangling.push(binding);
      for (const rule of rules ?? []) {
        const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
        if (resources?.length) resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames ? { resourceNames } : {}) });
        if (nonResourceURLs?.length) nonResourceRules.push({ verbs, nonResourceURLs });
      }
    }
    return { resourceRules, nonResourceRules, dangling };
  }

  private decide(attributes: AccessAttributes): { readonly decision: Decision; readonly dependsOnName: boolean } {
    const missing: string[] = [];
    let dependsOnName = false;
    for (const { bindings, subject } of this.bindingsOf(attributes.user, attributes.namespace)) {
      const [binding] = bindings;
      const rules = this.rulesOf(binding!);
      if (!rules) missing.push(missingRole(binding!));
      for (const rule of rules ?? []) {
        if (!covers(rule, attributes)) continue;
        if (rule.resourceNames?.length && attributes.resourceRequest) dependsOnName = true;
        if (isNamed(rule, attributes)) return { decision: { decision: 'allow', reason: allowedBy(binding!, subject) }, dependsOnName };
      }
    }
    const reason = missing.length > 0 ? `RBAC: ${aggregate(missing)}` : '';
    return { decision: reason === '' ? noOpinion : { decision: 'no-opinion', reason }, dependsOnName };
  }

  /** What speaks of a user, the bindings of one role together, with the subject by which they do: cluster-wide ones first, as upstream tries them first. */
  private *bindingsOf(user: UserInfo, namespace: string): Iterable<{ readonly bindings: ReadonlySet<Binding>; readonly subject: string }> {
    const subjects = [`User\n${user.username}`, ...user.groups.map((group) => `Group\n${group}`)];
    for (const space of namespace === '' ? [''] : ['', namespace]) {
      for (const subject of subjects) for (const bindings of this.bySubject.of(subject, space)) yield { bindings, subject };
    }
  }

  private rulesOf({ roleRef, namespace }: Binding): Rule[] | undefined {
    return this.roles.get(keyOf(roleRef.kind, roleRef.kind === 'Role' ? namespace : '', roleRef.name));
  }

  private removeBinding(key: string): void {
    const binding = this.bindings.get(key);
    if (!binding) return;
    this.bindings.delete(key);
    this.bySubject.remove(binding);
  }
}

const keyOf = (kind: string, namespace: string, name: string) => `${kind}\n${namespace}\n${name}`;

function missingRole({ roleRef }: Binding): string {
  return `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${goQuote(roleRef.name)} not found`;
}

function allowedBy(binding: Binding, subjectIndex: string): string {
  const [kind, name] = subjectIndex.split('\n') as [string, string];
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(name);
  const bySubject = binding.subjects.find((subject) => subjectKey(subject, binding.namespace) === subjectIndex);
  const subject =
    bySubject?.kind === 'ServiceAccount' && account
      ? `ServiceAccount ${goQuote(`${account[2]}/${account[1]}`)}`
      : `${kind} ${goQuote(name)}`;
  const path = binding.namespace === '' ? binding.name : `${binding.name}/${binding.namespace}`;
  return `RBAC: allowed by ${binding.kind} ${goQuote(path)} of ${binding.roleRef.kind} ${goQuote(binding.roleRef.name)} to ${subject}`;
}

/** Whether a rule allows a request. */
export function allows(rule: Rule, attributes: AccessAttributes): boolean {
  return covers(rule, attributes) && isNamed(rule, attributes);
}

/** Whether a rule is about a request, whatever object it names. */
function covers(rule: Rule, attributes: AccessAttributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  if (!attributes.resourceRequest) return (rule.nonResourceURLs ?? []).some((url) => matchesPath(url, attributes.path));
  if (!includes(rule.apiGroups, attributes.group)) return false;
  const resources = rule.resources ?? [];
  const wanted = attributes.subresource === '' ? attributes.resource : `${attributes.resource}/${attributes.subresource}`;
  return (
    resources.includes('*') ||
    resources.includes(wanted) ||
    (attributes.subresource !== '' && resources.includes(`*/${attributes.subresource}`))
  );
}

function isNamed({ resourceNames }: Rule, { resourceRequest, name }: AccessAttributes): boolean {
  return !resourceRequest || !resourceNames?.length || resourceNames.includes(name);
}

function includes(values: readonly string[] | undefined, value: string): boolean {
  return values !== undefined && (values.includes('*') || values.includes(value));
}

/** Whether a nonResourceURL of a rule covers a path. */
export function matchesPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}
