import { mandatoryLevels, mandatorySchemas } from '../../../api/flowcontrol.apiserver.k8s.io/v1/mandatory.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { byName, followResource } from '../../client/follow.ts';
import type { Clock, Timer } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { ApiError } from '../../registry/errors.ts';
import type { ServerContext } from '../request-context.ts';
import { allocateSeats } from './allocation.ts';
import { keepBootstrapObjects } from './bootstrap-objects.ts';
import { FlowRequest } from './flow-request.ts';
import { FlowSchemaStatus } from './flow-schema-status.ts';
import { FlowStats } from './flow-stats.ts';
import { InFlight } from './in-flight.ts';
import { PriorityLevel } from './priority-level.ts';
import { flowSchemas, priorityLevels } from './references.ts';
import { type FlowSchemaInForce, inMatchingOrder, SchemaMatcher } from './schema-matching.ts';
import { WatchCounts } from './watch-counts.ts';
import { estimateWork, type WorkSources } from './work-estimate.ts';

/** After a watch has ended in failure, the next begins so much later. */
const retryMs = 1000;
/** How often seats are lent anew. */
const adjustmentMs = 10_000;
/** How often the objects that the server makes by itself are looked after. */
const upkeepMs = 60_000;

export interface FlowControlParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Seats that all priority levels have together. */
  readonly seats: number;
  readonly objects: WorkSources['objects'];
}

/**
 * API priority and fairness (KEP-1040): ranks requests by the cluster's FlowSchemas, and gives the server's seats to its priority levels, which have queues
 * for those that must wait. Until the objects are known, and where they are missing, the two mandatory ones of each kind are in force.
 */
export class FlowControl {
  readonly clock: Clock;
  readonly watches = new WatchCounts();
  readonly inFlight: InFlight;
  /** Of the last adjustment: the part of its target that a level has where no bound stands against it. */
  fairShare = 0;
  private readonly logger: Logger;
  private readonly seats: number;
  private readonly sources: WorkSources;
  private readonly schemaObjects = new Map<string, KubeObject>();
  private readonly levelObjects = new Map<string, KubeObject>();
  private readonly status: FlowSchemaStatus;
  private levels = new Map<string, PriorityLevel>();
  private matcher = new SchemaMatcher([]);
  private readonly stats = new Map<string, FlowStats>();
  private nominalSum = 0;
  /** The kinds of which all objects are known. */
  private readonly listed = new Set<ResourceReference>();

  constructor({ clock, logger, seats, objects }: FlowControlParts) {
    this.clock = clock;
    this.logger = logger;
    this.seats = seats;
    this.sources = { objects, watchers: (context) => this.watches.of(context) };
    this.inFlight = new InFlight(clock.monotonic());
    this.status = new FlowSchemaStatus(clock, logger, this.schemaObjects, this.levelObjects);
    this.digest();
  }

  /** Which FlowSchema, and so which level, a request belongs to. */
  classify(context: Pick<ServerContext, 'info' | 'user'>): FlowSchemaInForce {
    return this.matcher.find(context.info, context.user);
  }

  /** Takes a request in. Its `state` says what becomes of it: it executes, waits for `dispatched`, or is turned away (`over`). */
  admit(context: ServerContext, schema: FlowSchemaInForce): FlowRequest {
    const { level, stats } = schema;
    const { info, user } = context;
    const work = estimateWork(context, this.sources, level.maxSeats, stats.watchers);
    let distinguisher = '';
    let hand: readonly number[] = [];
    if (level.sharded) {
      if (schema.distinguisher === 'ByUser') distinguisher = user.username;
      else if (schema.distinguisher === 'ByNamespace') distinguisher = info.namespace;
      hand = level.hand(`${schema.name}\0${distinguisher}`);
    } else if (level.queueRoom > 0) hand = onlyQueue;
    const request = new FlowRequest({ set: level.set, stats, info, user, distinguisher, work, arrivedAt: this.clock.monotonic() });
    stats.seats.observe(request.seats);
    if (level.set.admit(request, hand) !== undefined) this.refuse(request, level);
    return request;
  }

  /** An executing request has its answer. */
  finish(request: FlowRequest, level: PriorityLevel): void {
    const { set, stats, info, startedAt } = request;
    const now = this.clock.monotonic();
    stats.execution[info.verb === 'watch' ? 'watch' : 'regular'].observe((now - startedAt) / 1000);
    set.finish(request, now);
    if (level.quiescing && set.idle) this.digest();
  }

  /** A waiting request no longer waits. */
  giveUp(request: FlowRequest, level: PriorityLevel, reason: 'time-out' | 'cancelled'): void {
    request.set.cancel(request, reason);
    this.refuse(request, level);
    if (level.quiescing && request.set.idle) this.digest();
  }

  private refuse(request: FlowRequest, level: PriorityLevel): void {
    request.state = 'over';
    if (!level.exempt) request.stats.waited.false.observe((this.clock.monotonic() - request.arrivedAt) / 1000);
    level.retryAfter.refused(this.clock.now());
  }

  /** All that there is to tell, for metrics and dumps; levels in order of name. */
  state(): { readonly levels: readonly PriorityLevel[]; readonly stats: readonly FlowStats[] } {
    return { levels: [...this.levels.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), stats: [...this.stats.values()] };
  }

