import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { clusterRole } from '../../../api/rbac.authorization.k8s.io/v1/clusterrole.ts';
import { clusterRoleBinding } from '../../../api/rbac.authorization.k8s.io/v1/clusterrolebinding.ts';
import { role } from '../../../api/rbac.authorization.k8s.io/v1/role.ts';
import { roleBinding } from '../../../api/rbac.authorization.k8s.io/v1/rolebinding.ts';
import { escalationMessage, missingRights } from '../../auth/authorize/escalation.ts';
import type { Rule, UserRights } from '../../auth/authorize/rbac.ts';
import type { Authorizer, UserInfo } from '../../auth/types.ts';
import { forbidden, notFound } from '../../registry/errors.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';

/** What RBAC says, whatever other authorizers there are. */
export interface RbacRules {
  rightsOf(user: UserInfo, namespace: string): UserRights;
  /** The rules of a role; undefined if there is none. */
  rulesOfRole(kind: string, namespace: string, name: string): readonly Rule[] | undefined;
}

const superusers = 'system:masters';
const everything: readonly Rule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/**
 * Nobody gives rights that they do not hold, be it by a role or by binding one, unless they may `escalate` or `bind` it (Kubernetes documentation, "Privilege
 * escalation prevention"). Upstream asks this between mutating admission and the registry, so this comes last of all that sees an object before that.
 */
export function rbacEscalationCheck(rules: RbacRules, authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    mutate(attributes) {
      const { definition, operation, user, object, old } = attributes;
      if (operation !== 'CREATE' && operation !== 'UPDATE') return;
      const isRole = definition === role || definition === clusterRole;
      if (!isRole && definition !== roleBinding && definition !== clusterRoleBinding) return;
      if (user.groups.includes(superusers) || (old && onlyForCollection(object!, old))) return;
      return isRole ? checkRole(attributes, rules, authorizer) : checkBinding(attributes, rules, authorizer);
    },
  };
}

async function checkRole(attributes: AdmissionAttributes, rules: RbacRules, authorizer: Authorizer): Promise<void> {
  const { definition, namespace, object } = attributes;
  if (await isAllowed(attributes, authorizer, 'escalate', definition.plural, nameInPath(attributes))) return;
  confirm(attributes, rules, namespace, object!['rules'] ?? []);
  if (!object!['aggregationRule']) return;
  const missing = missingOf(attributes, rules, namespace, everything);
  if (missing.rights.length > 0) throw refused(attributes, 'must have cluster-admin privileges to use the aggregationRule');
}

async function checkBinding(attributes: AdmissionAttributes, rules: RbacRules, authorizer: Authorizer): Promise<void> {
  const { definition, namespace, object } = attributes;
  const { kind, name } = object!['roleRef'] ?? {};
  const bound = kind === role.kind ? role : clusterRole;
  if (await isAllowed(attributes, authorizer, 'bind', bound.plural, name)) return;
  const given = rules.rulesOfRole(bound.kind, bound === role ? namespace : '', name);
  if (!given) throw notFound({ group: definition.group, resource: definition.plural }, name);
  confirm(attributes, rules, namespace, given);
}

// The path of a create names no object, that of an apply which creates does.
function nameInPath({ requestVerb, name }: AdmissionAttributes): string {
  return requestVerb === 'create' ? '' : name;
}

async function isAllowed(
  { user, definition, namespace }: AdmissionAttributes,
  authorizer: Authorizer,
  verb: string,
  resource: string,
  name: string,
): Promise<boolean> {
  const { group, version } = definition;
  const request = { user, verb, resourceRequest: true, path: '', group, version, resource, subresource: '', namespace, name };
  const { decision } = await authorizer.authorize(request);
  return decision === 'allow';
}

function confirm(attributes: AdmissionAttributes, rules: RbacRules, namespace: string, given: readonly Rule[]): void {
  const { rights, dangling } = missingOf(attributes, rules, namespace, given);
  if (rights.length > 0) throw refused(attributes, escalationMessage(attributes.user, rights, dangling));
}

function missingOf({ user }: AdmissionAttributes, rules: RbacRules, namespace: string, given: readonly Rule[]) {
  const { resourceRules, nonResourceRules, dangling } = rules.rightsOf(user, namespace);
  return { rights: missingRights([...resourceRules, ...nonResourceRules], given), dangling };
}

function refused({ definition, object }: AdmissionAttributes, message: string) {
  return forbidden({ group: definition.group, resource: definition.plural }, object!.metadata?.name ?? '', message);
}

// Owners and finalizers may be changed without the rights, so that the garbage collector can do its work.
function onlyForCollection(object: KubeObject, old: KubeObject): boolean {
  const without = ({ metadata, ...rest }: KubeObject) => {
    const { ownerReferences: _owners, finalizers: _finalizers, managedFields: _managed, resourceVersion: _version, ...meta } = metadata!;
    return { ...rest, metadata: meta };
  };
  return semanticEqual(without(object), without(old));
}
