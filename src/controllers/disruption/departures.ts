import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { keyOf } from '../../runtime/keys.ts';

/**
 * Remembers for a while which pods were seen to go. A budget names its evicted pods without their uids, so that a StatefulSet's next pod looks like the one before
 * if nobody looks between the two.
 */
export class Departures {
  private readonly kept: number;
  /** By the pods' keys, the oldest first. */
  private readonly seen = new Map<string, { readonly uid: string; readonly at: number }>();

  /** @param kept for how many milliseconds */
  constructor(kept: number) {
    this.kept = kept;
  }

  /** @param pod that is being deleted, or is gone @param now in milliseconds since the epoch */
  note(pod: KubeObject, now: number): void {
    const key = keyOf(pod);
    const uid = pod.metadata!.uid!;
    if (this.seen.get(key)?.uid === uid) return;
    this.seen.delete(key);
    this.seen.set(key, { uid, at: now });
    for (const [oldest, { at }] of this.seen) {
      if (now - at <= this.kept) break;
      this.seen.delete(oldest);
    }
  }

  /** Whether a pod took the place of another one, which was there at that time, in milliseconds since the epoch, and went. */
  isSuccessor(pod: KubeObject, time: number): boolean {
    if (parseTime(pod.metadata!.creationTimestamp!) > time) return true;
    const last = this.seen.get(keyOf(pod));
    return last !== undefined && last.uid !== pod.metadata!.uid && last.at >= time;
  }
}
