import { replicaSet as replicaSets } from '../../api/apps/v1/replicaset.ts';
import { horizontalPodAutoscaler as autoscalers } from '../../api/autoscaling/v2/horizontalpodautoscaler.ts';
import { defineResource } from '../../api/define.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { startHorizontalPodAutoscaler } from '../../src/controllers/podautoscaler/index.ts';
import { startReplicaSetController } from '../../src/controllers/replicaset/index.ts';
import { unlessNotFound } from '../../src/runtime/errors.ts';
import { conditionOf, isPodActive, isPodReady } from '../../src/runtime/pods.ts';
import type { Model } from './history.ts';
import { template } from './replicaset.ts';
import { freeSchema, namespace, type World } from './world.ts';

/** As a metrics server serves it. */
const podMetrics = defineResource({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  scope: 'Namespaced',
  schema: freeSchema,
});

const request = 100;
const target = 50;

/** An autoscaler stays within its bounds, grows at most twofold at a time, and comes to rest where the pods are used as much as they should be. */
export function podAutoscalerModel(): Model {
  const wanted = { minimum: 2, maximum: 8, load: 200 };
  // The bounds of everything that was asked for since it last came to rest.
  let [least, most] = [2, 8];
  let size = 3;

  const current = (world: World): KubeObject | undefined => world.informers.for(replicaSets).get(namespace, 'x');
  const serving = (world: World) => world.podList().filter((pod) => isPodActive(pod) && isPodReady(pod));

  /** What a metrics server would measure: the load, shared by all pods that serve. */
  async function measure(world: World): Promise<void> {
    const api = world.api(podMetrics);
    const pods = serving(world);
    const { items } = await api.list(namespace);
    const gone = items.filter(({ metadata }) => !pods.some((pod) => pod.metadata!.name === metadata!.name));
    for (const { metadata } of gone) await api.delete(namespace, metadata!.name!);
    for (const { metadata } of pods) {
      const usage = { cpu: `${Math.round(wanted.load / pods.length)}m` };
      const timestamp = new Date(world.clock.now()).toISOString();
      const measured = { timestamp, window: '30s', containers: [{ name: 'a', usage }] };
      const known = await unlessNotFound(api.get(namespace, metadata!.name!));
      if (known) await api.update(namespace, { ...known, ...measured });
      else {
        const { name, labels } = metadata!;
        await api.create(namespace, {
          apiVersion: 'metrics.k8s.io/v1beta1',
          kind: 'PodMetrics',
          metadata: { name: name!, labels: labels! },
          ...measured,
        });
      }
    }
  }
  const change = async (world: World, what: string, spec: object) => {
    world.note(what);
    least = Math.min(least, wanted.minimum);
    most = Math.max(most, wanted.maximum);
    await world.patch(autoscalers, 'x', { spec });
  };

  return {
    controllers: [startHorizontalPodAutoscaler, startReplicaSetController],
    definitions: [podMetrics],
    async begin(world) {
      await world.addNode();
      await world.addNode();
      world.watch(world.informers.for(replicaSets));
      world.watch(world.informers.for(autoscalers));
      const spec = {
        replicas: size,
        selector: { matchLabels: { app: 'x' } },
        template: template('i:1', { containers: [{ name: 'a', image: 'i:1', resources: { requests: { cpu: `${request}m` } } }] }),
      };
      await world.api(replicaSets).create(namespace, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'x' }, spec });
      const scaling = {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x' },
        minReplicas: wanted.minimum,
        maxReplicas: wanted.maximum,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }],
      };
      const autoscaler = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' }, spec: scaling };
      await world.api(autoscalers).create(namespace, autoscaler);
      await world.advance(10_000);
      await measure(world);
    },
    actions: [
      [
        3,
        async (world) => {
          wanted.load = world.number(20, 700);
          world.note(`load ${wanted.load}m`);
          await measure(world);
        },
      ],
      [3, measure],
      [
        1,
        async (world) => {
          wanted.minimum = world.number(1, 4);
          wanted.maximum = world.number(wanted.minimum, 10);
          const { minimum, maximum } = wanted;
          await change(world, `between ${minimum} and ${maximum}`, { minReplicas: minimum, maxReplicas: maximum });
        },
      ],
      [1, (world) => world.failPod()],
      [1, (world) => world.deletePod()],
      [0.5, async (world) => void (await world.addNode())],
    ],
    check(world) {
      const replicas: number | undefined = current(world)?.spec.replicas;
      if (replicas === undefined || replicas === size) return undefined;
      const before = size;
      size = replicas;
      if (replicas < Math.min(least, before) || replicas > Math.max(most, before))
        return `${replicas} replicas, between ${least} and ${most}`;
      return replicas > Math.max(2 * before, 4, least) ? `from ${before} to ${replicas} at once` : undefined;
    },
    async settled(world) {
      await measure(world);
      const pods = serving(world).length;
      if (pods !== size) return `${pods} of ${size} pods serve`;
      const autoscaler = world.informers.for(autoscalers).get(namespace, 'x')!;
      const { currentReplicas = 0, desiredReplicas } = autoscaler.status ?? {};
      if (currentReplicas !== size || desiredReplicas !== size)
        return `its status says ${currentReplicas} and ${desiredReplicas} of ${size}`;
      if (conditionOf(autoscaler, 'ScalingActive')?.reason !== 'ValidMetricFound') return 'it has no metric';
      const ratio = Math.trunc((Math.round(wanted.load / size) * 100) / request) / target;
      if (size < wanted.minimum || size > wanted.maximum) return `${size} replicas`;
      const tooMany = ratio < 0.9 && size > wanted.minimum && Math.ceil(ratio * size) < size;
      const tooFew = ratio > 1.1 && size < wanted.maximum;
      if (tooMany || tooFew) return `${size} replicas for ${wanted.load}m`;
      [least, most] = [wanted.minimum, wanted.maximum];
      return undefined;
    },
  };
}
