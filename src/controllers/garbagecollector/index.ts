import type { KubeObject, OwnerReference } from '../../../api/meta/object.ts';
import { apiVersionOf } from '../../../api/meta/object.ts';
import type { DeleteOptions, ResourceReference } from '../../client/client.ts';
import { createController } from '../../runtime/controller.ts';
import { isConflict, unlessNotFound } from '../../runtime/errors.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { events as eventResource } from '../resources.ts';
import { type GraphNode, isWaitingForDependents, OwnerGraph } from './graph.ts';

const absentAtMost = 500;
/** An owner that is there, but not yet in our picture, may go before we have seen it: it is asked for again after so long, and then less and less often. */
const unseenAgainMs = 1000;
const unseenAtMostMs = 60_000;

/** Deletes what is owned only by what is gone, lets owners go once their dependents are gone, and sets dependents free where that was asked for. */
export function startGarbageCollector(context: ControllerContext): RunningController {
  const { catalog, informers, logger } = context;
  const client = context.clientFor('generic-garbage-collector');
  const recorder = recorderFor(context, client, 'garbage-collector-controller');
  // Owners that were found not to be there; several dependents of one ask in a row.
  const absent = new Set<string>();
  // How long the dependents of unseen owners waited last.
  const waits = new Map<string, number>();
  const monitored = new Map<string, { reference: ResourceReference; stop: () => void }>();

  const deleting = createController({ name: 'garbagecollector', workers: 20, reconcile: attemptToDelete }, context);
  const orphaning = createController({ name: 'garbagecollector-orphan', workers: 20, reconcile: attemptToOrphan }, context);
  const graph = new OwnerGraph({
    attemptToDelete: (node) => deleting.enqueue(node.uid),
    attemptToOrphan: (node) => orphaning.enqueue(node.uid),
    invalidOwner(dependent, owner) {
      reportInvalidOwner(dependent, owner);
      deleting.enqueue(dependent.uid);
    },
  });

  function monitor(): void {
    const wanted = new Map<string, ResourceReference>();
    for (const resource of catalog.resources()) {
      const name = `${resource.group}/${resource.plural}`;
      const collected = ['delete', 'list', 'watch'].every((verb) => resource.verbs.includes(verb));
      // Events own nothing and expire by themselves. Of several versions the first is watched.
      if (collected && resource.plural !== eventResource.plural && !wanted.has(name)) wanted.set(name, resource);
    }
    for (const [name, { reference, stop }] of monitored) {
      if (wanted.get(name)?.version === reference.version) continue;
      stop();
      monitored.delete(name);
    }
    for (const [name, reference] of wanted) {
      if (monitored.has(name)) continue;
      const put = (object: KubeObject) => graph.put(reference, object);
      const handler = { added: put, updated: put, deleted: (object: KubeObject) => graph.remove(object.metadata!.uid!) };
      monitored.set(name, { reference, stop: informers.for(reference).addHandler(handler) });
    }
  }
  monitor();
  const unsubscribe = catalog.subscribe(monitor);

  function servedOf(reference: OwnerReference): ResourceReference | undefined {
    return catalog
      .resources()
      .find(({ group, version, kind }) => kind === reference.kind && apiVersionOf(group, version) === reference.apiVersion);
  }

  function reportInvalidOwner({ object, resource, namespace }: GraphNode, { apiVersion, kind, name, uid }: OwnerReference): void {
    if (!object || !resource) return;
    const message = `ownerRef [${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}] does not exist in namespace "${namespace}"`;
    recorder.event({ object, resource }, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  function rememberAbsent(key: string): void {
    absent.add(key);
    if (absent.size > absentAtMost) absent.delete(absent.values().next().value!);
  }

  async function attemptToDelete(uid: string): Promise<void> {
    const node = graph.get(uid);
    const waited = waits.get(uid);
    waits.delete(uid);
    if (!node?.object || !node.resource) return;
    const { object, resource } = node;
    if (isWaitingForDependents(node)) return waitForDependents(node);
    if (object.metadata!.deletionTimestamp) return;
    const owners = object.metadata!.ownerReferences ?? [];
    if (owners.length === 0) return;
    const sorted = await Promise.all(owners.map(async (owner) => ({ owner, state: await stateOf(node, owner) })));
    if (sorted.some(({ owner, state }) => state === 'solid' && !graph.get(owner.uid)?.object)) lookAgain(uid, waited);
    const inState = (state: OwnerState) => sorted.filter((entry) => entry.state === state).map((entry) => entry.owner);
    if (inState('unusable').length > 0) return;
    const gone = [...inState('absent'), ...inState('waiting')];
    if (inState('solid').length > 0) {
      if (gone.length > 0) await dropOwners(object, resource, new Set(gone.map((owner) => owner.uid)));
      return;
    }
    const finalizers = object.metadata!.finalizers ?? [];
    let propagationPolicy: DeleteOptions['propagationPolicy'] = 'Background';
    if (inState('waiting').length > 0 && node.dependents.size > 0) {
      // A circle of objects that wait for each other would never end.
      if ([...node.dependents].some(isWaitingForDependents)) await unblock(object, resource);
      propagationPolicy = 'Foreground';
    } else if (finalizers.includes('orphan')) propagationPolicy = 'Orphan';
    else if (finalizers.includes('foregroundDeletion')) propagationPolicy = 'Foreground';
    const { namespace = '', name = '', resourceVersion } = object.metadata!;
    const preconditions = propagationPolicy === 'Background' ? { uid, resourceVersion: resourceVersion! } : { uid };
    await unlessNotFound(client.resource(resource).delete(namespace, name, { propagationPolicy, preconditions })).catch((error) => {
      // Another object under that name, or a newer state that we shall see in a moment and look at then.
      if (!isConflict(error)) throw error;
      deleting.enqueueAfter(uid, 20);
    });
  }

  function lookAgain(uid: string, waited: number | undefined): void {
    const wait = waited === undefined ? unseenAgainMs : Math.min(unseenAtMostMs, waited * 2);
    waits.set(uid, wait);
    deleting.enqueueAfter(uid, wait);
  }

  type OwnerState = 'solid' | 'absent' | 'waiting' | 'unusable';

  async function stateOf(node: GraphNode, owner: OwnerReference): Promise<OwnerState> {
    const resource = servedOf(owner);
    if (!resource) throw new Error(`unable to get REST mapping for ${owner.apiVersion}/${owner.kind}.`);
    if (resource.scope === 'Namespaced' && node.namespace === '') {
      reportInvalidOwner(node, owner);
      return 'unusable';
    }
    const namespace = resource.scope === 'Namespaced' ? node.namespace : '';
    const known = graph.get(owner.uid);
    // Our picture may be old, but then the owner's deletion is still to come and brings us back here.
    if (
      known?.object &&
      known.namespace === namespace &&
      known.name === owner.name &&
      known.resource?.group === resource.group &&
      known.resource.plural === resource.plural
    ) {
      return isWaitingForDependents(known) ? 'waiting' : 'solid';
    }
    const key = `${owner.apiVersion} ${owner.kind} ${namespace}/${owner.name} ${owner.uid}`;
    if (absent.has(key)) return 'absent';
    const found = await unlessNotFound(client.resource(resource).get(namespace, owner.name));
    if (found?.metadata?.uid !== owner.uid) {
      rememberAbsent(key);
      return 'absent';
    }
    const waits = found.metadata!.deletionTimestamp && found.metadata!.finalizers?.includes('foregroundDeletion');
    return waits ? 'waiting' : 'solid';
  }

  async function waitForDependents(node: GraphNode): Promise<void> {
    const blocking = [...node.dependents].filter((dependent) =>
      dependent.owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion),
    );
    if (blocking.length === 0) return dropFinalizer(node, 'foregroundDeletion');
    for (const dependent of blocking) if (!isWaitingForDependents(dependent)) deleting.enqueue(dependent.uid);
  }

  async function attemptToOrphan(uid: string): Promise<void> {
    const node = graph.get(uid);
    if (!node?.object) return;
    await Promise.all(
      [...node.dependents].map(async (dependent) => {
        if (dependent.object && dependent.resource) await dropOwners(dependent.object, dependent.resource, new Set([uid]));
      }),
    );
    await dropFinalizer(node, 'orphan');
  }

  async function dropFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    const { object, resource } = node;
    if (!object || !resource) return;
    await change(object, resource, (latest) => {
      const finalizers = latest.metadata!.finalizers ?? [];
      return finalizers.includes(finalizer) ? { finalizers: finalizers.filter((other) => other !== finalizer) } : undefined;
    });
  }

  async function dropOwners(object: KubeObject, resource: ResourceReference, uids: ReadonlySet<string>): Promise<void> {
    await change(object, resource, (latest) => {
      const owners = latest.metadata!.ownerReferences ?? [];
      const left = owners.filter((owner) => !uids.has(owner.uid));
      return left.length === owners.length ? undefined : { ownerReferences: left.length > 0 ? left : null };
    });
  }

  async function unblock(object: KubeObject, resource: ResourceReference): Promise<void> {
    await change(object, resource, (latest) => ({
      ownerReferences: (latest.metadata!.ownerReferences ?? []).map((owner) => ({ ...owner, blockOwnerDeletion: false })),
    }));
  }

  /** Patches metadata, from what we know first, and after a conflict from what is there. */
  async function change(
    object: KubeObject,
    resource: ResourceReference,
    metadataOf: (latest: KubeObject) => object | undefined,
  ): Promise<void> {
    const api = client.resource(resource);
    const { namespace = '', name = '', uid } = object.metadata!;
    let latest: KubeObject | undefined = object;
    for (let attempt = 0; attempt < 5 && latest && latest.metadata!.uid === uid; attempt++) {
      const metadata = metadataOf(latest);
      if (!metadata) return;
      const body = { metadata: { uid, resourceVersion: latest.metadata!.resourceVersion, ...metadata } };
      try {
        await unlessNotFound(api.patch(namespace, name, 'application/merge-patch+json', body));
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
        logger.debug({ resource: resource.plural, name }, 'changed meanwhile, will read it again');
        latest = await unlessNotFound(api.get(namespace, name));
      }
    }
    if (latest && latest.metadata!.uid === uid) throw new Error(`${resource.plural} ${namespace}/${name} keeps changing`);
  }

  const stop = () => {
    unsubscribe();
    for (const entry of monitored.values()) entry.stop();
  };
  return run('garbagecollector', [deleting, orphaning], stop);
}
