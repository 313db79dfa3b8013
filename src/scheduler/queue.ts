import type { Pod } from '../../openapi/types.ts';
import type { Clock, Timer } from '../machinery/clock.ts';
import { IndexedHeap } from '../machinery/indexed-heap.ts';
import type { ClusterEvent, Plugin, Refusal } from './framework.ts';

/** A pod that waits for a node. */
export interface QueuedPod {
  pod: Pod;
  readonly key: string;
  /** When it came into the queue first, and last, in monotonic milliseconds. */
  readonly since: number;
  enqueuedAt: number;
  attempts: number;
  /** The plugins that refused it in the last attempt. */
  refusedBy: readonly Plugin[];
  backoffUntil: number;
  place: 'active' | 'backoff' | 'waiting' | 'gated' | 'scheduling';
}

const initialBackoff = 1_000;
const maximumBackoff = 10_000;
/** A pod that no event moved is tried again after so long. */
const longestWait = 300_000;

/**
 * The three queues of the scheduler: pods to try now (by priority, then age), pods that wait for their back-off to end, and pods that wait for
 * something to happen in the cluster that may let them fit.
 */
export class SchedulingQueue {
  private readonly pods = new Map<string, QueuedPod>();
  private readonly active = new IndexedHeap<QueuedPod>(
    (a, b) => (b.pod.spec?.priority ?? 0) - (a.pod.spec?.priority ?? 0) || a.enqueuedAt - b.enqueuedAt,
  );
  private readonly backoff = new IndexedHeap<QueuedPod>((a, b) => a.backoffUntil - b.backoffUntil);
  private readonly waiting = new Set<QueuedPod>();
  private readonly clock: Clock;
  private readonly gates: readonly Plugin[];
  private readonly available: () => void;
  private timer: Timer | undefined;
  private timerDue = Number.POSITIVE_INFINITY;
  /** Events that came while a pod was in its cycle: it may have missed them. */
  private readonly missed: ClusterEvent[] = [];
  private inFlight = 0;

  /** @param available called when a pod can be taken */
  constructor(clock: Clock, gates: readonly Plugin[], available: () => void) {
    this.clock = clock;
    this.gates = gates;
    this.available = available;
  }

  add(key: string, pod: Pod): void {
    const now = this.clock.monotonic();
    const queued: QueuedPod = { pod, key, since: now, enqueuedAt: now, attempts: 0, refusedBy: [], backoffUntil: 0, place: 'gated' };
    this.remove(key);
    this.pods.set(key, queued);
    this.enter(queued);
  }

  /** The pod changed while it waits: a change of its own may let it fit. */
  update(key: string, pod: Pod): void {
    const queued = this.pods.get(key);
    if (!queued) return this.add(key, pod);
    const old = queued.pod;
    queued.pod = pod;
    if (queued.place === 'gated') this.enter(queued);
    else if (queued.place === 'active') this.active.update(queued);
    else if (queued.place === 'waiting' && specChanged(pod, old))
      this.move(queued, { resource: 'pod', action: 'update', object: pod, old });
  }

  remove(key: string): void {
    const queued = this.pods.get(key);
    if (!queued) return;
    this.pods.delete(key);
    this.active.remove(queued);
    this.backoff.remove(queued);
    this.waiting.delete(queued);
  }

  /** The next pod to try; `done` or `refused` must follow. */
  take(): QueuedPod | undefined {
    const queued = this.active.pop();
    if (!queued) return undefined;
    queued.place = 'scheduling';
    queued.attempts++;
    this.inFlight++;
    return queued;
  }

  /** The pod has a node. */
  done(queued: QueuedPod): void {
    this.finish();
    if (this.pods.get(queued.key) === queued) this.pods.delete(queued.key);
  }

  /** No node fits now: the pod waits for an event that helps one of the plugins, or backs off if there was one meanwhile. */
  refused(queued: QueuedPod, plugins: readonly Plugin[]): void {
    const missed = [...this.missed];
    this.finish();
    if (this.pods.get(queued.key) !== queued) return;
    queued.refusedBy = plugins;
    queued.backoffUntil = this.clock.monotonic() + backoffOf(queued.attempts);
    queued.enqueuedAt = this.clock.monotonic();
    queued.place = 'waiting';
    this.waiting.add(queued);
    if (plugins.length === 0) this.retry(queued);
    for (const event of missed) this.move(queued, event);
    this.schedule();
  }

  /** Something happened in the cluster: moves the pods that it may help. */
  happened(event: ClusterEvent): void {
    if (this.inFlight > 0) this.missed.push(event);
    for (const queued of this.waiting) this.move(queued, event);
  }

  /** What still waits, for people who ask why nothing happens. */
  pending(): QueuedPod[] {
    return [...this.pods.values()];
  }

  close(): void {
    this.timer?.cancel();
    this.pods.clear();
    this.waiting.clear();
  }

  private finish(): void {
    this.inFlight--;
    if (this.inFlight === 0) this.missed.length = 0;
  }

  private enter(queued: QueuedPod): void {
    if (gateOf(this.gates, queued.pod)) {
      queued.place = 'gated';
      return;
    }
    queued.place = 'active';
    this.active.push(queued);
    this.available();
  }

  private move(queued: QueuedPod, event: ClusterEvent): void {
    if (queued.place !== 'waiting') return;
    if (queued.refusedBy.some((plugin) => plugin.mayHelp?.(event, queued.pod) ?? true)) this.retry(queued);
  }

  private retry(queued: QueuedPod): void {
    this.waiting.delete(queued);
    if (queued.backoffUntil <= this.clock.monotonic()) {
      this.enter(queued);
      return;
    }
    queued.place = 'backoff';
    this.backoff.push(queued);
    this.schedule();
  }

  // One timer for all: it is due when the first back-off or the first long wait ends.
  private schedule(): void {
    let due = this.backoff.peek()?.backoffUntil ?? Number.POSITIVE_INFINITY;
    const first = this.waiting.values().next().value;
    if (first) due = Math.min(due, first.enqueuedAt + longestWait);
    if (due >= this.timerDue || due === Number.POSITIVE_INFINITY) return;
    this.timer?.cancel();
    this.timerDue = due;
    this.timer = this.clock.timer(Math.max(0, due - this.clock.monotonic()), () => this.flush(), { background: true });
  }

  private flush(): void {
    this.timerDue = Number.POSITIVE_INFINITY;
    const now = this.clock.monotonic();
    while ((this.backoff.peek()?.backoffUntil ?? Number.POSITIVE_INFINITY) <= now) this.enter(this.backoff.pop()!);
    for (const queued of this.waiting) {
      if (queued.enqueuedAt + longestWait > now) break;
      this.retry(queued);
    }
    this.schedule();
  }
}

/** The first of the plugins that keeps the pod out of the queue. */
function gateOf(gates: readonly Plugin[], pod: Pod): Refusal | undefined {
  for (const plugin of gates) {
    const refusal = plugin.preEnqueue!(pod);
    if (refusal) return refusal;
  }
  return undefined;
}

function backoffOf(attempts: number): number {
  return Math.min(initialBackoff * 2 ** Math.min(attempts - 1, 10), maximumBackoff);
}

function specChanged(pod: Pod, old: Pod): boolean {
  return pod.metadata!.generation !== old.metadata!.generation || pod.metadata!.labels !== old.metadata!.labels;
}
