import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../machinery/clock.ts';
import { isAlreadyExists, isNotFound, messageOf } from '../../runtime/errors.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import { typed } from '../../runtime/objects.ts';
import { isPodFinished } from '../../runtime/pods.ts';
import { slowStart } from '../../runtime/slow-start.ts';
import { pods as podResource, statefulSets } from '../resources.ts';
import type { Claims } from './claims.ts';
import { hasIdentity, hasStorage, revisionOf, withIdentity, withStorage } from './identity.ts';
import { firstUnavailable, isAvailable, isUnavailable, type Members, membersOf, type Version } from './replicas.ts';
import { countPods, isCreated, isGoing, isRunningAndReady, type SetStatus } from './status.ts';

export interface ControlDependencies {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly claims: Claims;
  readonly clock: Clock;
}

/** Whether what follows has to wait. */
type Blocked = boolean;

/** Pods to go through. */
interface Group {
  readonly length: number;
  at(index: number): KubeObject | undefined;
}

export interface Step {
  readonly status: SetStatus;
  /** What the step failed with: the status is to be written all the same. */
  readonly failure?: unknown;
}

/** Creates, repairs and deletes the pods of a StatefulSet, one step at a time. */
export interface SetControl {
  advance(set: KubeObject, pods: readonly KubeObject[], current: Version, update: Version, status: SetStatus): Promise<Step>;
}

