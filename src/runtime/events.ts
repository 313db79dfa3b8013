import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import type { Client, ResourceClient, ResourceReference } from '../client/client.ts';
import { formatTime } from '../machinery/clock.ts';
import { BackgroundWork } from './background.ts';
import { TokenBucket } from './backoff.ts';
import type { RuntimeContext } from './context.ts';
import { isNotFound, messageOf } from './errors.ts';

/** What an event is about. */
export interface EventTarget {
  readonly object: KubeObject;
  readonly resource: ResourceReference;
  /** The part of the object that it is about, such as `spec.containers{web}`. */
  readonly fieldPath?: string;
}

export interface EventRecorder {
  /** Never fails and never waits: events are written in the background, in order. */
  event(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Resolves when everything recorded so far was written or given up. */
  flushed(): Promise<void>;
}

export interface EventRecorderOptions {
  readonly client: Client;
  readonly events: ResourceReference;
  readonly component: string;
  readonly context: RuntimeContext;
  readonly host?: string;
  /** Shared by the recorders of one process that write a lot. Default: one write at a time. */
  readonly background?: BackgroundWork;
}

interface Known {
  name: string;
  namespace: string;
  count: number;
  firstTimestamp: string;
}

interface Similar {
  messages: Set<string>;
  last: number;
}

const similarAtMost = 10;
const similarWithin = 10 * 60_000;
const remembered = 4096;

/**
 * Writes core/v1 Events as client-go's recorder does: an event equal to an earlier one counts that one up, more than ten alike that differ in their
 * message within ten minutes become one, and each object has a budget of 25 and then one every five minutes.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, events, component, context, host } = options;
  const api: ResourceClient = client.resource(events);
  const { clock, random, logger, signal } = context;
  const known = new Map<string, Known>();
  const similar = new Map<string, Similar>();
  const budgets = new Map<string, TokenBucket>();
  const source = { component, ...(host ? { host } : {}) };
  const writes = (options.background ?? new BackgroundWork(1, signal)).source();

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

  function hasBudget(key: string): boolean {
    let budget = budgets.get(key);
    if (!budget) remember(budgets, key, (budget = new TokenBucket(1 / 300, 25, clock.monotonic())));
    return budget.tryTake(clock.monotonic());
  }

  // Distinct messages of one sort are told apart until there are too many of them; then all share one event.
  function combine(sort: string, message: string): { key: string; message: string } {
    const now = clock.monotonic();
    let seen = similar.get(sort);
    if (!seen || now - seen.last > similarWithin) remember(similar, sort, (seen = { messages: new Set(), last: now }));
    seen.messages.add(message);
    seen.last = now;
    if (seen.messages.size < similarAtMost) return { key: `${sort} ${message}`, message };
    seen.messages.delete(seen.messages.values().next().value!);
    return { key: sort, message: `(combined from similar events): ${message}` };
  }

  async function write(object: Record<string, string>, type: string, reason: string, text: string, at: number): Promise<void> {
    const identity = identityOf(object);
    const { key, message } = combine(`${identity} ${type} ${reason}`, text);
    if (!hasBudget(identity)) return;
    const time = formatTime(at);
    const before = known.get(key);
    if (before) {
      before.count++;
      try {
        const patch = { count: before.count, lastTimestamp: time, message };
        await api.patch(before.namespace, before.name, 'application/strategic-merge-patch+json', patch);
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    const namespace = object.namespace ?? 'default';
    const nanoseconds = BigInt(at) * 1_000_000n + BigInt(Math.floor(random.next() * 1_000_000));
    const event: KubeObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${object.name}.${nanoseconds.toString(16)}`, namespace },
      involvedObject: object,
      reason,
      message,
      source,
      firstTimestamp: before?.firstTimestamp ?? time,
      lastTimestamp: time,
      count: before?.count ?? 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
    const created = await api.create(namespace, event);
    remember(known, key, { name: created.metadata!.name!, namespace, count: event.count, firstTimestamp: event.firstTimestamp });
  }

  return {
    event(target, type, reason, message) {
      if (signal.aborted) return;
      const object = involved(target);
      const at = clock.now();
      writes.add(() =>
        write(object, type, reason, message, at).catch((error) =>
          logger.debug({ reason, error: messageOf(error) }, 'event was not written'),
        ),
      );
    },
    flushed: () => writes.finished(),
  };
}

/** What tells the object of an event from all others, whatever its version; short, as thousands are remembered. */
function identityOf({ uid, kind, namespace, name, fieldPath }: Record<string, string>): string {
  return [uid ?? `${kind}/${namespace}/${name}`, fieldPath].join(' ');
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > remembered) map.delete(map.keys().next().value!);
}
