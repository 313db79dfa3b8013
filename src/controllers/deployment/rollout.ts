import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import type { Clock } from '../../machinery/clock.ts';
import { withCondition } from '../../runtime/conditions.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import type { EventRecorder } from '../../runtime/events.ts';
import type { Informer } from '../../runtime/informer.ts';
import { typed } from '../../runtime/objects.ts';
import { controlledBy } from '../../runtime/owners.ts';
import { type Condition, conditionOf, isPodFinished } from '../../runtime/pods.ts';
import { deployments as deploymentResource, replicaSets as setResource } from '../resources.ts';
import {
  annotationsOfRollback,
  desiredReplicasOf,
  hasReplicas,
  revisionOf,
  rollbackAnnotation,
  rollbackTarget,
  withReplicas,
} from './annotations.ts';
import { createNewSets } from './new-set.ts';
import {
  activeOf,
  activeOrLatest,
  lastRevision,
  replicasOf,
  sameTemplate,
  sumReplicas,
  sumStatus,
  templateWithoutHash,
} from './replica-sets.ts';
import {
  isRolling,
  isSaturated,
  maximumReplicas,
  newSetSize,
  proportionalSizes,
  scaleDownRoom,
  sizesOfRollingDown,
  sizesWithoutUnhealthy,
} from './scaling.ts';
import { countedStatus, deploymentCondition, hasProgressDeadline, isComplete, rolloutStatus, stuckCheckIn } from './status.ts';

export interface RolloutDependencies {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly sets: Informer;
  readonly pods: Informer;
}

/** A Deployment, as it was read and as our own writes left it, with its ReplicaSets. */
interface Current {
  deployment: KubeObject;
  newSet: KubeObject | undefined;
  oldSets: KubeObject[];
}

