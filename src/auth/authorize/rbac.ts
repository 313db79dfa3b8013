import type { KubeObject } from '../../../api/meta/object.ts';
import type { AccessAttributes, Authorizer, Decision, UserInfo, UserRules } from '../types.ts';

/** PolicyRule of rbac.authorization.k8s.io/v1. */
export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Binding {
  kind: 'ClusterRoleBinding' | 'RoleBinding';
  /** '' for cluster role bindings. */
  namespace: string;
  name: string;
  subjects: { kind: string; name: string; namespace?: string }[];
  roleRef: { kind: string; name: string };
}

const noOpinion: Decision = { decision: 'no-opinion', reason: '' };
/** Decisions kept for each user until a role or binding changes. */
const maxCachedDecisions = 1_000;

/**
 * RBAC (rbac.authorization.k8s.io/v1) over an index from subject to bindings, so that a decision looks only at the user's own
 * bindings. `set` and `remove` keep it in step with the store.
 */
export class RbacAuthorizer implements Authorizer {
  private readonly roles = new Map<string, Rule[]>();
  private readonly bindings = new Map<string, Binding>();
  private readonly bySubject = new Map<string, Set<Binding>>();
  private decisions = new WeakMap<UserInfo, Map<string, Decision>>();

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
    for (const subject of binding.subjects) {
      const index = subjectKey(subject, namespace);
      let set = this.bySubject.get(index);
      if (!set) this.bySubject.set(index, (set = new Set()));
      set.add(binding);
    }
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
    const key = attributes.resourceRequest
      ? `${attributes.verb}\n${attributes.group}\n${attributes.resource}\n${attributes.subresource}\n${attributes.namespace}\n${attributes.name}`
      : `${attributes.verb}\n${attributes.path}`;
    let decision = cache.get(key);
    if (!decision) {
      decision = this.decide(attributes);
      cache.set(key, decision);
    }
    return decision;
  }

  /** The rules of a Role or ClusterRole; undefined if there is none. @param namespace '' for a ClusterRole */
  rulesOfRole(kind: string, namespace: string, name: string): readonly Rule[] | undefined {
    return this.roles.get(keyOf(kind, namespace, name));
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<UserRules> {
    const resourceRules: { verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[] }[] = [];
    const nonResourceRules: { verbs: string[]; nonResourceURLs?: string[] }[] = [];
    const missing: string[] = [];
    for (const { binding } of this.bindingsOf(user, namespace)) {
      const rules = this.rulesOf(binding);
      if (!rules) missing.push(missingRole(binding));
      for (const rule of rules ?? []) {
        const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
        if (resources?.length) resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames ? { resourceNames } : {}) });
        if (nonResourceURLs?.length && binding.kind === 'ClusterRoleBinding') nonResourceRules.push({ verbs, nonResourceURLs });
      }
    }
    return {
      resourceRules,
      nonResourceRules,
      incomplete: missing.length > 0,
      ...(missing.length > 0 ? { evaluationError: missing.length === 1 ? missing[0]! : `[${missing.join(', ')}]` } : {}),
    };
  }

  private decide(attributes: AccessAttributes): Decision {
    const missing: string[] = [];
    for (const { binding, subject } of this.bindingsOf(attributes.user, attributes.namespace)) {
      const rules = this.rulesOf(binding);
      if (!rules) missing.push(missingRole(binding));
      if (rules?.some((rule) => allows(rule, attributes))) return { decision: 'allow', reason: allowedBy(binding, subject) };
    }
    return missing.length > 0 ? { decision: 'no-opinion', reason: `RBAC: ${joinErrors(missing)}` } : noOpinion;
  }

  // Cluster-wide bindings come first, as upstream tries them first.
  private bindingsOf(user: UserInfo, namespace: string): { binding: Binding; subject: string }[] {
    const found = new Map<Binding, string>();
    for (const key of [`User\n${user.username}`, ...user.groups.map((group) => `Group\n${group}`)]) {
      for (const binding of this.bySubject.get(key) ?? []) {
        const applies = binding.namespace === '' || (namespace !== '' && binding.namespace === namespace);
        if (applies && !found.has(binding)) found.set(binding, key);
      }
    }
    const all = Array.from(found, ([binding, subject]) => ({ binding, subject }));
    return all.sort((a, b) => Number(a.binding.namespace !== '') - Number(b.binding.namespace !== ''));
  }

  private rulesOf({ roleRef, namespace }: Binding): Rule[] | undefined {
    return this.roles.get(keyOf(roleRef.kind, roleRef.kind === 'Role' ? namespace : '', roleRef.name));
  }

  private removeBinding(key: string): void {
    const binding = this.bindings.get(key);
    if (!binding) return;
    this.bindings.delete(key);
    for (const subject of binding.subjects) {
      const index = subjectKey(subject, binding.namespace);
      const set = this.bySubject.get(index);
      set?.delete(binding);
      if (set?.size === 0) this.bySubject.delete(index);
    }
  }
}

const keyOf = (kind: string, namespace: string, name: string) => `${kind}\n${namespace}\n${name}`;

function subjectKey(subject: Binding['subjects'][number], bindingNamespace: string): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind}\n${subject.name}`;
  return `User\nsystem:serviceaccount:${subject.namespace || bindingNamespace}:${subject.name}`;
}

function missingRole({ roleRef }: Binding): string {
  return `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`;
}

function joinErrors(errors: string[]): string {
  const unique = [...new Set(errors)];
  return unique.length === 1 ? unique[0]! : `[${unique.join(', ')}]`;
}

function allowedBy(binding: Binding, subjectIndex: string): string {
  const [kind, name] = subjectIndex.split('\n') as [string, string];
  const account = /^system:serviceaccount:([^:]+):(.+)$/.exec(name);
  const bySubject = binding.subjects.find((subject) => subjectKey(subject, binding.namespace) === subjectIndex);
  const subject =
    bySubject?.kind === 'ServiceAccount' && account
      ? `ServiceAccount ${JSON.stringify(`${account[2]}/${account[1]}`)}`
      : `${kind} ${JSON.stringify(name)}`;
  const path = binding.namespace === '' ? binding.name : `${binding.name}/${binding.namespace}`;
  return `RBAC: allowed by ${binding.kind} ${JSON.stringify(path)} of ${binding.roleRef.kind} ${JSON.stringify(binding.roleRef.name)} to ${subject}`;
}

/** Whether a rule covers a request. */
export function allows(rule: Rule, attributes: AccessAttributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  if (!attributes.resourceRequest) return (rule.nonResourceURLs ?? []).some((url) => matchesPath(url, attributes.path));
  if (!includes(rule.apiGroups, attributes.group)) return false;
  const resources = rule.resources ?? [];
  const wanted = attributes.subresource === '' ? attributes.resource : `${attributes.resource}/${attributes.subresource}`;
  const covered =
    resources.includes('*') ||
    resources.includes(wanted) ||
    (attributes.subresource !== '' && resources.includes(`*/${attributes.subresource}`));
  if (!covered) return false;
  return !rule.resourceNames?.length || rule.resourceNames.includes(attributes.name);
}

function includes(values: readonly string[] | undefined, value: string): boolean {
  return values !== undefined && (values.includes('*') || values.includes(value));
}

/** Whether a nonResourceURL of a rule covers a path. */
export function matchesPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}
