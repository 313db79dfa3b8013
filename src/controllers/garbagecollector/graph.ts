import type { KubeObject, OwnerReference } from '../../../api/meta/object.ts';
import { apiVersionOf } from '../../../api/meta/object.ts';
import type { ResourceReference } from '../../client/client.ts';

/** An object in the graph of owners, or one that others name as their owner and that has not been seen (`object` is absent). */
export interface GraphNode {
  readonly uid: string;
  readonly namespace: string;
  /** As others name it, for one that has not been seen. */
  readonly name: string;
  resource: ResourceReference | undefined;
  object: KubeObject | undefined;
  owners: readonly OwnerReference[];
  dependents: ReadonlySet<GraphNode>;
}

/** Of nearly all objects. */
const noDependents: ReadonlySet<GraphNode> = new Set();

/** A node of an object that has not been seen. */
function unseen(uid: string, namespace: string, name: string): GraphNode {
  return { uid, namespace, name, resource: undefined, object: undefined, owners: [], dependents: noDependents };
}

export interface GraphEvents {
  /** The node may have to go. */
  attemptToDelete(node: GraphNode): void;
  /** The node goes, and its dependents stay. */
  attemptToOrphan(node: GraphNode): void;
  /** A dependent names an owner in another namespace. */
  invalidOwner(dependent: GraphNode, owner: OwnerReference): void;
}

export const isWaitingForDependents = ({ object }: GraphNode): boolean =>
  Boolean(object?.metadata?.deletionTimestamp) && Boolean(object!.metadata!.finalizers?.includes('foregroundDeletion'));

const isOrphaning = ({ object }: GraphNode): boolean =>
  Boolean(object?.metadata?.deletionTimestamp) && Boolean(object!.metadata!.finalizers?.includes('orphan'));

/** Whether the owner has been seen, and goes by the name and kind that the reference gives it: a uid alone does not make an owner. */
function isNamedBy({ object, resource, name }: GraphNode, reference: OwnerReference): boolean {
  if (!object || !resource) return false;
  const { group, version, kind } = resource;
  return name === reference.name && kind === reference.kind && apiVersionOf(group, version) === reference.apiVersion;
}

/** Who owns whom, over all resources, kept by the informers' events. Every step costs as much as the object has owners and dependents. */
export class OwnerGraph {
  private readonly nodes = new Map<string, GraphNode>();
  private readonly events: GraphEvents;

  constructor(events: GraphEvents) {
    this.events = events;
  }

  get(uid: string): GraphNode | undefined {
    return this.nodes.get(uid);
  }

  put(resource: ResourceReference, object: KubeObject): void {
    const { uid = '', namespace = '', name = '' } = object.metadata!;
    const owners = object.metadata!.ownerReferences ?? [];
    let node = this.nodes.get(uid);
    const wasWaiting = node !== undefined && isWaitingForDependents(node);
    const wasOrphaning = node !== undefined && isOrphaning(node);
    if (!node) {
      // The plain majority, without owners and without dependents, is kept too: an owner must be known to be there.
      node = unseen(uid, namespace, name);
      this.nodes.set(uid, node);
    } else if (node.namespace !== namespace || !node.object) node = this.realize(node, resource, object);
    node.resource = resource;
    node.object = object;
    this.setOwners(node, owners);
    if (isOrphaning(node)) {
      if (!wasOrphaning) this.events.attemptToOrphan(node);
    } else if (isWaitingForDependents(node)) {
      if (!wasWaiting) for (const dependent of node.dependents) this.events.attemptToDelete(dependent);
      this.events.attemptToDelete(node);
    }
  }

  /** A node that others named was seen: where it is in another namespace than theirs, or goes by another name or kind, they named it in vain. */
  private realize(virtual: GraphNode, resource: ResourceReference, object: KubeObject): GraphNode {
    const { namespace = '', name = '' } = object.metadata!;
    const node: GraphNode = { ...virtual, namespace, name, resource, object };
    this.nodes.set(node.uid, node);
    for (const dependent of node.dependents) {
      this.checkNamespace(dependent, node);
      const reference = dependent.owners.find((owner) => owner.uid === node.uid);
      if (reference && !isNamedBy(node, reference)) this.events.attemptToDelete(dependent);
    }
    return node;
  }

  private checkNamespace(dependent: GraphNode, owner: GraphNode): void {
    if (!owner.object || owner.namespace === '' || owner.namespace === dependent.namespace) return;
    const reference = dependent.owners.find((candidate) => candidate.uid === owner.uid);
    if (reference) this.events.invalidOwner(dependent, reference);
  }

  private setOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = node.owners;
    if (before === owners) return;
    node.owners = owners;
    for (const old of before) {
      const now = owners.find((owner) => owner.uid === old.uid);
      const owner = this.nodes.get(old.uid);
      if (!owner) continue;
      if (!now) this.unlink(owner, node);
      if (old.blockOwnerDeletion && !now?.blockOwnerDeletion && isWaitingForDependents(owner)) this.events.attemptToDelete(owner);
    }
    let dangling = false;
    for (const reference of owners) {
      if (before.some((old) => old.uid === reference.uid)) continue;
      let owner = this.nodes.get(reference.uid);
      if (!owner) {
        owner = unseen(reference.uid, node.namespace, reference.name);
        this.nodes.set(owner.uid, owner);
      }
      if (owner.dependents === noDependents) owner.dependents = new Set();
      (owner.dependents as Set<GraphNode>).add(node);
      // Whoever joins an owner that waits for its dependents is looked at with the others, when the owner is the next time.
      if (!isNamedBy(owner, reference)) dangling = true;
      this.checkNamespace(node, owner);
    }
    if (dangling) this.events.attemptToDelete(node);
  }

  private unlink(owner: GraphNode, dependent: GraphNode): void {
    if (owner.dependents !== noDependents) (owner.dependents as Set<GraphNode>).delete(dependent);
    if (!owner.object && owner.dependents.size === 0) this.nodes.delete(owner.uid);
  }

  /** The object is gone: who depended on it may have to go, and who waited for it may go on. */
  remove(uid: string): void {
    const node = this.nodes.get(uid);
    if (!node) return;
    this.nodes.delete(uid);
    for (const { uid: ownerUid } of node.owners) {
      const owner = this.nodes.get(ownerUid);
      if (!owner) continue;
      this.unlink(owner, node);
      if (isWaitingForDependents(owner)) this.events.attemptToDelete(owner);
    }
    node.owners = [];
    if (node.dependents.size === 0) return;
    this.nodes.set(uid, { ...node, object: undefined, resource: undefined });
    for (const dependent of node.dependents) this.events.attemptToDelete(dependent);
  }
}