/** The steps of a rollout. `advance` takes one and returns when to look again, if time alone may change something. */
export function createRollout(dependencies: RolloutDependencies): {
  advance(deployment: KubeObject, owned: readonly KubeObject[]): Promise<number | undefined>;
} {
  const { client, recorder, clock, pods } = dependencies;
  const deployments = client.resource(deploymentResource);
  const setsApi = client.resource(setResource);
  const newSets = createNewSets({ ...dependencies, writeStatus });

  async function advance(deployment: KubeObject, owned: readonly KubeObject[]): Promise<number | undefined> {
    if (deployment.metadata!.deletionTimestamp) return syncStatus(await find(deployment, owned, false));
    const checked = await checkPaused(deployment);
    if (checked.spec.paused) return syncScale(await find(checked, owned, false), true);
    if (rollbackTarget(checked) !== undefined) return rollback(checked, owned);
    const current = await find(checked, owned, false);
    const rescaled = activeOf([...current.oldSets, current.newSet]).some((set) => {
      const desired = desiredReplicasOf(set);
      return desired !== undefined && desired !== replicasOf(current.deployment);
    });
    if (rescaled) return syncScale(current, false);
    return isRolling(checked) ? roll(current, owned) : recreate(current, owned);
  }

  /** @param create whether a missing new set is made */
  async function find(deployment: KubeObject, owned: readonly KubeObject[], create: boolean): Promise<Current> {
    return newSets.find(deployment, owned, create);
  }

  async function writeStatus(deployment: KubeObject, status: unknown, annotations?: Record<string, string>): Promise<KubeObject> {
    const metadata = annotations ? { ...deployment.metadata, annotations } : deployment.metadata;
    const changed = typed(deploymentResource, { ...deployment, metadata, status });
    return deployments.update(deployment.metadata!.namespace!, changed, { subresource: 'status' });
  }

  async function checkPaused(deployment: KubeObject): Promise<KubeObject> {
    if (!hasProgressDeadline(deployment)) return deployment;
    const reason = conditionOf(deployment, 'Progressing')?.reason;
    if (reason === 'ProgressDeadlineExceeded') return deployment;
    const said = reason === 'DeploymentPaused';
    const paused = Boolean(deployment.spec.paused);
    if (said === paused) return deployment;
    const condition = paused
      ? deploymentCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', clock.now())
      : deploymentCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', clock.now());
    const conditions = withCondition(deployment.status?.conditions as Condition[] | undefined, condition);
    return writeStatus(deployment, { ...deployment.status, conditions });
  }

  async function syncStatus(current: Current): Promise<undefined> {
    const { deployment } = current;
    const status = countedStatus({ ...current, now: clock.now() });
    if (!semanticEqual(deployment.status, status)) await writeStatus(deployment, status);
  }

  async function syncRollout(current: Current): Promise<number | undefined> {
    const { deployment } = current;
    const status = rolloutStatus({ ...current, now: clock.now() });
    if (semanticEqual(deployment.status, status)) return stuckCheckIn(deployment, status, clock.now());
    await writeStatus(deployment, status);
    return undefined;
  }

  async function syncScale(current: Current, paused: boolean): Promise<undefined> {
    await rescale(current);
    if (paused && rollbackTarget(current.deployment) === undefined) await cleanUp(current);
    await syncStatus(current);
  }

  async function rescale(current: Current): Promise<void> {
    const { deployment, newSet, oldSets } = current;
    const only = activeOrLatest(newSet, oldSets);
    if (only) {
      if (replicasOf(only) !== replicasOf(deployment)) await scale(current, only, replicasOf(deployment));
      return;
    }
    if (isSaturated(deployment, newSet)) {
      for (const set of activeOf(oldSets)) await scale(current, set, 0);
      return;
    }
    if (!isRolling(deployment)) return;
    for (const [set, size] of proportionalSizes(deployment, activeOf([...oldSets, newSet]))) await scale(current, set, size);
  }

  /** Gives a set its size and the annotations that say what it was computed from. */
  async function scale(current: Current, set: KubeObject, size: number): Promise<void> {
    const { deployment } = current;
    const desired = replicasOf(deployment);
    const maximum = maximumReplicas(deployment);
    const before = replicasOf(set);
    if (size === before && hasReplicas(set.metadata!.annotations, desired, maximum)) return;
    const metadata = { ...set.metadata, annotations: withReplicas(set.metadata!.annotations, desired, maximum) };
    const changed = typed(setResource, { ...set, metadata, spec: { ...set.spec, replicas: size } });
    const updated = await setsApi.update(set.metadata!.namespace!, changed);
    if (current.newSet === set) current.newSet = updated;
    else current.oldSets = current.oldSets.map((old) => (old === set ? updated : old));
    if (size === before) return;
    const message = `Scaled ${size > before ? 'up' : 'down'} replica set ${set.metadata!.name} from ${before} to ${size}`;
    recorder.event({ object: deployment, resource: deploymentResource }, 'Normal', 'ScalingReplicaSet', message);
  }

  async function scaleAll(current: Current, sizes: readonly [KubeObject, number][]): Promise<boolean> {
    for (const [set, size] of sizes) await scale(current, set, size);
    return sizes.length > 0;
  }

  async function roll(found: Current, owned: readonly KubeObject[]): Promise<number | undefined> {
    const current = found.newSet ? found : await find(found.deployment, owned, true);
    const { deployment, newSet } = current;
    if (!newSet) return undefined;
    const wanted = replicasOf(deployment);
    const size = replicasOf(newSet);
    const target = size > wanted ? wanted : newSetSize(deployment, [...current.oldSets, newSet], size);
    if (target !== size) {
      await scale(current, newSet, target);
      return syncRollout(current);
    }
    if (await scaleDownOld(current)) return syncRollout(current);
    if (isComplete(deployment, deployment.status ?? {})) await cleanUp(current);
    return syncRollout(current);
  }

  async function scaleDownOld(current: Current): Promise<boolean> {
    const { deployment } = current;
    if (sumReplicas(current.oldSets) === 0) return false;
    const room = scaleDownRoom(deployment, current.oldSets, current.newSet);
    if (room <= 0) return false;
    const cleaned = await scaleAll(current, sizesWithoutUnhealthy(activeOf(current.oldSets), room));
    const rolled = await scaleAll(current, sizesOfRollingDown(deployment, current.oldSets, current.newSet));
    return cleaned || rolled;
  }

  async function recreate(found: Current, owned: readonly KubeObject[]): Promise<number | undefined> {
    const { deployment } = found;
    const going = activeOf(found.oldSets);
    if (going.length > 0) {
      for (const set of going) await scale(found, set, 0);
      return syncRollout(found);
    }
    if (oldPodsRun(found)) return syncRollout(found);
    const current = found.newSet ? found : await find(deployment, owned, true);
    if (!current.newSet) return undefined;
    const wanted = replicasOf(deployment);
    if (replicasOf(current.newSet) !== wanted) await scale(current, current.newSet, wanted);
    if (isComplete(current.deployment, current.deployment.status ?? {})) await cleanUp(current);
    return syncRollout(current);
  }

  function oldPodsRun({ oldSets }: Current): boolean {
    if (sumStatus(oldSets, 'replicas') > 0) return true;
    return oldSets.some((set) => [...controlledBy(pods, set)].some((pod) => !isPodFinished(pod)));
  }

  /** Deletes old, empty sets beyond the history that is kept, the lowest revision first. */
  async function cleanUp({ deployment, oldSets }: Current): Promise<void> {
    const limit = deployment.spec.revisionHistoryLimit;
    if (limit === undefined || limit === 2147483647) return;
    const alive = oldSets.filter((set) => !set.metadata!.deletionTimestamp).sort((a, b) => Number(revisionOf(a) - revisionOf(b)));
    for (const set of alive.slice(0, Math.max(0, alive.length - limit))) {
      const { generation = 0, namespace, name } = set.metadata!;
      if ((set.status?.replicas ?? 0) !== 0 || replicasOf(set) !== 0 || generation > (set.status?.observedGeneration ?? 0)) continue;
      await unlessNotFound(setsApi.delete(namespace!, name!));
    }
  }

  async function rollback(deployment: KubeObject, owned: readonly KubeObject[]): Promise<undefined> {
    const current = await find(deployment, owned, true);
    const all = [...current.oldSets, ...(current.newSet ? [current.newSet] : [])];
    const target = { object: deployment, resource: deploymentResource };
    const revision = rollbackTarget(deployment) || lastRevision(all);
    const set = revision === 0n ? undefined : all.find((candidate) => revisionOf(candidate) === revision);
    const { [rollbackAnnotation]: _, ...kept } = current.deployment.metadata!.annotations ?? {};
    let changed: KubeObject = { ...current.deployment, metadata: { ...current.deployment.metadata, annotations: kept } };
    if (!set) {
      const message = revision === 0n ? 'Unable to find last revision.' : 'Unable to find the revision to rollback to.';
      recorder.event(target, 'Warning', 'DeploymentRollbackRevisionNotFound', message);
    } else if (sameTemplate(deployment.spec.template, set.spec.template)) {
      const message = `The rollback revision contains the same template as current deployment "${deployment.metadata!.name}"`;
      recorder.event(target, 'Warning', 'DeploymentRollbackTemplateUnchanged', message);
    } else {
      const { [rollbackAnnotation]: _gone, ...annotations } = annotationsOfRollback(changed, set);
      changed = {
        ...changed,
        metadata: { ...changed.metadata, annotations },
        spec: { ...changed.spec, template: templateWithoutHash(set) },
      };
      const message = `Rolled back deployment "${deployment.metadata!.name}" to revision ${revision}`;
      recorder.event(target, 'Normal', 'DeploymentRollback', message);
    }
    await deployments.update(deployment.metadata!.namespace!, typed(deploymentResource, changed));
  }

  return { advance };
}
