import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { claimObjects } from '../../runtime/adoption.ts';
import { createController } from '../../runtime/controller.ts';
import { watchDependents } from '../../runtime/dependents.ts';
import { isNamespaceTerminating, isNotFound } from '../../runtime/errors.ts';
import { Expectations } from '../../runtime/expectations.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { controllerOf, indexByController } from '../../runtime/owners.ts';
import { createPodControl } from '../../runtime/pod-control.ts';
import { nextAvailability } from '../../runtime/pods.ts';
import { selectorOf } from '../../runtime/selector.ts';
import { slowStart } from '../../runtime/slow-start.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { controllerRevisions, daemonSets, nodes as nodeResource, pods as podResource } from '../resources.ts';
import { type Changes, type DaemonState, daemonState } from './daemon-pods.ts';
import { FailureBackoff } from './failure-backoff.ts';
import { createHistories, type History } from './history.ts';
import { manage } from './manage.ts';
import { hashLabel, placementOf, podFor } from './placement.ts';
import { rollingUpdate } from './rolling-update.ts';
import { daemonStatus } from './status.ts';

// No more pods than this are created, and deleted, in one step.
const burst = 250;

const byNode = 'node';

/** Runs DaemonSets: a pod on each node that the template's selectors and tolerations let it on. */
export function startDaemonSetController(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const client = context.clientFor('daemon-set-controller');
  const sets = informers.for(daemonSets);
  const pods = informers.for(podResource);
  const nodes = informers.for(nodeResource);
  const revisions = informers.for(controllerRevisions);
  indexByController(pods);
  pods.addIndex(byNode, ({ spec }) => (spec.nodeName ? [spec.nodeName] : []));
  indexByController(revisions);
  const setsApi = client.resource(daemonSets);
  const recorder = recorderFor(context, client, 'daemonset-controller');
  const podControl = createPodControl(client, podResource, daemonSets, recorder);
  const histories = createHistories(client);
  const expectations = new Expectations(clock);
  const failures = new FailureBackoff(clock);

  const controller = createController(
    {
      name: 'daemonset',
      workers: 2,
      reconcile,
      informers: [sets, pods, nodes, revisions],
      // A look costs what the nodes are many: on many nodes, changes of pods are gathered.
      calmFor: (key) => Math.min(200, Math.floor((sets.getByKey(key)?.status?.desiredNumberScheduled ?? 0) / 20)),
    },
    context,
  );
  const enqueue = (set: KubeObject) => controller.enqueue(keyOf(set));
  const selectorOfSet = (set: KubeObject) => selectorOf(set.spec.selector);
  sets.addHandler({
    added: enqueue,
    updated: enqueue,
    deleted(set) {
      expectations.forget(keyOf(set));
      enqueue(set);
    },
  });
  watchDependents({
    dependents: pods,
    owners: sets,
    resource: daemonSets,
    controller,
    expectations,
    selectorOf: selectorOfSet,
  });
  watchDependents({
    dependents: revisions,
    owners: sets,
    resource: daemonSets,
    controller,
    looksAtAdded: false,
    selectorOf: selectorOfSet,
  });
  // As upstream, a node that goes is noticed by the pods that go with it.
  nodes.addHandler({
    added: enqueueSetsOf,
    updated(node, old) {
      if (matters(node, old)) enqueueSetsOf(node);
    },
  });

  /** Sets that have to act on a node as it is now, or whose count of misplaced pods may have become wrong. Others count it when they are next looked at. */
  function enqueueSetsOf(node: KubeObject): void {
    const present = new Set([...pods.byIndex(byNode, node.metadata!.name!)].map((pod) => controllerOf(pod)?.uid));
    for (const set of sets.list()) {
      const { shouldRun, mayStay } = placementOf(set)(node);
      const isThere = present.has(set.metadata!.uid);
      if (isThere ? !mayStay || set.status?.numberMisscheduled > 0 : shouldRun) enqueue(set);
    }
  }

  async function reconcile(key: string): Promise<number | undefined> {
    const set = sets.getByKey(key);
    if (!set) {
      expectations.forget(key);
      return;
    }
    const selector = selectorOf(set.spec.selector);
    if (selector.isEmpty) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      recorder.event({ object: set, resource: daemonSets }, 'Warning', 'SelectingAll', message);
      return;
    }
    if (set.metadata!.deletionTimestamp) return;
    const claim = { owner: set, ownerResource: daemonSets, owners: setsApi, selector };
    const owned = await claimObjects({ ...claim, objects: client.resource(controllerRevisions), informer: revisions });
    const claimed = () => claimObjects({ ...claim, objects: client.resource(podResource), informer: pods });
    const history = await histories.find(set, owned, await claimed());
    const hash = history.current.metadata!.labels![hashLabel]!;
    const look = async () => daemonState(set, hash, [...nodes.list()], await claimed(), clock.now());
    if (!expectations.satisfied(key)) return writeStatus(await look(), false);
    let failure: unknown;
    try {
      await step(key, set, history, look, claimed);
    } catch (error) {
      failure = error;
    }
    const again = await writeStatus(await look(), true);
    if (failure !== undefined) throw failure;
    return again;
  }

  async function step(
    key: string,
    set: KubeObject,
    { past }: History,
    look: () => Promise<DaemonState>,
    claimed: () => Promise<KubeObject[]>,
  ): Promise<void> {
    const state = await look();
    await change(key, state, manage(state, { mayRemove: (pod, node) => mayRemove(key, set, pod, node) }));
    if (expectations.satisfied(key) && set.spec.updateStrategy?.type === 'RollingUpdate') {
      const settled = await look();
      await change(key, settled, rollingUpdate(settled));
    }
    await histories.cleanUp(set, past, await claimed());
  }

  function mayRemove(key: string, set: KubeObject, pod: KubeObject, node: string): boolean {
    const failed = pod.status?.phase === 'Failed';
    if (failed) {
      const wait = failures.next(`${set.metadata!.uid}/${set.status?.observedGeneration ?? 0}/${node}`);
      if (wait > 0) {
        controller.enqueueAfter(key, wait);
        return false;
      }
    }
    const { namespace, name } = pod.metadata!;
    const target = { object: set, resource: daemonSets };
    const what = `daemon pod ${namespace}/${name} on node ${node}`;
    if (failed) recorder.event(target, 'Warning', 'FailedDaemonPod', `Found failed ${what}, will try to kill it`);
    else recorder.event(target, 'Normal', 'SucceededDaemonPod', `Found succeeded ${what}, will try to delete it`);
    return true;
  }

  /** @throws the first failure, after everything was tried */
  async function change(key: string, { set, hash }: DaemonState, { remove, create }: Changes): Promise<void> {
    const going = remove.slice(0, burst);
    const coming = create.slice(0, burst);
    if (going.length === 0 && coming.length === 0) return;
    expectations.expect(key, coming.length, going.map(keyOf));
    const created = await slowStart(coming.length, async (index) => {
      await podControl.create(podFor(set, hash, coming[index]!), set);
    });
    expectations.creationObserved(key, coming.length - created.succeeded);
    let failure = isNamespaceTerminating(created.failure) ? undefined : created.failure;
    await Promise.all(
      going.map((pod) =>
        podControl.delete(pod, set).catch((error) => {
          expectations.deletionObserved(key, keyOf(pod));
          if (!isNotFound(error)) failure ??= error;
        }),
      ),
    );
    if (failure !== undefined) throw failure;
  }

  /** @returns when pods that are ready may have become available */
  async function writeStatus(state: DaemonState, observed: boolean): Promise<number | undefined> {
    const { set } = state;
    const status = daemonStatus(state, observed);
    if (!semanticEqual(set.status, status)) {
      await setsApi.update(set.metadata!.namespace!, typed(daemonSets, { ...set, status }), { subresource: 'status' });
    }
    return nextAvailability([...state.podsByNode.values()].flat(), set.spec.minReadySeconds ?? 0, state.now);
  }

  return run('daemonset', [controller]);
}

function matters(node: KubeObject, old: KubeObject): boolean {
  return !semanticEqual(node.metadata!.labels, old.metadata!.labels) || !semanticEqual(node.spec?.taints, old.spec?.taints);
}
