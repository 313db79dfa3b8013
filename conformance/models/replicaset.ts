import { replicaSet as replicaSets } from '../../api/apps/v1/replicaset.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import { replicationController as replicationControllers } from '../../api/core/v1/replicationcontroller.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceReference } from '../../src/client/client.ts';
import type { StartController } from '../../src/controllers/context.ts';
import { startReplicaSetController, startReplicationController } from '../../src/controllers/replicaset/index.ts';
import { unlessNotFound } from '../../src/runtime/errors.ts';
import { typed } from '../../src/runtime/objects.ts';
import { isControlledBy } from '../../src/runtime/owners.ts';
import { isPodActive, isPodReady } from '../../src/runtime/pods.ts';
import type { Model } from './history.ts';
import { difference, namespace, type World } from './world.ts';

export const template = (image: string, more: object = {}) => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'a', image }], terminationGracePeriodSeconds: 5, ...more },
});

export function replicaSetModel(): Model {
  return replicaModel(replicaSets, startReplicaSetController, { matchLabels: { app: 'x' } });
}

export function replicationControllerModel(): Model {
  return replicaModel(replicationControllers, startReplicationController, { app: 'x' });
}

/** A ReplicaSet or ReplicationController never has more pods than it asked for, nor fewer in the end. */
function replicaModel(owners: ResourceReference, start: StartController, selector: object): Model {
  let most = 3;
  let wanted = 3;
  const current = (world: World): KubeObject | undefined => world.informers.for(owners).get(namespace, 'x');
  const owned = (world: World): KubeObject[] => {
    const set = current(world);
    return set ? world.podList().filter((pod) => isControlledBy(pod, set)) : [];
  };

  return {
    controllers: [start],
    async begin(world) {
      world.watch(world.informers.for(owners));
      await world.addNode();
      await world.addNode();
      const spec = { replicas: wanted, selector, template: template('i:1') };
      await world.api(owners).create(namespace, typed(owners, { metadata: { name: 'x' }, spec }));
    },
    actions: [
      [
        4,
        async (world) => {
          wanted = world.number(0, 8);
          most = Math.max(most, wanted);
          world.note(`scale to ${wanted}`);
          await world.patch(owners, 'x', { spec: { replicas: wanted } });
        },
      ],
      [2, (world) => world.patch(owners, 'x', { metadata: { annotations: { touched: String(world.number(0, 999)) } } })],
      [3, (world) => world.failPod()],
      [3, (world) => world.deletePod()],
      [1, async (world) => void (await world.addNode())],
      [1, (world) => world.removeNode()],
      [
        1,
        async (world) => {
          const pod = world.pick(owned(world).filter(isPodActive));
          if (!pod) return;
          world.note(`pod ${pod.metadata!.name} is released`);
          await world.patch(pods, pod.metadata!.name!, { metadata: { labels: { app: 'other' } } });
        },
      ],
      [
        1,
        async (world) => {
          // It is one too many until the set has seen it.
          most++;
          const name = `stray-${world.number(0, 9999)}`;
          world.note(`pod ${name} comes without an owner`);
          const pod = { apiVersion: 'v1', kind: 'Pod', ...template('i:1'), metadata: { name, labels: { app: 'x' } } };
          await unlessNotFound(world.api(pods).create(namespace, pod as KubeObject));
        },
      ],
    ],
    check(world) {
      const active = owned(world).filter(isPodActive).length;
      return active > most ? `${active} pods, of at most ${most}` : undefined;
    },
    settled(world) {
      const { status = {} } = current(world)!;
      const active = owned(world).filter(isPodActive);
      const ready = active.filter(isPodReady).length;
      most = wanted;
      const { replicas, readyReplicas = 0, availableReplicas = 0, fullyLabeledReplicas = 0, observedGeneration } = status;
      return difference(
        { active: active.length, ready, replicas, readyReplicas, availableReplicas, fullyLabeledReplicas, observedGeneration },
        {
          active: wanted,
          ready: wanted,
          replicas: wanted,
          readyReplicas: wanted,
          availableReplicas: wanted,
          fullyLabeledReplicas: wanted,
          observedGeneration: current(world)!.metadata!.generation,
        },
      );
    },
  };
}
