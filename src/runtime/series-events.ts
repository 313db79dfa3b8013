import { event as events } from '../../api/events.k8s.io/v1/event.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import type { Client } from '../client/client.ts';
import { formatMicroTime, type Timer } from '../machinery/clock.ts';
import { type BackgroundSource, BackgroundWork } from './background.ts';
import type { RuntimeContext } from './context.ts';
import { isNotFound } from './errors.ts';
import type { EventTarget } from './events.ts';
import { fnv32a } from './hash.ts';

/** So long a time after an event was last recorded it begins anew, and its series is over (KEP-383); how often is looked for those that are. */
const finishAfter = 6 * 60_000;
/** With each such look of this number, every series is written that goes on, so that its event does not expire. */
const looksForRefresh = 5;
const maxRemembered = 4_096;

/**
 * So many events may wait to be written. kube-scheduler has no such bound of its own: it schedules no faster than its client may send requests, and events
 * go at the same rate.
 */
const maxWaiting = 5_000;
/** So many events, of different objects, are written at the same time. */
const writers = 8;

/** As long as the API lets a note be. */
const longestNote = 1_024;

/** An event that was written, or is to be: which event, and what the same one that comes again becomes a part of. */
interface Remembered {
  readonly event: KubeObject;
  /** When it was recorded first. */
  readonly at: number;
  series?: { count: number; lastSeen: number };
}

/**
 * Writes events.k8s.io/v1 Events as client-go's newer recorder does, which kube-scheduler and parts of kube-apiserver have. The same event of an object that has not changed is one: the second makes it a series, and those that
 * follow are counted only, until the series is over or must be kept from expiring. Failures are logged, never thrown: an event must not stop what it tells of.
 */
export class SeriesEvents {
  private readonly api;
  private readonly context: RuntimeContext;
  private readonly controller: string;
  private readonly instance: string;
  /** Those that were recorded first are the first. */
  private readonly remembered = new Map<string, Remembered>();
  private look: Timer | undefined;
  private looks = 0;
  private readonly writes: readonly BackgroundSource[];

  /** @param controller who speaks; @param host where */
  constructor(client: Client, context: RuntimeContext, controller: string, host: string) {
    this.api = client.resource(events);
    this.context = context;
    this.controller = controller;
    this.instance = `${controller}-${host}`;
    const { logger, signal } = context;
    const room = { ofOneSource: maxWaiting, ofAll: maxWaiting };
    const background = new BackgroundWork({ name: `events of ${controller}`, logger, signal, width: writers, room });
    this.writes = Array.from({ length: writers }, () => background.source());
    signal.addEventListener('abort', () => this.look?.cancel(), { once: true });
  }

  record(target: EventTarget, type: 'Normal' | 'Warning', reason: string, action: string, note: string): void {
    const writes = this.writesOf(target.object.metadata!.uid!);
    if (!writes.admits() || this.context.signal.aborted) return;
    const { clock, random } = this.context;
    const now = clock.now();
    const regarding = referenceTo(target);
    const key = JSON.stringify([type, action, reason, regarding]);
    const known = this.remembered.get(key);
    if (known?.series) {
      known.series.count++;
      known.series.lastSeen = now;
      return;
    }
    if (known) {
      known.series = { count: 2, lastSeen: now };
      this.write(known);
      return;
    }
    const { name, namespace = 'default' } = regarding;
    // As upstream names them: the object's name and the time in nanoseconds, in hexadecimal.
    const nanoseconds = BigInt(now) * 1_000_000n + BigInt(Math.floor(random.next() * 1e6));
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${name}.${nanoseconds.toString(16)}`, namespace },
      eventTime: formatMicroTime(now),
      reportingController: this.controller,
      reportingInstance: this.instance,
      type,
      reason,
      action,
      regarding,
      note: note.length <= longestNote ? note : `${note.slice(0, longestNote - 4)} ...`,
    } as KubeObject;
    const remembered = { event, at: now };
    this.remember(key, remembered);
    this.write(remembered);
  }

  /** Those of one object follow one another. */
  private writesOf(uid: string): BackgroundSource {
    return this.writes[fnv32a(Buffer.from(uid)) % writers]!;
  }

  /** Writes an event as it is now. */
  private write({ event, series }: Remembered): void {
    const { logger, signal } = this.context;
    const { name, namespace } = event.metadata!;
    const state = series && { count: series.count, lastObservedTime: formatMicroTime(series.lastSeen) };
    const create = () => this.api.create(namespace!, state ? ({ ...event, series: state } as KubeObject) : event);
    const patch = () => this.api.patch(namespace!, name!, 'application/strategic-merge-patch+json', { series: state });
    // The first of a series may not have been written, or be gone by now.
    const written = () => (state ? patch().catch((error) => (isNotFound(error) ? create() : Promise.reject(error))) : create());
    this.writesOf((event.regarding as Reference).uid!).add(() =>
      written().then(
        () => {},
        (error) => {
          if (!signal.aborted) logger.debug({ error, reason: event.reason }, 'event was not written');
        },
      ),
    );
  }

  private remember(key: string, event: Remembered): void {
    this.remembered.set(key, event);
    this.look ??= this.context.clock.timer(finishAfter, () => this.lookForEnded(), { background: true });
    if (this.remembered.size <= maxRemembered) return;
    const [oldest, forgotten] = this.remembered.entries().next().value!;
    this.remembered.delete(oldest);
    if (forgotten.series) this.write(forgotten);
  }

  /** Forgets what was not recorded for long, and tells how often series came that are over, or that are to be refreshed. */
  private lookForEnded(): void {
    const ended = this.context.clock.now() - finishAfter;
    const refresh = ++this.looks % looksForRefresh === 0;
    for (const [key, known] of this.remembered) {
      const over = (known.series?.lastSeen ?? known.at) <= ended;
      if (over) this.remembered.delete(key);
      if (known.series && (over || refresh)) this.write(known);
    }
    const again = this.remembered.size > 0;
    this.look = again ? this.context.clock.timer(finishAfter, () => this.lookForEnded(), { background: true }) : undefined;
  }
}

type Reference = ReturnType<typeof referenceTo>;

function referenceTo({ object, resource: { group, version, kind } }: EventTarget) {
  const { name, namespace, uid, resourceVersion } = object.metadata!;
  return { apiVersion: apiVersionOf(group, version), kind, namespace, name, uid, resourceVersion };
}
