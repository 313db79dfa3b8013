import type { AccessAttributes, Authorizer, Decision } from '../types.ts';
import { allows } from './rbac.ts';

const userPrefix = 'system:node:';
const group = 'system:nodes';
const noOpinion: Decision = { decision: 'no-opinion', reason: '' };
/** Objects of these resources belong to one node, and bear its name. */
const ownObjects = new Set(['nodes', 'leases', 'csinodes']);

/**
 * Lets kubelets (users `system:node:<name>` of the group `system:nodes`) do what the ClusterRole `system:node` lists. Their own Node, Lease and CSINode
 * are the only ones of their kind that they may change.
 * @param rules the rules of that role
 */
export function nodeAuthorizer(rules: Parameters<typeof allows>[0][]): Authorizer {
  return {
    authorize(attributes) {
      const { user } = attributes;
      if (!user.username.startsWith(userPrefix) || !user.groups.includes(group)) return noOpinion;
      const name = user.username.slice(userPrefix.length);
      if (changesAnother(attributes, name))
        return { decision: 'no-opinion', reason: `can only access ${attributes.resource} with the same name as the requesting node` };
      return rules.some((rule) => allows(rule, attributes)) ? { decision: 'allow', reason: '' } : noOpinion;
    },
    async rulesFor(user) {
      if (!user.username.startsWith(userPrefix) || !user.groups.includes(group))
        return { resourceRules: [], nonResourceRules: [], incomplete: false };
      return {
        resourceRules: [],
        nonResourceRules: [],
        incomplete: true,
        evaluationError: 'node authorizer does not support user rule resolution',
      };
    },
  };
}

function changesAnother({ resource, verb, name }: AccessAttributes, node: string): boolean {
  if (!ownObjects.has(resource) || !['update', 'patch', 'delete'].includes(verb)) return false;
  return name !== '' && name !== node;
}
