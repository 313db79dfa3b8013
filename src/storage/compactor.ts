import type { Clock, Timer } from '../machinery/clock.ts';
import type { Storage } from './storage.ts';

/**
 * Compacts the store every `intervalMs` up to the revision it had one interval before, so that what is older than one interval (and
 * younger than two at most) can no longer be read or watched.
 * @param onFailure called when a compaction fails; the next one is tried all the same
 */
export async function startCompactor(
  storage: Storage,
  clock: Clock,
  intervalMs: number,
  onFailure: (error: unknown) => void,
): Promise<Disposable> {
  let before = await storage.currentRevision();
  let timer: Timer;
  let stopped = false;
  const run = async () => {
    try {
      const now = await storage.currentRevision();
      if (before > storage.compactedRevision()) await storage.compact(before);
      before = now;
    } catch (error) {
      if (!stopped) onFailure(error);
    }
    schedule();
  };
  const schedule = () => {
    if (!stopped) timer = clock.timer(intervalMs, () => void run(), { background: true });
  };
  schedule();
  return {
    [Symbol.dispose]() {
      stopped = true;
      timer.cancel();
    },
  };
}
