import { job as jobs } from '../../api/batch/v1/job.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { isFinished } from '../../src/controllers/job/conditions.ts';
import { startJobController } from '../../src/controllers/job/index.ts';
import { isPodActive } from '../../src/runtime/pods.ts';
import type { Model } from './history.ts';
import { template } from './replicaset.ts';
import { namespace, type World } from './world.ts';

const indexAnnotation = 'batch.kubernetes.io/job-completion-index';
const finalizer = 'batch.kubernetes.io/job-tracking';

/** A Job never runs more pods than it may, nor two of an index; each pod counts once; and in the end it has finished as its limits say. */
export function jobModel(): Model {
  let spec: KubeObject = {};
  let most = 0;
  const succeeded = new Set<string>();
  const failed = new Set<string>();

  const current = (world: World): KubeObject | undefined => world.informers.for(jobs).get(namespace, 'x')!;
  const change = async (world: World, what: string, changed: object) => {
    const job = current(world);
    if (job && isFinished(job)) return;
    world.note(what);
    Object.assign(spec, changed);
    await world.patch(jobs, 'x', { spec: changed });
  };

  return {
    controllers: [startJobController],
    async begin(world) {
      await world.addNode();
      await world.addNode();
      world.watch(world.informers.for(jobs));
      const indexed = world.chance(0.5);
      const perIndex = indexed && world.chance(0.5);
      const completions = world.number(1, 8);
      const replacement = world.chance(0.5);
      spec = {
        completions,
        parallelism: world.number(1, 5),
        completionMode: indexed ? 'Indexed' : 'NonIndexed',
        ...(perIndex ? { backoffLimitPerIndex: world.number(0, 2) } : { backoffLimit: world.number(0, 6) }),
        ...(perIndex && world.chance(0.5) ? { maxFailedIndexes: world.number(0, completions) } : {}),
        ...(replacement ? { podReplacementPolicy: 'Failed' } : {}),
        ...(world.chance(0.2) ? { activeDeadlineSeconds: world.number(30, 600) } : {}),
        ...(world.chance(0.3) ? { suspend: true } : {}),
      };
      most = spec['parallelism'];
      world.note(JSON.stringify(spec));
      const annotations = { 'orrery.dev/exit-code': '0', 'orrery.dev/exit-after': `${world.number(1, 30)}s` };
      const { metadata, spec: podSpec } = template('i:1', { restartPolicy: 'Never' });
      const job = { ...spec, template: { metadata: { ...metadata, annotations }, spec: podSpec } };
      await world.api(jobs).create(namespace, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: job });
    },
    actions: [
      [
        2,
        async (world) => {
          const parallelism = world.number(0, 5);
          most = Math.max(most, parallelism);
          await change(world, `parallelism ${parallelism}`, { parallelism });
        },
      ],
      [1, (world) => change(world, 'suspend', { suspend: true })],
      [2, (world) => change(world, 'resume', { suspend: false })],
      [1, (world) => world.patch(jobs, 'x', { metadata: { annotations: { touched: String(world.number(0, 999)) } } })],
      [3, (world) => world.failPod()],
      [2, (world) => world.deletePod()],
      [0.5, (world) => world.removeNode()],
      [0.5, async (world) => void (await world.addNode())],
    ],
    check(world) {
      const pods = world.podList();
      for (const { metadata, status } of pods) {
        if (status?.phase === 'Succeeded') succeeded.add(metadata!.uid!);
        else if (status?.phase === 'Failed' || metadata!.deletionTimestamp) failed.add(metadata!.uid!);
      }
      const active = pods.filter(isPodActive);
      if (active.length > most) return `${active.length} pods run, of at most ${most}`;
      const indexes = active.map(({ metadata }) => metadata!.annotations?.[indexAnnotation]).filter((index) => index !== undefined);
      if (new Set(indexes).size < indexes.length) return `two pods of an index: ${indexes}`;
      const { succeeded: counted = 0, failed: countedFailed = 0 } = current(world)?.status ?? {};
      if (counted > spec['completions']) return `${counted} successes of ${spec['completions']}`;
      if (counted > succeeded.size) return `${counted} successes are counted, ${succeeded.size} were there`;
      if (countedFailed > failed.size) return `${countedFailed} failures are counted, ${failed.size} were there`;
      return undefined;
    },
    async settled(world) {
      const job = current(world)!;
      if (!isFinished(job)) {
        if (spec['suspend'] || spec['parallelism'] === 0) {
          most = Math.max(most, 2);
          await change(world, 'let it run in the end', { suspend: false, parallelism: 2 });
        }
        return 'has not finished';
      }
      const { status } = job;
      const pods = world.podList();
      if (pods.some(({ metadata }) => metadata!.finalizers?.includes(finalizer))) return 'pods keep their finalizers';
      if (pods.some(isPodActive)) return 'pods still run';
      const types = status.conditions
        .filter((condition: { status: string }) => condition.status === 'True')
        .map(({ type }: { type: string }) => type);
      if (types.includes('Complete')) {
        if (status.succeeded !== spec['completions']) return `complete with ${status.succeeded} of ${spec['completions']}`;
        if (spec['completionMode'] === 'NonIndexed' && succeeded.size < status.succeeded) return 'counts too many successes';
        return types.includes('SuccessCriteriaMet') && status.completionTime ? undefined : 'says too little of its completion';
      }
      const reason = status.conditions.find(({ type }: { type: string }) => type === 'Failed').reason;
      const limits: Record<string, boolean> = {
        BackoffLimitExceeded: failed.size > (spec['backoffLimit'] ?? Number.POSITIVE_INFINITY),
        DeadlineExceeded: spec['activeDeadlineSeconds'] !== undefined,
        FailedIndexes: Boolean(status.failedIndexes),
        MaxFailedIndexesExceeded: spec['maxFailedIndexes'] !== undefined,
      };
      if (!limits[reason]) return `failed with ${reason}`;
      return types.includes('FailureTarget') && !status.active ? undefined : 'says too little of its failure';
    },
  };
}
