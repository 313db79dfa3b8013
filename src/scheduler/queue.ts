import type { Pod } from '../../openapi/types.ts';
import type { Clock, Timer } from '../machinery/clock.ts';
import { IndexedHeap } from '../machinery/indexed-heap.ts';
import { type ClusterEvent, concerns, type EventAction, type EventRegistration, everyEvent } from './events.ts';
import type { Plugin } from './framework.ts';

/** A pod that waits for a node. */
export interface QueuedPod {
  pod: Pod;
  readonly key: string;
  /** When it came into the queue last, in milliseconds. */
  enqueuedAt: number;
  /** Which of two that came in the same millisecond was first. */
  sequence: number;
  attempts: number;
  /** Attempts that ended with a refusal, and attempts since the last refusal that ended with an error: each sort backs off by itself. */
  refusals: number;
  errors: number;
  /** The plugins that refused it in the last attempt, and those of them that wait for something. */
  refusedBy: ReadonlySet<string>;
  pendingFor: ReadonlySet<string>;
  /** The plugin that keeps it out of the queue. */
  gatedBy: string | undefined;
  /** Until the second of this time has passed. */
  backoffUntil: number;
  place: 'active' | 'backoff' | 'waiting' | 'scheduling';
}

export interface QueueSettings {
  readonly initialBackoff: number;
  readonly maximumBackoff: number;
  /** A pod that no event moved is tried again after so long. */
  readonly longestWait: number;
}

export const defaultQueueSettings: QueueSettings = { initialBackoff: 1_000, maximumBackoff: 10_000, longestWait: 300_000 };

/** What the queue asks of a profile. */
export interface QueueProfile {
  readonly schedulerName: string;
  readonly plugins: readonly Plugin[];
  readonly gates: readonly Plugin[];
}

type Worth = 'no' | 'afterBackoff' | 'now';
interface Interest {
  readonly plugin: string;
  readonly registration: EventRegistration;
}

/** Pods whose back-offs end in the same second are taken by priority. */
const window = 1_000;

/**
 * The three queues of the scheduler: pods to try now, pods that wait for their back-off to end (which are tried earlier when there is nothing
 * else to try), and pods that wait for something to happen in the cluster that may let them fit. Which events those are, the plugins
 * that refused a pod say; events that came while a pod was being tried count as well.
 */
export class SchedulingQueue {
  private readonly pods = new Map<string, QueuedPod>();
  private readonly active: IndexedHeap<QueuedPod>;
  private readonly backoff: IndexedHeap<QueuedPod>;
  /** Pods whose attempt failed through no fault of theirs: these wait their back-off out. */
  private readonly errorBackoff = new IndexedHeap<QueuedPod>((a, b) => a.backoffUntil - b.backoffUntil);
  /** By the plugin that refused them, so that an event is only shown to pods that it may concern. */
  private readonly waiting = new Map<string, Set<QueuedPod>>();
  private readonly waitingSince = new Set<QueuedPod>();
  private readonly interests = new Map<string, Interest[]>();
  private readonly gates = new Map<string, readonly Plugin[]>();
  private readonly clock: Clock;
  private readonly settings: QueueSettings;
  private readonly available: () => void;
  private sequence = 0;
  private timer: Timer | undefined;
  private timerDue = Number.POSITIVE_INFINITY;
  /** Events since the oldest attempt that is under way began, and where each attempt began. */
  private readonly missed: ClusterEvent[] = [];
  private missedBefore = 0;
  private readonly inFlight = new Map<string, number>();

  /** @param available called when a pod can be taken */
  constructor(clock: Clock, profiles: readonly QueueProfile[], available: () => void, settings: QueueSettings = defaultQueueSettings) {
    this.clock = clock;
    this.available = available;
    this.settings = settings;
    const less = profiles.flatMap(({ plugins }) => plugins).find((plugin) => plugin.less)?.less;
    const compare = (a: QueuedPod, b: QueuedPod) => {
      if (less?.(a, b)) return -1;
      return less?.(b, a) ? 1 : a.sequence - b.sequence;
    };
    this.active = new IndexedHeap<QueuedPod>(compare);
    this.backoff = new IndexedHeap<QueuedPod>((a, b) => a.backoffUntil - b.backoffUntil || compare(a, b));
    for (const { schedulerName, plugins, gates } of profiles) {
      this.gates.set(schedulerName, gates);
      const interests = plugins.flatMap((plugin) =>
        eventsOf(plugin).map((registration): Interest => ({ plugin: plugin.name, registration })),
      );
      this.interests.set(schedulerName, interests);
    }
  }

  add(key: string, pod: Pod): void {
    this.remove(key);
    const queued: QueuedPod = {
      pod,
      key,
      enqueuedAt: this.clock.now(),
      sequence: ++this.sequence,
      attempts: 0,
      refusals: 0,
      errors: 0,
      refusedBy: new Set(),
      pendingFor: new Set(),
      gatedBy: undefined,
      backoffUntil: 0,
      place: 'waiting',
    };
    this.pods.set(key, queued);
    this.enter(queued);
  }

