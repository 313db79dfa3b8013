import { statefulSet as statefulSets } from '../../api/apps/v1/statefulset.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { startStatefulSetController } from '../../src/controllers/statefulset/index.ts';
import { keyOf } from '../../src/runtime/keys.ts';
import { isPodFinished, isPodReady } from '../../src/runtime/pods.ts';
import type { Model } from './history.ts';
import { template } from './replicaset.ts';
import { difference, namespace, type World } from './world.ts';

const ordinalOf = (pod: KubeObject): number => Number(pod.metadata!.name!.slice(2));
const imageOf = (pod: KubeObject): string => pod.spec.containers[0].image;
const isGoing = (pod: KubeObject): boolean => pod.metadata!.deletionTimestamp !== undefined;

/** Ordered pods come one after the other, each when those before are ready, and go from the highest; an update takes one at a time. */
export function statefulSetModel(): Model {
  const wanted = { replicas: 3, start: 0, image: 'i:1', partition: 0, onDelete: false };
  let ordered = true;
  // What was asked for and may not have been followed yet.
  let resized = false;
  let moved = false;
  const seen = new Set<string>();
  const going = new Set<string>();

  const current = (world: World): KubeObject => world.informers.for(statefulSets).get(namespace, 'x')!;
  const change = async (world: World, what: string, spec: object) => {
    world.note(what);
    await world.patch(statefulSets, 'x', { spec });
  };
  const strategy = () =>
    wanted.onDelete ? { type: 'OnDelete', rollingUpdate: null } : { type: 'RollingUpdate', rollingUpdate: { partition: wanted.partition } };

  /** A pod that has just come: all before it must be there and well. */
  function checkArrival(pod: KubeObject, pods: readonly KubeObject[], world: World): string | undefined {
    if (!ordered || moved) return undefined;
    for (let ordinal = wanted.start; ordinal < ordinalOf(pod); ordinal++) {
      const before = pods.find((other) => ordinalOf(other) === ordinal);
      const well = before && isPodReady(before) && !isGoing(before);
      if (!well && !(before && world.disturbed.has(keyOf(before)))) return `${pod.metadata!.name} comes while x-${ordinal} is not ready`;
    }
    return undefined;
  }

  /** A pod that the controller takes away: none above it may be left to go first, and no other may be away; without order, none above it. */
  function checkDeparture(pod: KubeObject, pods: readonly KubeObject[], world: World): string | undefined {
    if (world.disturbed.has(keyOf(pod)) || world.disturbed.size > 0 || resized) return undefined;
    const isOutside = (other: KubeObject) => ordinalOf(other) < wanted.start || ordinalOf(other) >= wanted.start + wanted.replicas;
    if (isOutside(pod)) {
      const higher = pods.find((other) => isOutside(other) && ordinalOf(other) > ordinalOf(pod));
      return ordered && higher ? `${pod.metadata!.name} goes before ${higher.metadata!.name}` : undefined;
    }
    const isHeeded = (other: KubeObject) => !isOutside(other) && (ordered ? other !== pod : ordinalOf(other) > ordinalOf(pod));
    const away = pods.find((other) => isHeeded(other) && (isGoing(other) || !isPodReady(other)));
    return away && `${pod.metadata!.name} goes while ${away.metadata!.name} is away`;
  }

  return {
    controllers: [startStatefulSetController],
    async begin(world) {
      ordered = world.chance(0.6);
      await world.addNode();
      await world.addNode();
      world.watch(world.informers.for(statefulSets));
      const spec = {
        replicas: wanted.replicas,
        serviceName: 'x',
        podManagementPolicy: ordered ? 'OrderedReady' : 'Parallel',
        selector: { matchLabels: { app: 'x' } },
        updateStrategy: strategy(),
        revisionHistoryLimit: 2,
        minReadySeconds: world.chance(0.3) ? 3 : 0,
        template: template(wanted.image),
      };
      await world.api(statefulSets).create(namespace, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'x' }, spec });
      await world.advance(60_000);
    },
    actions: [
      [
        3,
        async (world) => {
          wanted.replicas = world.number(0, 6);
          resized = true;
          await change(world, `scale to ${wanted.replicas}`, { replicas: wanted.replicas });
        },
      ],
      [
        4,
        async (world) => {
          wanted.image = `i:${world.number(1, 4)}`;
          await change(world, `image ${wanted.image}`, { template: { spec: { containers: [{ name: 'a', image: wanted.image }] } } });
        },
      ],
      [
        1,
        async (world) => {
          wanted.partition = world.number(0, 3);
          wanted.onDelete = false;
          await change(world, `partition ${wanted.partition}`, { updateStrategy: strategy() });
        },
      ],
      [
        0.5,
        async (world) => {
          wanted.onDelete = true;
          await change(world, 'on delete', { updateStrategy: strategy() });
        },
      ],
      [
        0.5,
        async (world) => {
          wanted.start = world.number(0, 2);
          resized = true;
          moved = true;
          await change(world, `start at ${wanted.start}`, { ordinals: { start: wanted.start } });
        },
      ],
      [1, (world) => world.patch(statefulSets, 'x', { metadata: { annotations: { touched: String(world.number(0, 999)) } } })],
      [
        2,
        async (world) => {
          await world.advance(120_000);
          resized = false;
          moved = false;
        },
      ],
      [1, (world) => world.failPod()],
      [1, (world) => world.deletePod()],
      [0.5, (world) => world.removeNode()],
      [0.5, async (world) => void (await world.addNode())],
    ],
    check(world) {
      const pods = world.podList();
      let wrong: string | undefined;
      for (const pod of pods) {
        const { uid } = pod.metadata!;
        if (!seen.has(uid!)) {
          seen.add(uid!);
          wrong ??= checkArrival(pod, pods, world);
        }
        if (isGoing(pod) && !going.has(uid!)) {
          going.add(uid!);
          wrong ??= checkDeparture(pod, pods, world);
        }
      }
      return wrong;
    },
    async settled(world) {
      if (wanted.onDelete) {
        wanted.onDelete = false;
        await change(world, 'roll in the end', { updateStrategy: strategy() });
        return 'waits for deletions';
      }
      const pods = world.podList().filter((pod) => !isPodFinished(pod));
      const { status = {}, metadata } = current(world);
      const ordinals = Array.from({ length: wanted.replicas }, (_, index) => wanted.start + index);
      // Below the partition, pods keep the revision that they come from.
      const updated = ordinals.slice(wanted.partition).map((ordinal) => pods.find((pod) => ordinalOf(pod) === ordinal));
      const { replicas, readyReplicas = 0, availableReplicas = 0, observedGeneration, currentRevision, updateRevision } = status;
      return difference(
        {
          ordinals: pods
            .filter((pod) => isPodReady(pod) && !isGoing(pod))
            .map(ordinalOf)
            .sort((a, b) => a - b),
          count: pods.length,
          images: updated.map((pod) => pod && imageOf(pod)),
          status: [replicas, readyReplicas, availableReplicas, observedGeneration],
          complete: wanted.partition > 0 || currentRevision === updateRevision,
        },
        {
          ordinals,
          count: wanted.replicas,
          images: updated.map(() => wanted.image),
          status: [wanted.replicas, wanted.replicas, wanted.replicas, metadata!.generation],
          complete: true,
        },
      );
    },
  };
}
