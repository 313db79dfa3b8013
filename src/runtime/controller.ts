import type { RuntimeContext } from './context.ts';
import type { Informer } from './informer.ts';
import { type PendingWork, WorkQueue, type WorkQueueOptions } from './work-queue.ts';

export interface ControllerOptions extends WorkQueueOptions {
  readonly name: string;
  /** How many keys are worked on at once. */
  readonly workers: number;
  /**
   * Brings the cluster one step nearer to what the object of this key asks for. It may be called at any time and any number of times; it reads
   * the informers and is idempotent. A number that is returned asks for the next call after so many milliseconds at the latest;
   * an error that is thrown asks for it after a growing time.
   */
  reconcile(key: string): Promise<unknown>;
  /** Reconciling waits until these know the cluster. */
  readonly informers?: readonly Informer[];
  /** Milliseconds in which further changes of a key are gathered after it was reconciled: larger objects may ask for more. */
  calmFor?(key: string): number;
  /** Default: always. A key that failed this often is given up until it is added again. */
  readonly maxRetries?: number;
}

export interface Controller {
  readonly name: string;
  enqueue(key: string): void;
  enqueueAfter(key: string, ms: number): void;
  pending(): PendingWork;
  /** Begins to reconcile once the informers have synced. */
  start(): AsyncDisposable;
}

/** `createController({ name: 'replicaset', workers: 5, reconcile }, context)`: a queue of keys and the workers that reconcile them. */
export function createController(options: ControllerOptions, context: RuntimeContext): Controller {
  const { name, workers, reconcile, informers = [], calmFor, maxRetries = Number.POSITIVE_INFINITY } = options;
  const logger = context.logger.child({ controller: name });
  const queue = new WorkQueue(context.clock, options);
  const calmUntil = new Map<string, number>();
  const running = new Set<Promise<void>>();
  let started = false;
  let scheduled = false;
  let stopped = false;

  async function work(key: string): Promise<void> {
    try {
      const after = await reconcile(key);
      queue.forget(key);
      if (typeof after === 'number') queue.addAfter(key, after);
    } catch (error) {
      if (stopped) return;
      if (queue.failuresOf(key) < maxRetries) {
        logger.debug({ key, error }, 'reconcile failed, will retry');
        queue.addRateLimited(key);
      } else {
        logger.warn({ key, error }, 'reconcile failed too often, given up');
        queue.forget(key);
      }
    } finally {
      const calm = calmFor?.(key) ?? 0;
      if (calm > 0) calmUntil.set(key, context.clock.monotonic() + calm);
      else calmUntil.delete(key);
      queue.done(key);
    }
  }

  // Pumping in a turn of its own gathers the events of one batch of a watch into one reconcile.
  function pump(): void {
    scheduled = false;
    while (!stopped && running.size < workers) {
      const key = queue.take();
      if (key === undefined) return;
      const promise = work(key);
      running.add(promise);
      void promise.then(() => {
        running.delete(promise);
        schedule();
      });
    }
  }

  function schedule(): void {
    if (!started || scheduled || stopped || queue.length === 0 || running.size >= workers) return;
    scheduled = true;
    setImmediate(pump);
  }

  queue.onAvailable(schedule);

  async function stop(): Promise<void> {
    stopped = true;
    queue.close();
    await Promise.allSettled(running);
  }

  return {
    name,
    enqueue(key) {
      const until = calmUntil.get(key);
      if (until === undefined) return queue.add(key);
      const wait = until - context.clock.monotonic();
      if (wait > 0) return queue.addAfter(key, wait);
      calmUntil.delete(key);
      queue.add(key);
    },
    enqueueAfter: (key, ms) => queue.addAfter(key, ms),
    pending: () => queue.pending(),
    start() {
      void Promise.all(informers.map((informer) => informer.synced())).then(
        () => {
          started = true;
          schedule();
        },
        (error) => logger.debug({ error }, 'stopped before the informers synced'),
      );
      context.signal.addEventListener('abort', () => void stop(), { once: true });
      return { [Symbol.asyncDispose]: stop };
    },
  };
}