  /** The pod changed while it waits: a change of its own may let it fit. */
  update(key: string, pod: Pod, events: readonly ClusterEvent[]): void {
    const queued = this.pods.get(key);
    if (!queued) return this.add(key, pod);
    queued.pod = pod;
    if (queued.place === 'scheduling') this.missed.push(...events);
    else if (queued.place === 'active') this.active.update(queued);
    else if (queued.place === 'backoff') (queued.refusedBy.size > 0 ? this.backoff : this.errorBackoff).update(queued);
    else for (const event of events) this.move(queued, event);
  }

  remove(key: string): void {
    const queued = this.pods.get(key);
    if (!queued) return;
    this.pods.delete(key);
    this.active.remove(queued);
    this.backoff.remove(queued);
    this.errorBackoff.remove(queued);
    this.unwait(queued);
  }

  get(key: string): Pod | undefined {
    return this.pods.get(key)?.pod;
  }

  /** The next pod to try; `done` or `refused` must follow. */
  take(): QueuedPod | undefined {
    const queued = this.active.pop() ?? this.backoff.pop();
    if (!queued) return undefined;
    queued.place = 'scheduling';
    queued.attempts++;
    this.inFlight.set(queued.key, this.missedBefore + this.missed.length);
    return queued;
  }

  /** The attempt needs no more events: the pod has a node, or will be tried again anyway. */
  done(queued: QueuedPod): void {
    this.finish(queued);
    if (this.pods.get(queued.key) === queued && queued.place === 'scheduling') this.pods.delete(queued.key);
  }

  /**
   * The attempt failed: the pod waits for an event that helps one of the plugins, or backs off if there was one meanwhile, or if
   * no plugin refused it (an error). @param pod the pod as it is now
   */
  refused(queued: QueuedPod, pod: Pod, refusedBy: ReadonlySet<string>, pendingFor: ReadonlySet<string>): void {
    const since = this.inFlight.get(queued.key);
    const events = since === undefined ? [] : this.missed.slice(since - this.missedBefore);
    this.finish(queued);
    const present = this.pods.get(queued.key);
    if (present && present !== queued) return;
    this.pods.set(queued.key, queued);
    queued.pod = pod;
    queued.refusedBy = new Set([...refusedBy, ...pendingFor]);
    queued.pendingFor = pendingFor;
    queued.gatedBy = undefined;
    queued.enqueuedAt = this.clock.now();
    queued.sequence = ++this.sequence;
    if (queued.refusedBy.size === 0) queued.errors++;
    else {
      queued.errors = 0;
      queued.refusals++;
    }
    const duration = this.backoffOf(queued.errors || queued.refusals);
    queued.backoffUntil = duration === 0 ? 0 : Math.floor((queued.enqueuedAt + duration) / window) * window;
    queued.place = 'waiting';
    this.wait(queued);
    if (queued.refusedBy.size === 0) this.retry(queued, 'afterBackoff');
    for (const event of events) this.move(queued, event);
    this.schedule();
  }

  /** Something happened in the cluster: moves the pods that it may help. @param which only these of them */
  happened(event: ClusterEvent, which: (pod: Pod) => boolean = () => true): void {
    if (this.inFlight.size > 0) this.missed.push(event);
    if (this.waitingSince.size === 0) return;
    const moved = new Set<QueuedPod>();
    for (const [schedulerName, interests] of this.interests) {
      for (const { plugin, registration } of interests) {
        if (!concerns(registration, event)) continue;
        for (const queued of this.waiting.get(plugin) ?? []) if (queued.pod.spec!.schedulerName === schedulerName) moved.add(queued);
      }
    }
    for (const queued of moved) if (which(queued.pod)) this.move(queued, event);
  }

  /** Whether an event can matter to any pod now. */
  get isWatching(): boolean {
    return this.waitingSince.size > 0 || this.inFlight.size > 0;
  }

  /** Tries a pod again at once, whatever it waits for. */
  activate(key: string): void {
    const queued = this.pods.get(key);
    if (!queued || queued.place === 'active' || queued.place === 'scheduling') return;
    this.backoff.remove(queued);
    this.errorBackoff.remove(queued);
    this.enter(queued);
  }

  /** What still waits, for people who ask why nothing happens. */
  pending(): QueuedPod[] {
    return [...this.pods.values()];
  }

  close(): void {
    this.timer?.cancel();
    this.pods.clear();
    this.waiting.clear();
    this.waitingSince.clear();
  }

  private finish(queued: QueuedPod): void {
    if (!this.inFlight.delete(queued.key)) return;
    // The attempts stand in the order in which they began.
    const oldest = this.inFlight.values().next().value ?? this.missedBefore + this.missed.length;
    this.missed.splice(0, oldest - this.missedBefore);
    this.missedBefore = oldest;
  }

