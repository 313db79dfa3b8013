import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { resourceClaimKeys } from '../../runtime/pod-claims.ts';
import { failWithDisruption } from '../../runtime/pod-disruption.ts';
import { isPodFinished } from '../../runtime/pods.ts';
import { type ControllerContext, type RunningController, recorderFor, run } from '../context.ts';
import { resourceClaims as claimResource, pods as podResource, resourceSlices as sliceResource } from '../resources.ts';
import { type Taint, type Toleration, tolerates } from '../tainteviction/tolerations.ts';

const byPool = 'pool';
const byClaim = 'resource claim';

interface AllocatedDevice {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly tolerations?: readonly Toleration[];
}

/** Deletes pods whose allocated devices have NoExecute taints that their claims do not tolerate (KEP-5055). */
export function startDeviceTaintEviction(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const client = context.clientFor('device-taint-eviction-controller');
  const api = client.resource(podResource);
  const recorder = recorderFor(context, client, 'device-taint-eviction-controller');
  const pods = informers.for(podResource);
  const claims = informers.for(claimResource);
  const slices = informers.for(sliceResource);
  slices.addIndex(byPool, ({ spec }) => [poolKey(spec.driver, spec.pool.name)]);
  claims.addIndex(byPool, (claim) => [...new Set(devicesOf(claim).map(({ driver, pool }) => poolKey(driver, pool)))]);
  pods.addIndex(byClaim, resourceClaimKeys);
  const controller = createController({ name: 'device-taint-eviction', workers: 8, reconcile, informers: [pods, claims, slices] }, context);
  const due = new Delays(clock, (key) => controller.enqueue(key));

  const notePod = (pod: KubeObject) => {
    if (resourceClaimKeys(pod).length > 0) controller.enqueue(keyOf(pod));
  };
  const noteClaim = (claim: KubeObject) => {
    for (const pod of pods.byIndex(byClaim, keyOf(claim))) controller.enqueue(keyOf(pod));
  };
  const noteSlice = ({ spec }: KubeObject) => {
    for (const claim of claims.byIndex(byPool, poolKey(spec.driver, spec.pool.name))) noteClaim(claim);
  };
  pods.addHandler({ added: notePod, updated: notePod, deleted: (pod) => void due.cancel(keyOf(pod)) });
  claims.addHandler({ added: noteClaim, updated: noteClaim });
  slices.addHandler({ added: noteSlice, updated: noteSlice, deleted: noteSlice });

  async function reconcile(key: string): Promise<void> {
    const pod = pods.getByKey(key);
    if (!pod || pod.metadata!.deletionTimestamp || isPodFinished(pod) || !pod.spec.nodeName) return void due.cancel(key);
    const { namespace, name, uid } = pod.metadata!;
    // Whatever the pod's version.
    const about = { object: { metadata: { namespace: namespace!, name: name!, uid: uid! } }, resource: podResource };
    const tell = (message: string) => recorder.event(about, 'Normal', 'DeviceTaintManagerEviction', message);
    const time = evictionTime(pod);
    if (time === undefined) {
      if (due.cancel(key)) tell('Cancelling deletion');
      return;
    }
    const left = time - clock.now();
    if (left > 0) return due.set(key, left);
    tell('Marking for deletion');
    const message = 'Device Taint manager: deleting due to NoExecute taint';
    await failWithDisruption(api, pod, 'DeletionByDeviceTaintManager', message, clock.now());
    await unlessNotFound(api.delete(namespace!, name!, { preconditions: { uid: uid! } }));
  }

  /** When the pod has to go, in milliseconds since the epoch; undefined: it may stay. */
  function evictionTime(pod: KubeObject): number | undefined {
    let first: number | undefined;
    for (const key of resourceClaimKeys(pod)) {
      const claim = claims.getByKey(key);
      if (!claim || !isReservedFor(claim, pod)) continue;
      for (const device of devicesOf(claim)) {
        for (const taint of taintsOf(device)) {
          const covering = (device.tolerations ?? []).filter(
            (toleration) => toleration.effect === 'NoExecute' && tolerates(toleration, taint),
          );
          if (covering.some(({ tolerationSeconds }) => tolerationSeconds === undefined)) continue;
          const seconds = covering.map(({ tolerationSeconds }) => Math.max(0, Number(tolerationSeconds)));
          const tolerated = seconds.length > 0 ? Math.min(...seconds) * 1000 : 0;
          const time = (taint.timeAdded ? parseTime(taint.timeAdded) : 0) + tolerated;
          if (first === undefined || time < first) first = time;
        }
      }
    }
    return first;
  }

  function taintsOf({ driver, pool, device }: AllocatedDevice): Taint[] {
    const published = [...slices.byIndex(byPool, poolKey(driver, pool))];
    // Slices of an older generation say nothing any more.
    const generation = Math.max(...published.map(({ spec }) => Number(spec.pool.generation)));
    return published
      .filter(({ spec }) => Number(spec.pool.generation) === generation)
      .flatMap(({ spec }) => spec.devices ?? [])
      .filter(({ name }: { name: string }) => name === device)
      .flatMap(({ taints }: { taints?: Taint[] }) => taints ?? [])
      .filter(({ effect }: Taint) => effect === 'NoExecute');
  }

  return run('device-taint-eviction', [controller], () => due.clear());
}

function devicesOf({ status }: KubeObject): readonly AllocatedDevice[] {
  return status?.allocation?.devices?.results ?? [];
}

function isReservedFor({ status }: KubeObject, { metadata }: KubeObject): boolean {
  return (status?.reservedFor ?? []).some(({ uid }: { uid: string }) => uid === metadata!.uid);
}

function poolKey(driver: string, pool: string): string {
  return `${driver}/${pool}`;
}
