import { deployment as deployments } from '../../api/apps/v1/deployment.ts';
import { replicaSet as replicaSets } from '../../api/apps/v1/replicaset.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { startDeploymentController } from '../../src/controllers/deployment/index.ts';
import { startReplicaSetController } from '../../src/controllers/replicaset/index.ts';
import { scaledValue } from '../../src/runtime/int-or-percent.ts';
import { conditionOf, isPodActive, isPodReady } from '../../src/runtime/pods.ts';
import type { Model } from './history.ts';
import { template } from './replicaset.ts';
import { difference, namespace, type World } from './world.ts';

interface Wanted {
  replicas: number;
  image: string;
  surge: number | string;
  unavailable: number | string;
  recreate: boolean;
  paused: boolean;
}

const limits: readonly (readonly [surge: number | string, unavailable: number | string])[] = [
  [1, 0],
  [0, 1],
  [2, 1],
  ['25%', '25%'],
  ['50%', 0],
];

/** A Deployment surges no further than it may, and while nobody else disturbs its pods it keeps enough of them available. */
export function deploymentModel(): Model {
  const wanted: Wanted = { replicas: 4, image: 'i:1', surge: 1, unavailable: 0, recreate: false, paused: false };
  // The bounds of everything that was asked for since it last came to rest.
  let most = 5;
  let least = 0;
  let calm = true;

  const bounds = ({ replicas, surge, unavailable }: Wanted) => {
    const up = scaledValue(surge, replicas, true);
    const down = scaledValue(unavailable, replicas, false);
    return { most: replicas + up, least: replicas - (up === 0 && down === 0 ? 1 : down) };
  };
  const widen = () => {
    const now = bounds(wanted);
    most = Math.max(most, now.most);
    least = wanted.recreate ? 0 : Math.min(least, now.least);
  };
  const current = (world: World): KubeObject => world.informers.for(deployments).get(namespace, 'x')!;
  const sets = (world: World): KubeObject[] => [...world.informers.for(replicaSets).list(namespace)];
  const active = (world: World) => world.podList().filter(isPodActive);
  const change = async (world: World, what: string, spec: object) => {
    world.note(what);
    widen();
    await world.patch(deployments, 'x', { spec });
  };
  const disturb = (action: (world: World) => Promise<void>) => async (world: World) => {
    if (world.pods.size > 0) calm = false;
    await action(world);
  };

  return {
    controllers: [startDeploymentController, startReplicaSetController],
    async begin(world) {
      await world.addNode();
      await world.addNode();
      world.watch(world.informers.for(deployments));
      world.watch(world.informers.for(replicaSets));
      const spec = {
        replicas: wanted.replicas,
        selector: { matchLabels: { app: 'x' } },
        strategy: { rollingUpdate: { maxSurge: wanted.surge, maxUnavailable: wanted.unavailable } },
        revisionHistoryLimit: 3,
        template: template(wanted.image),
      };
      await world.api(deployments).create(namespace, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec });
    },
    actions: [
      [
        3,
        async (world) => {
          wanted.replicas = world.number(0, 8);
          await change(world, `scale to ${wanted.replicas}`, { replicas: wanted.replicas });
        },
      ],
      [
        4,
        async (world) => {
          wanted.image = `i:${world.number(1, 5)}`;
          await change(world, `image ${wanted.image}`, { template: { spec: { containers: [{ name: 'a', image: wanted.image }] } } });
        },
      ],
      [
        1,
        async (world) => {
          [wanted.surge, wanted.unavailable] = world.pick(limits)!;
          wanted.recreate = false;
          const rollingUpdate = { maxSurge: wanted.surge, maxUnavailable: wanted.unavailable };
          await change(world, `surge ${wanted.surge}, unavailable ${wanted.unavailable}`, {
            strategy: { type: 'RollingUpdate', rollingUpdate },
          });
        },
      ],
      [
        1,
        async (world) => {
          if (wanted.paused) return;
          wanted.recreate = true;
          // A change of size that comes with it, while several sets are active, is never followed: nor does the real controller.
          await world.advance(1_000);
          await change(world, 'recreate', { strategy: { type: 'Recreate', rollingUpdate: null } });
          await world.advance(1_000);
        },
      ],
      [
        1,
        async (world) => {
          if (wanted.recreate) return;
          wanted.paused = !wanted.paused;
          await change(world, wanted.paused ? 'pause' : 'resume', { paused: wanted.paused });
        },
      ],
      [1, (world) => world.patch(deployments, 'x', { metadata: { annotations: { touched: String(world.number(0, 999)) } } })],
      [1, disturb((world) => world.failPod())],
      [1, disturb((world) => world.deletePod())],
      [0.5, disturb((world) => world.removeNode())],
      [0.5, async (world) => void (await world.addNode())],
    ],
    check(world) {
      const pods = active(world);
      if (pods.length > most) return `${pods.length} pods, of at most ${most}`;
      const ready = pods.filter(isPodReady).length;
      if (calm && ready < least) return `${ready} pods are ready, of at least ${least}`;
      return undefined;
    },
    async settled(world) {
      if (wanted.paused) {
        wanted.paused = false;
        world.note('resume in the end');
        await world.patch(deployments, 'x', { spec: { paused: false } });
        return 'was paused';
      }
      const { status = {}, metadata } = current(world);
      const pods = active(world);
      const { replicas } = wanted;
      const { readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0, observedGeneration } = status;
      const conditions = ['Available', 'Progressing'].map((type) => conditionOf(current(world), type)?.reason);
      const wrong = difference(
        {
          images: pods.map(({ spec }) => spec.containers[0].image),
          ready: pods.filter(isPodReady).length,
          counts: [status.replicas ?? 0, readyReplicas, updatedReplicas, availableReplicas, status.unavailableReplicas ?? 0],
          observedGeneration,
          conditions,
          activeSets: sets(world).filter(({ spec }) => spec.replicas > 0).length,
          tooManySets: sets(world).length > 4,
        },
        {
          images: Array.from({ length: replicas }, () => wanted.image),
          ready: replicas,
          counts: [replicas, replicas, replicas, replicas, 0],
          observedGeneration: metadata!.generation,
          conditions: ['MinimumReplicasAvailable', 'NewReplicaSetAvailable'],
          activeSets: replicas > 0 ? 1 : 0,
          tooManySets: false,
        },
      );
      if (wrong === undefined) ({ most, least } = bounds(wanted));
      return wrong;
    },
  };
}
