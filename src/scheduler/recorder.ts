import { event as events } from '../../api/events.k8s.io/v1/event.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Client } from '../client/client.ts';
import { formatMicroTime } from '../machinery/clock.ts';
import { type BackgroundSource, BackgroundWork } from '../runtime/background.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { fnv32a } from '../runtime/hash.ts';

/** An event that recurs within this time joins the series of the earlier one (KEP-383). */
const seriesWindow = 6 * 60_000;
const maxRemembered = 4_096;

/**
 * So many events may wait to be written. kube-scheduler has no such bound of its own: it schedules no faster than its client may send requests, and events
 * go at the same rate.
 */
const maxWaiting = 5_000;
/** So many events, of different pods, are written at the same time. */
const writers = 8;

/** As long as the API lets a note be. */
const longestNote = 1_024;

/** Where a profile's events go. */
export interface EventSink {
  record(pod: KubeObject, type: 'Normal' | 'Warning', reason: string, action: string, note: string, related?: KubeObject): void;
}

/** What is known of an event when it is recorded. */
interface RecordedEvent {
  readonly type: string;
  readonly reason: string;
  readonly action: string;
  readonly regarding: ReturnType<typeof referenceTo>;
  readonly related?: ReturnType<typeof referenceTo>;
  readonly note: string;
}

interface Series {
  name: string;
  namespace: string;
  count: number;
  lastSeen: number;
}

/** Writes events.k8s.io/v1 Events as kube-scheduler does. Failures are logged, never thrown: an event must not stop a pod. */
export class SchedulerEvents implements EventSink {
  private readonly api;
  private readonly context: RuntimeContext;
  private readonly controller: string;
  private readonly instance: string;
  private readonly remembered = new Map<string, Series>();
  private readonly writes: readonly BackgroundSource[];

  /** @param controller the name of the profile that speaks */
  constructor(client: Client, context: RuntimeContext, controller: string, host: string) {
    this.api = client.resource(events);
    this.context = context;
    this.controller = controller;
    this.instance = `${controller}-${host}`;
    const { logger, signal } = context;
    const room = { ofOneSource: maxWaiting, ofAll: maxWaiting };
    const background = new BackgroundWork({ name: `events of ${controller}`, logger, signal, width: writers, room });
    this.writes = Array.from({ length: writers }, () => background.source());
  }

  record(pod: KubeObject, type: 'Normal' | 'Warning', reason: string, action: string, note: string, related?: KubeObject): void {
    const writes = this.writesOf(pod);
    if (!writes.admits()) return;
    const regarding = referenceTo(pod);
    const short = note.length <= longestNote ? note : `${note.slice(0, longestNote - 4)} ...`;
    const now = this.context.clock.now();
    const event = { type, reason, action, regarding, ...(related ? { related: referenceTo(related) } : {}), note: short };
    writes.add(() =>
      this.write(event, now).catch((error) => {
        if (!this.context.signal.aborted) this.context.logger.debug({ error, reason }, 'event was not written');
      }),
    );
  }

  /** Those of one pod follow one another. */
  private writesOf({ metadata }: KubeObject): BackgroundSource {
    return this.writes[fnv32a(Buffer.from(metadata!.uid!)) % writers]!;
  }

  private async write(event: RecordedEvent, now: number): Promise<void> {
    const { type, reason, action, note } = event;
    const { name, namespace, uid } = event.regarding;
    const key = `${uid} ${type} ${reason} ${action} ${note}`;
    const series = this.remembered.get(key);
    if (series && now - series.lastSeen < seriesWindow) {
      series.count++;
      series.lastSeen = now;
      const patch = { series: { count: series.count, lastObservedTime: formatMicroTime(now) } };
      await this.api.patch(series.namespace, series.name, 'application/merge-patch+json', patch);
      return;
    }
    // As upstream names them: the object's name and the time in nanoseconds, in hexadecimal.
    const nanoseconds = BigInt(now) * 1_000_000n + BigInt(Math.floor(this.context.random.next() * 1e6));
    const eventName = `${name}.${nanoseconds.toString(16)}`;
    this.remember(key, { name: eventName, namespace: namespace!, count: 1, lastSeen: now });
    await this.api.create(namespace!, {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: eventName, namespace },
      eventTime: formatMicroTime(now),
      reportingController: this.controller,
      reportingInstance: this.instance,
      ...event,
    });
  }

  private remember(key: string, series: Series): void {
    this.remembered.delete(key);
    this.remembered.set(key, series);
    if (this.remembered.size > maxRemembered) this.remembered.delete(this.remembered.keys().next().value!);
  }
}

function referenceTo({ metadata }: KubeObject) {
  const { name, namespace, uid, resourceVersion } = metadata!;
  return { apiVersion: 'v1', kind: 'Pod', namespace, name, uid, resourceVersion };
}
