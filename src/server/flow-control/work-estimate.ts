import type { Histogram } from '../../machinery/histogram.ts';
import type { RequestContext } from '../context.ts';

/** What a request is thought to take: seats while it is at work, and seats for a while after it, when its watchers are told. */
export interface WorkEstimate {
  readonly initialSeats: number;
  readonly finalSeats: number;
  /** Milliseconds for which the seats are kept after the answer. */
  readonly additionalLatencyMs: number;
}

/** How many objects of a resource there are, and how large they are together. */
export interface ObjectStats {
  readonly count: number;
  readonly bytes: number;
}

export interface WorkSources {
  /** Undefined where nothing is known of the resource: it takes one seat. Called for each list, so it must be quick. */
  readonly objects: (group: string, version: string, resource: string) => ObjectStats | undefined;
  /** How many watchers hear of a write. */
  readonly watchers: (context: RequestContext) => number;
}

const bytesPerSeat = 100_000;
/** A list from the cache is streamed: no more than so many bytes are in memory at one time. */
const mostFromCache = 1_000_000;
const mostListSeats = 100;
const watchersPerSeat = 10;
const mostWriteSeats = 10;
/** What an event costs with each seat of watchers. */
const eventMs = 5;

const oneSeat: WorkEstimate = { initialSeats: 1, finalSeats: 0, additionalLatencyMs: 0 };

const upTo = (most: number, limit: number) => (limit > 0 && limit < most ? limit : most);

/**
 * Seats by what kube-apiserver takes them for: lists, and watches that begin with the present state, by the bytes that they hold in memory; writes by
 * how many watch the resource.
 * @param maxSeats what the priority level gives one request at most; 0 where it says nothing; @param watched takes in how many watch what is written
 */
export function estimateWork(context: RequestContext, sources: WorkSources, maxSeats: number, watched: Histogram): WorkEstimate {
  switch (context.info.verb) {
    case 'list':
    case 'watch':
      return estimateList(context, sources, upTo(mostListSeats, maxSeats));
    case 'create':
    case 'update':
    case 'patch':
    case 'delete':
      return estimateWrite(context, sources, upTo(mostWriteSeats, maxSeats), watched);
    default:
      return oneSeat;
  }
}

function estimateList({ info, request: { query } }: RequestContext, { objects }: WorkSources, most: number): WorkEstimate {
  const version = query.get('resourceVersion') ?? '';
  const isWatch = info.verb === 'watch';
  if (isWatch && query.get('sendInitialEvents') !== 'true' && version !== '' && version !== '0') return oneSeat;
  const stats = objects(info.group, info.version, info.resource);
  if (!stats || stats.count === 0) return oneSeat;
  const limit = Number(query.get('limit') ?? 0) || 0;
  const limited = upTo(stats.count, limit);
  const fromCache = isWatch || comesFromCache(query, version, limit);
  const selects = query.has('fieldSelector') || query.has('labelSelector');
  const read = info.name !== '' ? 1 : fromCache || !selects ? limited : Math.max(limited, Math.floor(stats.count / 2));
  const bytes = (read * stats.bytes) / stats.count;
  const seats = Math.ceil((fromCache ? Math.min(bytes, mostFromCache) : bytes) / bytesPerSeat);
  return seats <= 1 ? oneSeat : { ...oneSeat, initialSeats: Math.min(seats, most) };
}

/** Whether a list is answered from the watch cache; exact versions and further pages are read from storage. */
function comesFromCache(query: URLSearchParams, version: string, limit: number): boolean {
  const match = query.get('resourceVersionMatch') ?? '';
  if (match !== '') return match === 'NotOlderThan';
  return !query.get('continue') && !(limit > 0 && version !== '' && version !== '0');
}

function estimateWrite(context: RequestContext, { watchers }: WorkSources, most: number, watched: Histogram): WorkEstimate {
  // Nobody hears of a token.
  if (context.info.resource === 'serviceaccounts' && context.info.subresource === 'token') return oneSeat;
  const count = watchers(context);
  watched.observe(count);
  if (count < watchersPerSeat) return oneSeat;
  const wanted = Math.ceil(count / watchersPerSeat);
  const finalSeats = Math.min(wanted, most);
  // The same work in another shape: narrower and longer.
  return { initialSeats: 1, finalSeats, additionalLatencyMs: (wanted * eventMs) / finalSeats };
}