  private wait(queued: QueuedPod): void {
    this.waitingSince.add(queued);
    for (const plugin of queued.refusedBy) {
      const group = this.waiting.get(plugin);
      if (group) group.add(queued);
      else this.waiting.set(plugin, new Set([queued]));
    }
  }

  private unwait(queued: QueuedPod): void {
    if (!this.waitingSince.delete(queued)) return;
    for (const plugin of queued.refusedBy) this.waiting.get(plugin)?.delete(queued);
  }

  /** @returns whether no plugin keeps the pod out; else it waits for that plugin's events */
  private passesGates(queued: QueuedPod): boolean {
    const gates = this.gates.get(queued.pod.spec!.schedulerName!) ?? [];
    const gate = gates.find((plugin) => plugin.preEnqueue!(queued.pod));
    this.unwait(queued);
    queued.gatedBy = gate?.name;
    if (!gate) return true;
    queued.refusedBy = new Set([...queued.refusedBy, gate.name]);
    queued.place = 'waiting';
    this.wait(queued);
    return false;
  }

  private enter(queued: QueuedPod): void {
    if (!this.passesGates(queued)) return;
    queued.place = 'active';
    this.active.push(queued);
    this.available();
  }

  private move(queued: QueuedPod, event: ClusterEvent): void {
    if (queued.place !== 'waiting') return;
    const worth = this.worthOf(queued, event);
    if (worth !== 'no') this.retry(queued, worth);
  }

  private worthOf({ pod, refusedBy, pendingFor, gatedBy }: QueuedPod, event: ClusterEvent): Worth {
    let worth: Worth = 'no';
    const interests = (this.interests.get(pod.spec!.schedulerName!) ?? []).filter(({ registration }) => concerns(registration, event));
    if (gatedBy && !interests.some(({ plugin }) => plugin === gatedBy)) return 'no';
    for (const { plugin, registration } of interests) {
      if (!refusedBy.has(plugin) || registration.hint?.(pod, event) === false) continue;
      if (pendingFor.has(plugin)) return 'now';
      worth = 'afterBackoff';
    }
    return worth;
  }

  private retry(queued: QueuedPod, worth: Worth): void {
    if (worth === 'now' || !this.isBackingOff(queued)) return this.enter(queued);
    if (!this.passesGates(queued)) return;
    queued.place = 'backoff';
    (queued.refusedBy.size > 0 ? this.backoff : this.errorBackoff).push(queued);
    this.schedule();
    this.available();
  }

  private isBackingOff({ backoffUntil }: QueuedPod): boolean {
    return backoffUntil > 0 && backoffUntil >= Math.floor(this.clock.now() / window) * window;
  }

  private backoffOf(attempts: number): number {
    const { initialBackoff, maximumBackoff } = this.settings;
    return attempts === 0 ? 0 : Math.min(initialBackoff * 2 ** (attempts - 1), maximumBackoff);
  }

  // One timer for all: it is due when the first back-off or the first long wait ends.
  private schedule(): void {
    let due = Number.POSITIVE_INFINITY;
    for (const queue of [this.backoff, this.errorBackoff]) due = Math.min(due, (queue.peek()?.backoffUntil ?? due) + window);
    for (const queued of this.waitingSince) {
      if (queued.gatedBy) continue;
      due = Math.min(due, queued.enqueuedAt + this.settings.longestWait);
      break;
    }
    if (due >= this.timerDue || due === Number.POSITIVE_INFINITY) return;
    this.timer?.cancel();
    this.timerDue = due;
    this.timer = this.clock.timer(Math.max(0, due - this.clock.now()), () => this.flush(), { background: true });
  }

  private flush(): void {
    this.timerDue = Number.POSITIVE_INFINITY;
    for (const queue of [this.backoff, this.errorBackoff]) {
      for (let first = queue.peek(); first && !this.isBackingOff(first); first = queue.peek()) {
        queue.pop();
        first.place = 'active';
        this.active.push(first);
        this.available();
      }
    }
    const now = this.clock.now();
    for (const queued of [...this.waitingSince]) {
      if (queued.gatedBy) continue;
      if (queued.enqueuedAt + this.settings.longestWait > now) break;
      this.retry(queued, 'afterBackoff');
    }
    this.schedule();
  }
}

/** What a plugin refused that waits for new nodes is tried again after each change of a node's taints as well, as upstream has it. */
const taints: EventRegistration = { resource: 'Node', actions: ['updateNodeTaint'] };

function isAbout(action: EventAction): (registration: EventRegistration) => boolean {
  return ({ resource, actions }) => resource === 'Node' && actions.includes(action);
}

/** Plugins that can refuse a pod and name no events are interested in all of them. */
function eventsOf(plugin: Plugin): readonly EventRegistration[] {
  if (plugin.events)
    return plugin.events.some(isAbout('add')) && !plugin.events.some(isAbout('updateNodeTaint'))
      ? [...plugin.events, taints]
      : plugin.events;
  return plugin.preEnqueue || plugin.preFilter || plugin.filter || plugin.reserve || plugin.permit ? everyEvent : [];
}
