import type { KubeObject } from '../../../api/meta/object.ts';
import { claimObjects } from '../../runtime/adoption.ts';
import { createController } from '../../runtime/controller.ts';
import { watchDependents } from '../../runtime/dependents.ts';
import { keyOf } from '../../runtime/keys.ts';
import { omitZeros, typed } from '../../runtime/objects.ts';
import { indexByController } from '../../runtime/owners.ts';
import { nextAvailability } from '../../runtime/pods.ts';
import { byRevision, createRevision, keepsData, revisionData, templateOfRevision, truncateRevisions } from '../../runtime/revisions.ts';
import { type Selector, selectorOf } from '../../runtime/selector.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { controllerRevisions, persistentVolumeClaims, pods as podResource, statefulSets } from '../resources.ts';
import { createClaims } from './claims.ts';
import { createSetControl } from './control.ts';
import { isMember, revisionOf } from './identity.ts';
import type { Version } from './replicas.ts';
import { completed, isNews, type SetStatus } from './status.ts';

/** Runs StatefulSets: pods with lasting names and claims, made, updated and taken away in the order of their ordinals. */
export function startStatefulSetController(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const client = context.clientFor('statefulset-controller');
  const sets = informers.for(statefulSets);
  const pods = informers.for(podResource);
  const revisions = informers.for(controllerRevisions);
  const claims = informers.for(persistentVolumeClaims);
  indexByController(pods);
  indexByController(revisions);
  const setsApi = client.resource(statefulSets);
  const revisionsApi = client.resource(controllerRevisions);
  const recorder = recorderFor(context, client, 'statefulset-controller');
  const control = createSetControl({ client, recorder, clock, claims: createClaims(client, claims, recorder) });

  const controller = createController(
    {
      name: 'statefulset',
      workers: 5,
      reconcile,
      informers: [sets, pods, revisions, claims],
      // Statuses of large sets are written less often than their pods change.
      calmFor: (key) => Math.min(200, Math.floor((sets.getByKey(key)?.spec.replicas ?? 0) / 20)),
    },
    context,
  );
  const enqueue = (set: KubeObject) => controller.enqueue(keyOf(set));
  sets.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  watchDependents({
    dependents: pods,
    owners: sets,
    resource: statefulSets,
    controller,
    selectorOf: (set) => selectorOf(set.spec.selector),
  });

  async function reconcile(key: string): Promise<number | undefined> {
    const set = sets.getByKey(key);
    if (!set) return;
    const selector = selectorOf(set.spec.selector);
    const history = await revisionsOf(set, selector);
    const owned = await claimObjects({
      owner: set,
      ownerResource: statefulSets,
      owners: setsApi,
      selector,
      objects: client.resource(podResource),
      informer: pods,
      filter: (pod) => isMember(set, pod),
    });
    const { current, update, collisionCount } = await versionsOf(set, history);
    const base: SetStatus = {
      observedGeneration: set.metadata!.generation!,
      replicas: 0,
      readyReplicas: 0,
      currentReplicas: 0,
      updatedReplicas: 0,
      currentRevision: current.name,
      updateRevision: update.name,
      collisionCount,
      availableReplicas: 0,
    };
    // What counts as available by then at the latest need not be looked at again.
    const lookedAt = clock.now();
    try {
      const { status, failure } = await control.advance(set, owned, current, update, base);
      await writeStatus(set, completed(set, status));
      if (failure !== undefined) throw failure;
      return nextAvailability(owned, set.spec.minReadySeconds ?? 0, lookedAt);
    } finally {
      const live = new Set([current.name, update.name, ...owned.map(revisionOf)]);
      await truncateRevisions(revisionsApi, history, live, set.spec.revisionHistoryLimit ?? 10);
    }
  }

  /** The revisions of a set in order, after those that match it and nobody owns were adopted. */
  async function revisionsOf(set: KubeObject, selector: Selector): Promise<KubeObject[]> {
    const owned = await claimObjects({
      owner: set,
      ownerResource: statefulSets,
      owners: setsApi,
      selector,
      objects: revisionsApi,
      informer: revisions,
      // Revisions are never released.
      filter: ({ metadata }) => selector.matches(metadata!.labels),
    });
    return owned.sort(byRevision);
  }

  /** The revision of the present template, found, renumbered or made, and the one that the pods come from. */
  async function versionsOf(
    set: KubeObject,
    history: readonly KubeObject[],
  ): Promise<{ current: Version; update: Version; collisionCount: number }> {
    const data = revisionData(set);
    const latest = history.at(-1);
    let collisionCount: number = set.status?.collisionCount ?? 0;
    let update = history.findLast((revision) => keepsData(revision, data));
    const next = Number(latest?.['revision'] ?? 0) + 1;
    if (!update) ({ created: update, collisionCount } = await createRevision(revisionsApi, set, statefulSets, next, collisionCount));
    else if (latest && !keepsData(latest, data)) {
      update = await revisionsApi.update(set.metadata!.namespace!, typed(controllerRevisions, { ...update, revision: next }));
    }
    const current = history.find(({ metadata }) => metadata!.name === set.status?.currentRevision) ?? update;
    return { current: versionOf(set, current), update: versionOf(set, update), collisionCount };
  }

  async function writeStatus(set: KubeObject, status: SetStatus): Promise<void> {
    if (!isNews(set, status)) return;
    const written = omitZeros({ ...status }, ['replicas', 'collisionCount', 'availableReplicas']);
    await setsApi.update(set.metadata!.namespace!, typed(statefulSets, { ...set, status: written }), { subresource: 'status' });
  }

  return run('statefulset', [controller]);
}

function versionOf(set: KubeObject, revision: KubeObject): Version {
  return { name: revision.metadata!.name!, set: { ...set, spec: { ...set.spec, template: templateOfRevision(revision) } } };
}
