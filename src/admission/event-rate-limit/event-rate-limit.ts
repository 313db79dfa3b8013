import { event as events } from '../../../api/core/v1/event.ts';
import { event as newEvents } from '../../../api/events.k8s.io/v1/event.ts';
import { aggregate } from '../../../api/meta/text.ts';
import type { Clock } from '../../machinery/clock.ts';
import { tooManyRequests } from '../../registry/errors.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';

export interface EventLimit {
  readonly type: 'Server' | 'Namespace' | 'User' | 'SourceAndObject';
  /** Events a second in the long run, and at once. */
  readonly qps: number;
  readonly burst: number;
  /** So many namespaces, users or sources are remembered. */
  readonly cacheSize?: number;
}

const defaultCacheSize = 4_096;

/** Tokens that come back with time. */
class Bucket {
  private tokens: number;
  private last: number;

  constructor(burst: number, now: number) {
    this.tokens = burst;
    this.last = now;
  }

  take({ qps, burst }: EventLimit, now: number): boolean {
    this.tokens = Math.min(burst, this.tokens + ((now - this.last) / 1000) * qps);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}

class Limiter {
  private readonly limit: EventLimit;
  private readonly clock: Clock;
  private readonly buckets = new Map<string, Bucket>();

  constructor(limit: EventLimit, clock: Clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /** @throws ApiError 429 */
  take(attributes: AdmissionAttributes): string | undefined {
    const key = keyOf(this.limit, attributes);
    const now = this.clock.monotonic();
    const bucket = this.buckets.get(key) ?? new Bucket(this.limit.burst, now);
    // The one used last is kept longest.
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > (this.limit.cacheSize || defaultCacheSize)) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket.take(this.limit, now) ? undefined : `limit reached on type ${this.limit.type} for key ${key}`;
  }
}

function keyOf({ type }: EventLimit, { namespace, user, object }: AdmissionAttributes): string {
  switch (type) {
    case 'Namespace':
      return namespace;
    case 'User':
      return user.username;
    case 'SourceAndObject':
      return sourceAndObject(object ?? {});
    default:
      return '';
  }
}

function sourceAndObject(event: Record<string, any>): string {
  const source = event['source'] ?? event['deprecatedSource'] ?? {};
  const about = event['involvedObject'] ?? event['regarding'] ?? {};
  return [source.component, source.host, about.kind, about.namespace, about.name, about.uid, about.apiVersion].join('');
}

/** Refuses events that come faster than the limits allow. */
export function eventRateLimitPlugin(limits: readonly EventLimit[], clock: Clock): AdmissionPlugin {
  const limiters = limits.map((limit) => new Limiter(limit, clock));
  return {
    name: 'EventRateLimit',
    concerns: ({ definition, operation, dryRun }) => isEvent(definition) && (operation === 'CREATE' || operation === 'UPDATE') && !dryRun,
    validate(attributes) {
      const reached = limiters.flatMap((limiter) => limiter.take(attributes) ?? []);
      if (reached.length === 0) return;
      throw tooManyRequests(`Too many requests: ${aggregate(reached)}`, 0);
    },
  };
}

function isEvent({ group, plural }: { group: string; plural: string }): boolean {
  return plural === events.plural && (group === events.group || group === newEvents.group);
}