  /**
   * Keeps up with the objects until the signal is aborted, and looks after those that the server makes. Resolves when the present ones are in force.
   * @param client may watch and write both kinds and the status of FlowSchemas
   */
  async follow(client: Client, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const changed = (resource: ResourceReference) => {
        this.listed.add(resource);
        if (this.listed.size < 2) return;
        this.digest();
        this.status.update(client, flowSchemas, signal);
        resolve();
      };
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.followOne(client, flowSchemas, this.schemaObjects, changed, signal);
      this.followOne(client, priorityLevels, this.levelObjects, changed, signal);
    });
    this.every(adjustmentMs, signal, () => this.lend());
    const upkeep = () => keepBootstrapObjects(client, this.schemaObjects, this.levelObjects);
    await upkeep();
    this.every(upkeepMs, signal, () => {
      upkeep().catch((error) => {
        if (!signal.aborted) this.logger.warn({ error }, 'objects of API priority and fairness cannot be looked after for now');
      });
    });
  }

  private followOne(
    client: Client,
    resource: ResourceReference,
    objects: Map<string, KubeObject>,
    changed: (resource: ResourceReference) => void,
    signal: AbortSignal,
  ): void {
    // The server is starting or stopping: what was known stays in force meanwhile.
    const failed = (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    };
    const following = byName(objects, () => changed(resource));
    void followResource(client.resource(resource), following, { clock: this.clock, signal, retryMs, failed });
  }

  private every(ms: number, signal: AbortSignal, act: () => void): void {
    const next = () => {
      if (signal.aborted) return;
      act();
      arm();
    };
    let timer: Timer;
    const arm = () => {
      timer = this.clock.timer(ms, next, { background: true });
    };
    arm();
    signal.addEventListener('abort', () => timer.cancel(), { once: true });
  }

  /** Puts the objects as they are now in force. */
  private digest(): void {
    const levels = new Map<string, PriorityLevel>();
    const levelOf = (object: KubeObject): PriorityLevel => {
      const name = object.metadata!.name!;
      const level = this.levels.get(name) ?? new PriorityLevel(object, this.clock, this.inFlight);
      level.update(object);
      levels.set(name, level);
      return level;
    };
    for (const object of this.levelObjects.values()) levelOf(object);
    const wanted = inMatchingOrder(this.schemaObjects.values()).filter(({ spec }) => levels.has(spec.priorityLevelConfiguration.name));
    for (const [name, spec] of Object.entries(mandatoryLevels)) if (!levels.has(name)) levelOf(imagined(name, spec));
    const missing = (name: string) =>
      wanted.some(({ metadata }) => metadata!.name === name) ? [] : [imagined(name, mandatorySchemas[name]!)];
    const ordered = [...missing('exempt'), ...wanted, ...missing('catch-all')];
    this.matcher = new SchemaMatcher(ordered.map((object) => this.inForce(object, levels)));
    // What is still in a level that is gone is served out.
    for (const [name, level] of this.levels) {
      if (levels.has(name) || level.set.idle) continue;
      level.quiescing = true;
      levels.set(name, level);
    }
    this.levels = levels;
    this.divide();
  }

  private inForce(object: KubeObject, levels: ReadonlyMap<string, PriorityLevel>): FlowSchemaInForce {
    const { priorityLevelConfiguration, distinguisherMethod, rules = [] } = object['spec'];
    const name = object.metadata!.name!;
    const level = levels.get(priorityLevelConfiguration.name)!;
    const key = `${name}/${level.name}`;
    let stats = this.stats.get(key);
    if (!stats) this.stats.set(key, (stats = new FlowStats(name, level.name)));
    return { name, uid: object.metadata?.uid ?? '', level, distinguisher: distinguisherMethod?.type, rules, stats };
  }

  private divide(): void {
    const levels = [...this.levels.values()];
    const allShares = levels.reduce((sum, { shares }) => sum + shares, 0);
    let room = 0;
    this.nominalSum = 0;
    for (const level of levels) {
      level.divide(this.seats, allShares);
      this.nominalSum += level.limits.nominal;
      room += level.queueRoom;
    }
    this.inFlight.setLimits(this.nominalSum, room, this.clock.monotonic());
    this.lend();
  }

  /** Gives each level seats by what it wanted since the last time, within what levels may lend and borrow. */
  private lend(): void {
    const levels = [...this.levels.values()];
    for (const level of levels) level.observeDemand();
    const limited = levels.filter(({ exempt }) => !exempt);
    let left = this.nominalSum;
    for (const level of levels) {
      if (!level.exempt) continue;
      level.target = Math.max(level.limits.least, level.demand.most);
      level.adjust(level.target, this.seats);
      left -= level.target;
    }
    // Nobody loses seats that it uses, as long as they are its own.
    const floors = limited.map(({ limits, demand }) => Math.max(limits.least, Math.min(limits.nominal, demand.most)));
    limited.forEach((level, i) => {
      level.target = Math.max(floors[i]!, level.demand.smoothed);
    });
    const least = limited.reduce((sum, { limits }) => sum + limits.least, 0);
    const floor = floors.reduce((sum, seats) => sum + seats, 0);
    let seats: readonly number[];
    this.fairShare = 0;
    if (left <= least) {
      seats = limited.map(({ limits }) => limits.least);
    } else if (left <= floor) {
      const part = (left - least) / (floor - least);
      seats = limited.map(({ limits }, i) => limits.least + (floors[i]! - limits.least) * part);
    } else {
      const claims = limited.map(({ limits, target }, i) => ({ least: floors[i]!, most: limits.most, target }));
      const allocation = allocateSeats(this.nominalSum, claims);
      seats = allocation?.seats ?? limited.map((level) => level.seats);
      this.fairShare = allocation?.fairShare ?? 0;
    }
    for (const [i, level] of limited.entries()) level.adjust(Math.round(seats[i]!), this.seats);
  }
}

const onlyQueue = [0];

/** A mandatory object that is not there. */
function imagined(name: string, spec: object): KubeObject {
  return { metadata: { name }, spec } as KubeObject;
}
