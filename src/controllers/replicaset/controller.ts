import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { ResourceReference } from '../../client/client.ts';
import { claimObjects } from '../../runtime/adoption.ts';
import { createController } from '../../runtime/controller.ts';
import { watchDependents } from '../../runtime/dependents.ts';
import { isNamespaceTerminating, isNotFound } from '../../runtime/errors.ts';
import { Expectations } from '../../runtime/expectations.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { controlledBy, controllerOf, indexByController, withoutController } from '../../runtime/owners.ts';
import { createPodControl, podFromTemplate } from '../../runtime/pod-control.ts';
import { isPodActive, nextAvailability } from '../../runtime/pods.ts';
import type { Selector } from '../../runtime/selector.ts';
import { slowStart } from '../../runtime/slow-start.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { pods as podResource } from '../resources.ts';
import { podsToDelete } from './deletion.ts';
import { countReplicas, type ReplicaCounts, replicaStatus } from './status.ts';
import { PodTallies } from './tally.ts';

/** What tells ReplicaSets and ReplicationControllers apart. */
export interface ReplicaKind {
  readonly resource: ResourceReference;
  /** The service account. */
  readonly identity: string;
  /** As events name it. */
  readonly component: string;
  readonly workers: number;
  readonly countsTerminating: boolean;
  selectorOf(owner: KubeObject): Selector;
}

/** An owner's pods as a step finds them. */
interface Look {
  readonly counts: ReplicaCounts;
  /** Those that are neither finished nor being deleted. */
  active(): readonly KubeObject[];
}

// No more pods than this are created or deleted in one step.
const burst = 500;

export function startReplicaController(context: ControllerContext, kind: ReplicaKind): RunningController {
  const { resource, identity } = kind;
  const { clock, informers } = context;
  const client = context.clientFor(identity);
  const owners = informers.for(resource);
  const pods = informers.for(podResource);
  const ownersApi = client.resource(resource);
  const podsApi = client.resource(podResource);
  const podControl = createPodControl(client, podResource, resource, recorderFor(context, client, kind.component));
  const expectations = new Expectations(clock);
  indexByController(pods);
  indexByController(owners);
  const tallies = new PodTallies(pods, (owner) => kind.selectorOf(owner));

  const controller = createController(
    {
      name: resource.plural,
      workers: kind.workers,
      reconcile,
      informers: [owners, pods],
      // Statuses of large sets are written less often than their pods change.
      calmFor: (key) => Math.min(200, Math.floor((owners.getByKey(key)?.spec.replicas ?? 0) / 20)),
    },
    context,
  );

  owners.addHandler({
    added: (owner) => controller.enqueue(keyOf(owner)),
    updated: (owner) => controller.enqueue(keyOf(owner)),
    deleted(owner) {
      expectations.forget(keyOf(owner));
      tallies.forget(owner);
      controller.enqueue(keyOf(owner));
    },
  });
  const selectorOf = (owner: KubeObject) => kind.selectorOf(owner);
  watchDependents({ dependents: pods, owners, resource, controller, expectations, selectorOf });

  async function reconcile(key: string): Promise<number | undefined> {
    const owner = owners.getByKey(key);
    if (!owner) {
      expectations.forget(key);
      return;
    }
    const inStep = expectations.satisfied(key);
    const lookedAt = clock.now();
    const look = await lookAt(owner);
    let failure: unknown;
    if (inStep && !owner.metadata!.deletionTimestamp) failure = await manage(key, owner, look);
    await writeStatus(owner, look.counts, failure);
    if (failure !== undefined) throw failure;
    const minReadySeconds = owner.spec.minReadySeconds ?? 0;
    return minReadySeconds === 0 ? undefined : nextAvailability(look.active(), minReadySeconds, lookedAt);
  }

  /** The owner's pods, after it has released and adopted what it must. They are only gone through one by one where the tally does not say enough. */
  async function lookAt(owner: KubeObject): Promise<Look> {
    const tally = tallies.of(owner);
    const selector = kind.selectorOf(owner);
    const terminating = kind.countsTerminating ? tally.terminating : undefined;
    if (tally.strays === 0 && !owner.spec.minReadySeconds && !findsOrphans(owner, selector)) {
      return {
        counts: { ...tally, available: tally.ready, terminating },
        active: () => [...controlledBy(pods, owner)].filter(isPodActive),
      };
    }
    const claim = { owner, ownerResource: resource, owners: ownersApi, selector, objects: podsApi, informer: pods, filter: isPodActive };
    const active = await claimObjects(claim);
    return { counts: { ...countReplicas(owner, active, clock.now()), terminating }, active: () => active };
  }

  function findsOrphans({ metadata }: KubeObject, selector: Selector): boolean {
    if (metadata!.deletionTimestamp || selector.isEmpty) return false;
    for (const pod of withoutController(pods, metadata!.namespace!))
      if (isPodActive(pod) && selector.matches(pod.metadata!.labels)) return true;
    return false;
  }

  /** Creates or deletes the difference; returns what that failed with. */
  async function manage(key: string, owner: KubeObject, { counts, active }: Look): Promise<unknown> {
    const missing = (owner.spec.replicas ?? 1) - counts.active;
    if (missing > 0) return create(key, owner, Math.min(burst, missing));
    if (missing < 0) return remove(key, owner, active(), Math.min(burst, -missing));
    return undefined;
  }

  async function create(key: string, owner: KubeObject, count: number): Promise<unknown> {
    expectations.expectCreations(key, count);
    const pod = podFromTemplate(owner.spec.template, owner, resource);
    const { succeeded, failure } = await slowStart(count, async () => {
      await podControl.create(pod, owner);
    });
    // Those that failed and those that were not tried will not be seen.
    expectations.creationObserved(key, count - succeeded);
    return isNamespaceTerminating(failure) ? undefined : failure;
  }

  async function remove(key: string, owner: KubeObject, active: readonly KubeObject[], count: number): Promise<unknown> {
    const going = podsToDelete(active, relatedPods(owner), count, clock.now());
    expectations.expectDeletions(key, going.map(keyOf));
    let failure: unknown;
    await Promise.all(
      going.map((pod) =>
        podControl.delete(pod, owner).catch((error) => {
          expectations.deletionObserved(key, keyOf(pod));
          if (!isNotFound(error)) failure ??= error;
        }),
      ),
    );
    return failure;
  }

  /** Pods of all owners that have the same controller as this one (all ReplicaSets of a Deployment). */
  function relatedPods(owner: KubeObject): KubeObject[] {
    const above = controllerOf(owner);
    const siblings = above ? owners.byIndex('controller', above.uid) : [owner];
    const related: KubeObject[] = [];
    for (const sibling of siblings) for (const pod of controlledBy(pods, sibling)) if (isPodActive(pod)) related.push(pod);
    return related;
  }

  async function writeStatus(owner: KubeObject, counts: ReplicaCounts, failure: unknown): Promise<void> {
    const status = replicaStatus({ owner, counts, failure, now: clock.now() });
    if (semanticEqual(owner.status, status)) return;
    await ownersApi.update(owner.metadata!.namespace!, typed(resource, { ...owner, status }), { subresource: 'status' });
  }

  return run(resource.plural, [controller]);
}