export function createSetControl({ client, recorder, claims, clock }: ControlDependencies): SetControl {
  const api = client.resource(podResource);

  async function advance(set: KubeObject, pods: readonly KubeObject[], current: Version, update: Version, base: SetStatus): Promise<Step> {
    const count = (counted: readonly KubeObject[]) => countPods(base, counted, set.spec.minReadySeconds ?? 0, clock.now());
    const members = membersOf(set, pods, current, update);
    if (set.metadata!.deletionTimestamp) return { status: count(pods) };
    const { replicas, condemned } = members;
    const counted = () => count([...replicas.present, ...condemned]);
    const ordered = set.spec.podManagementPolicy !== 'Parallel';
    const first = firstUnavailable(set, members, clock.now());
    const steps: [Group, (pod: KubeObject) => Promise<Blocked>][] = [
      [replicas, (pod) => keep(set, update.set, pod, ordered)],
      [condemned, (pod) => fixClaims(update.set, pod)],
      [condemned, (pod) => condemn(set, pod, first, ordered)],
    ];
    for (const [group, action] of steps) {
      const { blocked, failure } = await forEach(group, action, ordered);
      if (blocked) return { status: counted(), failure };
    }
    return replaceOutdated(set, members, update, counted());
  }

  /** Brings a wanted pod nearer to what it should be. */
  async function keep(set: KubeObject, updateSet: KubeObject, pod: KubeObject, ordered: boolean): Promise<Blocked> {
    if (isPodFinished(pod)) {
      // Whatever its containers ended with, it is started anew, once it is gone.
      if (!isGoing(pod)) await remove(set, pod);
      return true;
    }
    if (!isCreated(pod)) {
      if (claims.areStale(set, pod)) return true;
      await create(set, pod);
      if (ordered) return true;
    }
    if (pod.status?.phase === 'Pending') await createMissingClaims(set, pod);
    if (ordered && (isGoing(pod) || !isRunningAndReady(pod) || !isAvailable(set, pod, clock.now()))) return true;
    const consistent = hasIdentity(set, pod) && hasStorage(set, pod) && claims.areOwned(updateSet, pod);
    if (isCreated(pod) && !consistent) await repair(updateSet, pod);
    return false;
  }

  async function fixClaims(updateSet: KubeObject, pod: KubeObject): Promise<Blocked> {
    if (!claims.areOwned(updateSet, pod)) await claims.setOwners(updateSet, pod);
    return false;
  }

  /** Deletes a pod that is not wanted; in order, only when those before it are well, or it is itself the first that is not. */
  async function condemn(set: KubeObject, pod: KubeObject, first: KubeObject | undefined, ordered: boolean): Promise<Blocked> {
    if (isGoing(pod)) return ordered;
    if (ordered && pod !== first && !(isRunningAndReady(pod) && isAvailable(set, pod, clock.now()))) return true;
    await remove(set, pod);
    return true;
  }

  /** Deletes the pod of another revision that has the highest ordinal, down to the partition, if all above it are available. */
  async function replaceOutdated(set: KubeObject, { replicas }: Members, update: Version, status: SetStatus): Promise<Step> {
    const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
    if (type === 'OnDelete') return { status };
    for (let index = replicas.length - 1; index >= (rollingUpdate?.partition ?? 0); index--) {
      const pod = replicas.at(index);
      if (revisionOf(pod) !== update.name && !isGoing(pod)) {
        let failure: unknown;
        await remove(set, pod).catch((error) => {
          if (!isNotFound(error)) failure = error;
        });
        return failure === undefined ? { status: { ...status, currentReplicas: status.currentReplicas - 1 } } : { status, failure };
      }
      if (isUnavailable(set, pod, clock.now())) break;
    }
    return { status };
  }

  async function create(set: KubeObject, pod: KubeObject): Promise<void> {
    await recorded('create', set, pod, () => claims.create(set, pod), false);
    let made = pod;
    let failure: unknown;
    try {
      made = await api.create(set.metadata!.namespace!, pod);
    } catch (error) {
      if (isAlreadyExists(error)) throw error;
      failure = error;
    }
    // The claims are there, and the set's, even where the pod is refused.
    if (!claims.areOwned(set, made)) await recorded('update', set, pod, () => claims.setOwners(set, made), false);
    await recorded('create', set, pod, async () => {
      if (failure !== undefined) throw failure;
    });
  }

  async function createMissingClaims(set: KubeObject, pod: KubeObject): Promise<void> {
    await claims.create(set, pod);
    if (!claims.areOwned(set, pod)) await recorded('update', set, pod, () => claims.setOwners(set, pod), false);
  }

  async function repair(set: KubeObject, pod: KubeObject): Promise<void> {
    await recorded('update', set, pod, async () => {
      if (!hasStorage(set, pod)) await claims.create(set, pod);
      if (!claims.areOwned(set, pod)) await claims.setOwners(set, pod);
      await api.update(set.metadata!.namespace!, typed(podResource, withStorage(set, withIdentity(set, pod))));
    });
  }

  async function remove(set: KubeObject, pod: KubeObject): Promise<void> {
    const { namespace, name, uid } = pod.metadata!;
    // A pod of the same name may have taken its place since.
    await recorded('delete', set, pod, () => api.delete(namespace!, name!, { preconditions: { uid: uid! } }));
  }

  /** Runs an action and tells of it in an event about the set. @param success whether to tell that it went well, too */
  async function recorded(
    verb: 'create' | 'update' | 'delete',
    set: KubeObject,
    pod: KubeObject,
    action: () => Promise<unknown>,
    success = true,
  ): Promise<void> {
    const target = { object: set, resource: statefulSets };
    const sort = `${verb[0]!.toUpperCase()}${verb.slice(1)}`;
    const what = `${sort} Pod ${pod.metadata!.name} in StatefulSet ${set.metadata!.name}`;
    try {
      await action();
    } catch (error) {
      if (verb !== 'create' || !isAlreadyExists(error))
        recorder.event(target, 'Warning', `Failed${sort}`, `${what} failed error: ${messageOf(error)}`);
      throw error;
    }
    if (success) recorder.event(target, 'Normal', `Successful${sort}`, `${what} successful`);
  }

  return { advance };
}

/** In order until one blocks, or all in growing batches, in which none waits for another. */
async function forEach(
  pods: Group,
  action: (pod: KubeObject) => Promise<Blocked>,
  ordered: boolean,
): Promise<{ blocked: Blocked; failure?: unknown }> {
  if (!ordered) {
    const { failure } = await slowStart(pods.length, async (index) => {
      await action(pods.at(index)!);
    });
    return { blocked: failure !== undefined, failure };
  }
  try {
    for (let index = 0; index < pods.length; index++) if (await action(pods.at(index)!)) return { blocked: true };
    return { blocked: false };
  } catch (failure) {
    return { blocked: true, failure };
  }
}
