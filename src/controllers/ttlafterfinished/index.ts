import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { findTrue } from '../job/conditions.ts';
import { jobs as jobResource } from '../resources.ts';

/** Deletes finished Jobs, with their pods, when the time that they are to be kept is over. */
export function startTtlAfterFinishedController(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const api = context.clientFor('ttl-after-finished-controller').resource(jobResource);
  const jobs = informers.for(jobResource);
  const controller = createController({ name: 'ttl-after-finished', workers: 5, reconcile, informers: [jobs] }, context);
  const look = (job: KubeObject) => {
    if (expiryOf(job) !== undefined) controller.enqueue(keyOf(job));
  };
  jobs.addHandler({ added: look, updated: look });

  async function reconcile(key: string): Promise<number | undefined> {
    const job = jobs.getByKey(key);
    const left = job && timeLeft(job);
    if (!job || left === undefined || left > 0) return left;
    const { namespace, name } = job.metadata!;
    // The informer may not know yet that the time was changed.
    const fresh = await unlessNotFound(api.get(namespace!, name!));
    const stillLeft = fresh && timeLeft(fresh);
    if (!fresh || stillLeft === undefined || stillLeft > 0) return stillLeft;
    const preconditions = { uid: fresh.metadata!.uid! };
    await unlessNotFound(api.delete(namespace!, name!, { propagationPolicy: 'Foreground', preconditions }));
    return undefined;
  }

  function timeLeft(job: KubeObject): number | undefined {
    const expiry = expiryOf(job);
    return expiry === undefined ? undefined : expiry - clock.now();
  }

  return run('ttl-after-finished', [controller]);
}

/** When a finished Job's time is over; undefined where it has no such time, or is going already. */
function expiryOf({ metadata, spec, status }: KubeObject): number | undefined {
  const ttl = spec.ttlSecondsAfterFinished;
  const finished = findTrue(status?.conditions, 'Complete') ?? findTrue(status?.conditions, 'Failed');
  if (ttl === undefined || !finished?.lastTransitionTime || metadata!.deletionTimestamp) return undefined;
  return parseTime(finished.lastTransitionTime) + ttl * 1000;
}
