import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceClient, ResourceReference } from '../client/client.ts';
import { formatTime } from '../machinery/clock.ts';
import { BackgroundWork } from './background.ts';
import type { RuntimeContext } from './context.ts';
import { isNotFound, messageOf } from './errors.ts';
import { EventMemory, type WrittenEvent } from './event-memory.ts';

/** What an event is about. */
export interface EventTarget {
  readonly object: KubeObject;
  readonly resource: ResourceReference;
  /** The part of the object that it is about, such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

export interface EventRecorder {
  /** Never fails and never waits: events are written in the background, in order; beyond as many as may wait they are dropped. */
  event(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

export interface EventRecorderOptions {
  readonly client: Client;
  readonly events: ResourceReference;
  readonly component: string;
  readonly context: RuntimeContext;
  readonly host?: string;
  /** Shared by the recorders of one process that write a lot. Default: one write at a time, and `waitingOfOne` that wait. */
  readonly background?: BackgroundWork;
  /** Shared by recorders of which no two speak of the same object. Default: one of its own. */
  readonly memory?: EventMemory;
}

/** So many events of one recorder may wait to be written, as in client-go's broadcaster. */
export const waitingOfOne = 1_000;

/** Writes core/v1 Events as client-go's recorder does; which of them are one and the same, and how many there may be, is EventMemory's. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, events, component, context, host, memory = new EventMemory() } = options;
  const api: ResourceClient = client.resource(events);
  const { clock, random, logger, signal } = context;
  const source = { component, ...(host ? { host } : {}) };
  const own = () =>
    new BackgroundWork({
      name: `events of ${component}`,
      logger,
      signal,
      width: 1,
      room: { ofOneSource: waitingOfOne, ofAll: waitingOfOne },
    });
  const writes = (options.background ?? own()).source();

  function involved({ object, resource, fieldPath }: EventTarget): Record<string, string> {
    const { namespace, name, uid, resourceVersion } = object.metadata!;
    return {
      kind: resource.kind,
      ...(namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
      ...(uid ? { uid } : {}),
      apiVersion: apiVersionOf(resource.group, resource.version),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(fieldPath ? { fieldPath } : {}),
    };
  }

  /** Writes an event for the first time, or what has become of it: as it was when it was recorded. */
  async function write(object: Record<string, string>, text: string, at: number, known: WrittenEvent, count: number): Promise<void> {
    const { type, reason, suffix } = known;
    const isCombined = known.message === undefined;
    const message = isCombined ? `(combined from similar events): ${text}` : text;
    const namespace = object.namespace ?? 'default';
    const name = `${object.name}.${suffix}`;
    const lastTimestamp = formatTime(at);
    if (count > 1) {
      try {
        await api.patch(namespace, name, 'application/strategic-merge-patch+json', { count, lastTimestamp, message });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    await api.create(namespace, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: object,
      reason,
      message,
      source,
      firstTimestamp: formatTime(known.first),
      lastTimestamp,
      count,
      type,
      eventTime: null,
      // One that stands for several is made anew upstream, without these.
      reportingComponent: isCombined ? '' : component,
      reportingInstance: isCombined ? '' : (host ?? ''),
    } as KubeObject);
  }

  return {
    event(target, type, reason, message) {
      if (signal.aborted || !writes.admits()) return;
      const object = involved(target);
      const { fieldPath } = object;
      const at = clock.now();
      const { event, permitted } = memory.count(identityOf(object), { type, reason, message, fieldPath }, clock.monotonic());
      if (event.count === 1) {
        event.first = at;
        event.suffix = (BigInt(at) * 1_000_000n + BigInt(Math.floor(random.next() * 1_000_000))).toString(16);
      }
      if (!permitted) return;
      const { count } = event;
      writes.add(() =>
        write(object, message, at, event, count).catch((error) =>
          logger.debug({ reason, error: messageOf(error) }, 'event was not written'),
        ),
      );
    },
  };
}

/** What tells the object of an event from all others, whatever its version and whichever part of it; short, as thousands are remembered. */
function identityOf({ uid, kind, namespace, name }: Record<string, string>): string {
  return uid ?? `${kind}/${namespace}/${name}`;
}
