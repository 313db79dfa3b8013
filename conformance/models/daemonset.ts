import { daemonSet as daemonSets } from '../../api/apps/v1/daemonset.ts';
import { node as nodes } from '../../api/core/v1/node.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { startDaemonSetController } from '../../src/controllers/daemon/index.ts';
import { targetNodeOf } from '../../src/controllers/daemon/placement.ts';
import { scaledValue } from '../../src/runtime/int-or-percent.ts';
import { isPodActive, isPodReady } from '../../src/runtime/pods.ts';
import type { Model } from './history.ts';
import { template } from './replicaset.ts';
import { difference, namespace, type World } from './world.ts';

const limits: readonly (readonly [surge: number | string, unavailable: number | string])[] = [
  [0, 1],
  [0, 2],
  [0, '50%'],
  [1, 0],
  ['50%', 0],
];

/** One pod on each node where one belongs (two while it surges), and an update leaves no more nodes without than it may. */
export function daemonSetModel(): Model {
  const wanted = { image: 'i:1', surge: 0 as number | string, unavailable: 1 as number | string, onDelete: false };
  let mostPerNode = 1;
  let mostMissing: (nodeCount: number) => number = (count) => count;
  let calm = true;
  let looked = false;

  const current = (world: World): KubeObject => world.informers.for(daemonSets).get(namespace, 'x')!;
  const eligible = (world: World): KubeObject[] =>
    [...world.nodes.list()].filter(
      ({ metadata, spec }) => metadata!.labels!['role'] === 'worker' && !spec?.taints?.some(({ key }: { key: string }) => key === 'closed'),
    );
  const strategy = () =>
    wanted.onDelete
      ? { type: 'OnDelete', rollingUpdate: null }
      : { type: 'RollingUpdate', rollingUpdate: { maxSurge: wanted.surge, maxUnavailable: wanted.unavailable } };
  const change = async (world: World, what: string, spec: object) => {
    world.note(what);
    await world.patch(daemonSets, 'x', { spec });
  };
  const changeNode = (patch: (node: KubeObject) => object, what: string) => async (world: World) => {
    const node = world.pick([...world.nodes.list()]);
    if (!node) return;
    calm = false;
    world.note(`${what} ${node.metadata!.name}`);
    await world.patch(nodes, node.metadata!.name!, patch(node));
  };
  const disturb = (action: (world: World) => Promise<unknown>) => async (world: World) => {
    calm = false;
    await action(world);
  };

  return {
    controllers: [startDaemonSetController],
    async begin(world) {
      for (let i = 0; i < 4; i++) await world.addNode({ role: 'worker' });
      await world.addNode();
      world.watch(world.informers.for(daemonSets));
      const spec = {
        selector: { matchLabels: { app: 'x' } },
        updateStrategy: strategy(),
        revisionHistoryLimit: 2,
        minReadySeconds: world.chance(0.3) ? 3 : 0,
        template: template(wanted.image, { nodeSelector: { role: 'worker' } }),
      };
      await world.api(daemonSets).create(namespace, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, spec });
      await world.advance(30_000);
      mostMissing = (count) => Math.max(1, scaledValue(wanted.unavailable, count, true));
    },
    actions: [
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
          [wanted.surge, wanted.unavailable] = world.pick(limits)!;
          wanted.onDelete = false;
          if (wanted.surge !== 0) mostPerNode = 2;
          const before = mostMissing;
          const { unavailable } = wanted;
          mostMissing = (count) => Math.max(before(count), scaledValue(unavailable, count, true));
          await change(world, `surge ${wanted.surge}, unavailable ${wanted.unavailable}`, { updateStrategy: strategy() });
        },
      ],
      [
        0.5,
        async (world) => {
          wanted.onDelete = true;
          await change(world, 'on delete', { updateStrategy: strategy() });
        },
      ],
      [1, (world) => world.patch(daemonSets, 'x', { metadata: { annotations: { touched: String(world.number(0, 999)) } } })],
      [
        1,
        changeNode(
          ({ metadata }) => ({ metadata: { labels: { role: metadata!.labels!['role'] ? null : 'worker' } } }),
          'change the role of',
        ),
      ],
      [
        1,
        changeNode(
          ({ spec }) => ({ spec: { taints: spec?.taints?.length ? null : [{ key: 'closed', effect: 'NoSchedule' }] } }),
          'taint or untaint',
        ),
      ],
      [1, changeNode(({ spec }) => ({ spec: { unschedulable: !spec?.unschedulable } }), 'cordon or uncordon')],
      [1, disturb((world) => world.addNode({ role: 'worker' }))],
      [1, disturb((world) => world.removeNode())],
      [1, disturb((world) => world.failPod())],
      [1, disturb((world) => world.deletePod())],
    ],
    check(world) {
      const perNode = new Map<string, number>();
      const ready = new Set<string>();
      for (const pod of world.podList().filter(isPodActive)) {
        const node = targetNodeOf(pod)!;
        perNode.set(node, (perNode.get(node) ?? 0) + 1);
        if (isPodReady(pod)) ready.add(node);
      }
      for (const [node, count] of perNode) if (count > mostPerNode) return `${count} pods on ${node}, of at most ${mostPerNode}`;
      const there = eligible(world).map(({ metadata }) => metadata!.name!);
      const missing = there.filter((node) => !ready.has(node)).length;
      if (calm && missing > mostMissing(there.length))
        return `${missing} nodes without a ready pod, of at most ${mostMissing(there.length)}`;
      return undefined;
    },
    async settled(world) {
      if (wanted.onDelete) {
        wanted.onDelete = false;
        await change(world, 'roll in the end', { updateStrategy: strategy() });
        return 'waits for deletions';
      }
      // A node that is closed to new pods, but not to the one that it has, is no reason to look, here as upstream: the status tells of it the next time.
      if (!looked) {
        looked = true;
        await world.patch(daemonSets, 'x', { metadata: { annotations: { touched: 'in the end' } } });
        return 'is looked at once more';
      }
      const pods = world.podList().filter((pod) => pod.status?.phase !== 'Failed');
      const { status = {}, metadata } = current(world);
      // On a node that was closed to new pods, one that was there before may stay.
      const open = eligible(world)
        .map((node) => node.metadata!.name!)
        .sort();
      const onOpen = pods.filter((pod) => open.includes(pod.spec.nodeName));
      const labelled = new Set(
        [...world.nodes.list()].filter((node) => node.metadata!.labels!['role']).map((node) => node.metadata!.name!),
      );
      const {
        desiredNumberScheduled,
        currentNumberScheduled,
        numberReady,
        updatedNumberScheduled = 0,
        numberAvailable = 0,
        observedGeneration,
      } = status;
      return difference(
        {
          pods: onOpen.map(({ spec, status: { phase } }) => [spec.nodeName, spec.containers[0].image, phase]).sort(),
          elsewhere: pods.filter((pod) => !labelled.has(pod.spec.nodeName)).length,
          status: [
            desiredNumberScheduled,
            currentNumberScheduled,
            numberReady,
            updatedNumberScheduled,
            numberAvailable,
            observedGeneration,
          ],
        },
        {
          pods: open.map((node) => [node, wanted.image, 'Running']),
          elsewhere: 0,
          status: [open.length, open.length, open.length, open.length, open.length, metadata!.generation],
        },
      );
    },
  };
}
