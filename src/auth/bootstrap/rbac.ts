import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../../api/meta/object.ts';

const apiGroup = 'rbac.authorization.k8s.io';
const apiVersion = `${apiGroup}/v1`;

/** The roles and bindings that every cluster starts with, as in `rbac.json`: rules are `verbs groups resources [names]` or `verbs /urls`. */
interface PolicyData {
  clusterRoles: Record<string, RoleData>;
  clusterRoleBindings: Record<string, BindingData>;
  roles: Record<string, RoleData>;
  roleBindings: Record<string, BindingData>;
}
interface RoleData {
  /** This role's rules join those of admin, edit or view. */
  aggregateTo?: string;
  /** This role gathers the rules of those that aggregate to it. */
  aggregates?: string;
  rules: string[];
}
interface BindingData {
  /** `User name`, `Group name`, `ServiceAccount namespace/name`. */
  subjects: string[];
  /** The role's name, where it is not the binding's own. */
  role?: string;
  roleKind?: 'ClusterRole';
}

/**
 * The bootstrap ClusterRoles, Roles and bindings of kube-apiserver v1.36, in the order in which they are created. The rules of roles that are put together
 * of others are those that the aggregation controller will give them.
 */
export function bootstrapPolicy(): KubeObject[] {
  const data = JSON.parse(readFileSync(new URL('./rbac.json', import.meta.url), 'utf8')) as PolicyData;
  const objects: KubeObject[] = [];
  for (const [name, role] of Object.entries(data.clusterRoles)) objects.push(roleObject('ClusterRole', name, role));
  for (const [name, binding] of Object.entries(data.clusterRoleBindings)) objects.push(bindingObject('ClusterRoleBinding', name, binding));
  for (const [name, role] of Object.entries(data.roles)) objects.push(roleObject('Role', name, role));
  for (const [name, binding] of Object.entries(data.roleBindings)) objects.push(bindingObject('RoleBinding', name, binding));
  return objects;
}

function metadata(path: string, labels: Record<string, string> = {}) {
  const [namespace, name] = path.includes('/') ? path.split('/') : [undefined, path];
  return {
    name,
    ...(namespace ? { namespace } : {}),
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  };
}

const aggregationLabel = (to: string) => ({ [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true' });

function roleObject(kind: string, path: string, role: RoleData): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: metadata(path, role.aggregateTo ? aggregationLabel(role.aggregateTo) : {}),
    rules: role.rules.map(ruleObject),
    ...(role.aggregates ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregationLabel(role.aggregates) }] } } : {}),
  };
}

function ruleObject(text: string): KubeObject {
  const [verbs, where, resources, names] = text.split(' ').map((part) => part.split(','));
  if (!resources) return { verbs, nonResourceURLs: where };
  return {
    verbs,
    apiGroups: where!.map((group) => (group === 'core' ? '' : group)),
    resources,
    ...(names ? { resourceNames: names } : {}),
  };
}

function bindingObject(kind: string, path: string, binding: BindingData): KubeObject {
  const object = { apiVersion, kind, metadata: metadata(path) };
  const roleKind = binding.roleKind ?? (kind === 'RoleBinding' ? 'Role' : 'ClusterRole');
  return {
    ...object,
    subjects: binding.subjects.map(subjectObject),
    roleRef: { apiGroup, kind: roleKind, name: binding.role ?? object.metadata.name },
  };
}

function subjectObject(text: string): KubeObject {
  const space = text.indexOf(' ');
  const kind = text.slice(0, space);
  const name = text.slice(space + 1);
  if (kind !== 'ServiceAccount') return { kind, apiGroup, name };
  const [namespace, account] = name.split('/');
  return { kind, name: account, namespace };
}
