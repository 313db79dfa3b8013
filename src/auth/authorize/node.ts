import { goQuote } from '../../../api/meta/go-quote.ts';
import type { AccessAttributes, Authorizer, Decision, UserInfo } from '../types.ts';
import {
  isAttachedTo,
  type NodeObjects,
  offersSlice,
  type Relation,
  runsAs,
  runsPod,
  usesClaim,
  usesConfigMap,
  usesResourceClaim,
  usesSecret,
  usesVolume,
} from './node-relations.ts';
import { allows } from './rbac.ts';

const userPrefix = 'system:node:';
const group = 'system:nodes';
const leaseNamespace = 'kube-node-lease';
const noOpinion: Decision = { decision: 'no-opinion', reason: '' };
const allowed: Decision = { decision: 'allow', reason: '' };

/** The node that a user is the kubelet of. */
export function nodeNameOf({ username, groups }: UserInfo): string | undefined {
  return username.startsWith(userPrefix) && groups.includes(group) ? username.slice(userPrefix.length) : undefined;
}

/**
 * What a kubelet may do to the objects of one resource: a relation that the object must have to its node, a refusal in words, or `undefined` where only the
 * rules of the role `system:node` count.
 */
type Judge = (node: string, attributes: AccessAttributes) => Relation | { readonly refusal: string } | typeof allowed | undefined;

/** Reads of a namespaced object that one of the node's pods uses: also list and watch, as kubelets watch single objects. */
const readUsed =
  (relation: Relation): Judge =>
  (_node, { verb, subresource, namespace }) => {
    if (!['get', 'list', 'watch'].includes(verb)) return refuse('can only read resources of this type');
    if (subresource !== '') return refuse('cannot read subresource');
    return namespace === '' ? refuse('can only read namespaced object of this type') : relation;
  };

const getUsed =
  (relation: Relation): Judge =>
  (_node, { verb, subresource }) => {
    if (verb !== 'get') return refuse('can only get individual resources of this type');
    return subresource === '' ? relation : refuse('cannot get subresource');
  };

const claims: Judge = (node, attributes) => {
  if (attributes.subresource !== 'status') return getUsed(usesClaim)(node, attributes);
  return ['update', 'patch'].includes(attributes.verb) ? usesClaim : refuse('can only get/update/patch this type');
};

const serviceAccounts: Judge = (_node, { verb, subresource, name }) => {
  if (verb === 'get' && subresource === '') return runsAs;
  if (verb !== 'create' || name === '') return refuse('can only create tokens for individual service accounts');
  return subresource === 'token' ? runsAs : refuse('can only create token subresource of serviceaccount');
};

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete'];

const leases: Judge = (node, { verb, namespace, name }) => {
  if (!ownVerbs.includes(verb)) return refuse('can only get, create, update, patch, or delete a node lease');
  if (namespace !== leaseNamespace) return refuse(`can only access leases in the "${leaseNamespace}" system namespace`);
  if (verb !== 'create' && name !== node) return refuse('can only access node lease with the same name as the requesting node');
  return allowed;
};

const csiNodes: Judge = (node, { verb, subresource, name }) => {
  if (!ownVerbs.includes(verb)) return refuse('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return refuse('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node) return refuse('can only access CSINode with the same name as the requesting node');
  return allowed;
};

const nodes: Judge = (node, { verb, subresource, name }) => {
  if (!['get', 'list', 'watch'].includes(verb) || subresource !== '' || name === node) return undefined;
  return refuse(`node '${node}' cannot read ${name === '' ? 'all nodes' : `'${name}'`}, only its own Node object`);
};

const pods: Judge = (node, attributes) => {
  const { verb, subresource, name } = attributes;
  if (subresource !== '' || !['get', 'list', 'watch'].includes(verb)) return undefined;
  if (verb === 'get' || name !== '') return runsPod;
  return selectsNode(attributes, node) ? allowed : refuse('can only list/watch pods with spec.nodeName field selector');
};

const resourceSlices: Judge = (node, attributes) => {
  const { verb, subresource } = attributes;
  if (subresource !== '') return refuse('cannot authorize ResourceSlice subresources');
  if (verb === 'create') return allowed;
  if (['get', 'update', 'patch', 'delete'].includes(verb)) return offersSlice;
  if (!['list', 'watch', 'deletecollection'].includes(verb))
    return refuse(
      'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
    );
  return selectsNode(attributes, node)
    ? allowed
    : refuse('can only list/watch/deletecollection resourceslices with nodeName field selector');
};

const judges: Readonly<Record<string, Judge>> = {
  '/secrets': readUsed(usesSecret),
  '/configmaps': readUsed(usesConfigMap),
  '/persistentvolumeclaims': claims,
  '/persistentvolumes': getUsed(usesVolume),
  '/serviceaccounts': serviceAccounts,
  '/nodes': nodes,
  '/pods': pods,
  'coordination.k8s.io/leases': leases,
  'storage.k8s.io/csinodes': csiNodes,
  'storage.k8s.io/volumeattachments': getUsed(isAttachedTo),
  'resource.k8s.io/resourceclaims': getUsed(usesResourceClaim),
  'resource.k8s.io/resourceslices': resourceSlices,
};

/**
 * Lets kubelets (users `system:node:<name>` of the group `system:nodes`) do what the ClusterRole `system:node` lists, and read what the pods on their node
 * use, no more (the Node authorizer of the Kubernetes documentation, with KEP-4601's field selectors).
 * @param rules the rules of that role
 */
export function nodeAuthorizer(rules: Parameters<typeof allows>[0][], objects: NodeObjects): Authorizer {
  const byRules = (attributes: AccessAttributes) => (rules.some((rule) => allows(rule, attributes)) ? allowed : noOpinion);
  return {
    authorize(attributes) {
      const node = nodeNameOf(attributes.user);
      if (node === undefined) return noOpinion;
      if (node === '') return { decision: 'no-opinion', reason: `unknown node for user ${goQuote(attributes.user.username)}` };
      const judge = attributes.resourceRequest ? judges[`${attributes.group}/${attributes.resource}`] : undefined;
      const judgement = judge?.(node, attributes);
      if (judgement === undefined) return byRules(attributes);
      if (typeof judgement === 'function') return related(judgement, objects, node, attributes);
      return 'refusal' in judgement ? { decision: 'no-opinion', reason: judgement.refusal } : judgement;
    },
    async rulesFor(user) {
      if (nodeNameOf(user) === undefined) return { resourceRules: [], nonResourceRules: [], incomplete: false, errors: [] };
      return {
        resourceRules: [],
        nonResourceRules: [],
        incomplete: true,
        errors: ['node authorizer does not support user rule resolution'],
      };
    },
  };
}

function refuse(refusal: string): { readonly refusal: string } {
  return { refusal };
}

function selectsNode({ fieldSelector = [] }: AccessAttributes, node: string): boolean {
  return fieldSelector.some(({ field, operator, value }) => field === 'spec.nodeName' && operator === '=' && value === node);
}

async function related(relation: Relation, objects: NodeObjects, node: string, { namespace, name }: AccessAttributes): Promise<Decision> {
  if (name === '') return { decision: 'no-opinion', reason: 'No Object name found' };
  if (await relation(objects, node, namespace, name)) return allowed;
  return { decision: 'no-opinion', reason: `no relationship found between node '${node}' and this object` };
}
