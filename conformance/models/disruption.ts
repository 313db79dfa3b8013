import { replicaSet as replicaSets } from '../../api/apps/v1/replicaset.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import { podDisruptionBudget as budgets } from '../../api/policy/v1/poddisruptionbudget.ts';
import { startDisruptionController } from '../../src/controllers/disruption/index.ts';
import { startReplicaSetController } from '../../src/controllers/replicaset/index.ts';
import { scaledValue } from '../../src/runtime/int-or-percent.ts';
import { isPodActive, isPodReady } from '../../src/runtime/pods.ts';
import type { Model } from './history.ts';
import { template } from './replicaset.ts';
import { difference, namespace, type World } from './world.ts';

interface Refusal {
  readonly code?: number;
}

/** Evictions alone never take so many pods that fewer are healthy than the budget asks for. */
export function disruptionModel(): Model {
  let replicas = 5;
  let budget: { minAvailable?: number | string; maxUnavailable?: number | string } = { minAvailable: 3 };
  // The least that any budget asked for since the last change was followed.
  let least = 0;
  let calm = false;

  const desired = () =>
    budget.maxUnavailable === undefined
      ? typeof budget.minAvailable === 'number'
        ? budget.minAvailable
        : scaledValue(budget.minAvailable, replicas, true)
      : Math.max(0, replicas - scaledValue(budget.maxUnavailable, replicas, true));
  const healthy = (world: World) => world.podList().filter((pod) => isPodActive(pod) && isPodReady(pod)).length;
  const evict = async (world: World): Promise<void> => {
    const pod = world.pick(world.podList().filter(({ metadata }) => !metadata!.deletionTimestamp));
    if (!pod) return;
    const name = pod.metadata!.name!;
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
    try {
      await world.answerTo(world.api(pods).createSubresource(namespace, name, 'eviction', eviction));
      world.note(`${name} is evicted`);
    } catch (error) {
      const { code } = error as Refusal;
      if (code !== 429 && code !== 404) throw error;
      world.note(`eviction of ${name} is refused`);
    }
  };
  const disturb = (action: (world: World) => Promise<void>) => async (world: World) => {
    calm = false;
    await action(world);
  };

  return {
    controllers: [startDisruptionController, startReplicaSetController],
    async begin(world) {
      await world.addNode();
      await world.addNode();
      world.watch(world.informers.for(budgets));
      const spec = { replicas, selector: { matchLabels: { app: 'x' } }, template: template('i:1') };
      await world.api(replicaSets).create(namespace, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'x' }, spec });
      const own = { selector: { matchLabels: { app: 'x' } }, ...budget };
      await world
        .api(budgets)
        .create(namespace, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'x' }, spec: own });
      await world.advance(30_000);
      least = desired();
      calm = true;
    },
    actions: [
      [
        6,
        async (world) => {
          // As kubectl drain does: one after the other, at once.
          for (let left = world.number(1, 4); left > 0; left--) await evict(world);
        },
      ],
      [
        1,
        async (world) => {
          const text = world.pick<typeof budget>([
            { minAvailable: 2 },
            { minAvailable: '50%' },
            { maxUnavailable: 1 },
            { maxUnavailable: '30%' },
          ])!;
          budget = text;
          world.note(`budget ${JSON.stringify(text)}`);
          least = Math.min(least, desired());
          await world.patch(budgets, 'x', { spec: { minAvailable: null, maxUnavailable: null, ...text } });
        },
      ],
      [
        1,
        disturb(async (world) => {
          replicas = world.number(1, 7);
          world.note(`scale to ${replicas}`);
          await world.patch(replicaSets, 'x', { spec: { replicas } });
        }),
      ],
      [1, disturb((world) => world.failPod())],
      [1, disturb((world) => world.deletePod())],
      [
        2,
        async (world) => {
          await world.advance(180_000);
          calm = healthy(world) === replicas;
          least = Math.min(desired(), replicas);
        },
      ],
    ],
    check(world) {
      const count = healthy(world);
      return calm && count < least ? `${count} healthy pods, of at least ${least}` : undefined;
    },
    settled(world) {
      const { status = {}, metadata } = world.informers.for(budgets).get(namespace, 'x')!;
      const { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed, observedGeneration, disruptedPods = {} } = status;
      // An integer says nothing of how many there should be: pods that ended count with those that run.
      const counted = typeof budget.minAvailable === 'number' ? world.podList().length : replicas;
      const least = typeof budget.minAvailable === 'number' ? budget.minAvailable : desired();
      return difference(
        { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed, observedGeneration, disruptedPods, healthy: healthy(world) },
        {
          currentHealthy: replicas,
          desiredHealthy: least,
          expectedPods: counted,
          disruptionsAllowed: Math.max(0, replicas - least),
          observedGeneration: metadata!.generation,
          disruptedPods: {},
          healthy: replicas,
        },
      );
    },
  };
}
