import type { Registry } from 'prom-client';
import type { ResourceDefinition } from '../../api/define.ts';
import { Histogram } from '../machinery/histogram.ts';
import type { Answer, RawAnswer } from './answer.ts';
import type { RequestInfo } from './context.ts';
import { apiErrorOf } from './errors.ts';
import { nonResource } from './filters/request-info.ts';
import { type Stage, settled } from './filters/stage.ts';
import { type InFlight, isMutating } from './flow-control/in-flight.ts';
import type { MetricFamily } from './flow-control/metrics.ts';

/** How many objects there are of each resource, for apiserver_storage_objects. */
export type ObjectCounts = () => Iterable<readonly [resource: string, count: number]>;

const durationBuckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

const verbNames: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  head: 'HEAD',
  delete: 'DELETE',
};

const unknownPath = nonResource('other', '', '');
const unknownResource: RequestInfo = { ...unknownPath, isResourceRequest: true };

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  count: number;
}

interface Timing {
  readonly labels: Labels;
  readonly seconds: Histogram;
}

export interface ServerMetricsParts {
  /** Milliseconds, for durations. */
  readonly monotonic: () => number;
  /** When the process started, in seconds since the epoch. */
  readonly startedAt: number;
  /** What is served under a request's names: made-up ones must not add labels. */
  readonly lookup: (info: RequestInfo) => ResourceDefinition | undefined;
  readonly objectCounts?: ObjectCounts;
  readonly apiServices?: ApiServiceAvailability;
  /** Metrics of other parts. */
  readonly families?: readonly MetricFamily[];
  /** Absent where requests do not wait. */
  readonly inQueue?: InFlight;
}

/** Which APIServices are available, and how often each has ceased to be. */
export interface ApiServiceAvailability {
  unavailable(): Iterable<readonly [name: string, isUnavailable: boolean]>;
  failures(): Iterable<{ readonly name: string; readonly reason: string; readonly count: number }>;
}

/**
 * The server's own metrics. A request adds to plain numbers under a key of its labels; prom-client (loaded with the first look at /metrics) only prints them.
 */
export class ServerMetrics {
  private readonly requests = new Map<string, Sample>();
  private readonly durations = new Map<string, Timing>();
  private readonly longRunning = new Map<string, Sample>();
  private readonly inFlight = { mutating: 0, readOnly: 0 };
  private readonly monotonic: () => number;
  private readonly startedAt: number;
  private readonly objectCounts: ObjectCounts | undefined;
  private readonly apiServices: ApiServiceAvailability | undefined;
  private readonly lookup: ServerMetricsParts['lookup'];
  private readonly families: readonly MetricFamily[];
  private readonly inQueue: InFlight | undefined;
  private registry: Promise<Registry> | undefined;

  constructor(parts: ServerMetricsParts) {
    this.monotonic = parts.monotonic;
    this.lookup = parts.lookup;
    this.startedAt = parts.startedAt;
    this.objectCounts = parts.objectCounts;
    this.apiServices = parts.apiServices;
    this.families = parts.families ?? [];
    this.inQueue = parts.inQueue;
  }

  /** Counts and times requests. Stands where the request's info is known and its answer is complete. */
  readonly stage: Stage = (context, next) => {
    const start = this.monotonic();
    const info = this.countable(context.info);
    if (context.longRunning) {
      const sample = sampleIn(this.longRunning, info, '', longRunningLabels);
      sample.count++;
      context.request.signal.addEventListener('abort', () => sample.count--, { once: true });
      return settled(next, context, (answer, error) => this.count(info, answer, error));
    }
    const kind = isMutating(info.verb) ? 'mutating' : 'readOnly';
    this.inFlight[kind]++;
    return settled(next, context, (answer, error) => {
      this.inFlight[kind]--;
      this.count(info, answer, error);
      this.time(info, (this.monotonic() - start) / 1000);
    });
  };

  /** /metrics */
  async handle(): Promise<RawAnswer> {
    this.registry ??= this.createRegistry();
    const registry = await this.registry;
    return {
      type: 'raw',
      status: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
      body: await registry.metrics(),
      compressible: true,
      headers: { 'process-start-time-unix': String(Math.floor(this.startedAt)) },
    };
  }

  private countable(info: RequestInfo): RequestInfo {
    if (!info.isResourceRequest) return verbNames[info.verb] === undefined ? unknownPath : info;
    const definition = info.verb === '' ? undefined : this.lookup(info);
    const isServed = definition && (info.subresource === '' || definition.subresources.some(({ name }) => name === info.subresource));
    return isServed ? info : unknownResource;
  }

  private count(info: RequestInfo, answer: Answer | undefined, error: unknown): void {
    sampleIn(this.requests, info, answer ? codeOf(answer) : String(apiErrorOf(error)?.code ?? 500), requestLabels).count++;
  }

  private time(info: RequestInfo, seconds: number): void {
    const key = keyOf(info, '');
    let timing = this.durations.get(key);
    if (!timing) this.durations.set(key, (timing = { labels: requestLabels(info, ''), seconds: new Histogram(durationBuckets) }));
    timing.seconds.observe(seconds);
  }

  private async createRegistry(): Promise<Registry> {
    const { Gauge, Registry } = await import('prom-client');
    const registry = new Registry();
    const register = (name: string, help: string, type: string, values: () => object[]) =>
      registry.registerMetric({ name, help, type, get: async () => ({ name, help, type, aggregator: 'sum', values: values() }) } as never);
    register('apiserver_request_total', 'Requests answered, by verb, resource and code.', 'counter', () => samples(this.requests));
    register('apiserver_longrunning_requests', 'Watches and streams that are open.', 'gauge', () => samples(this.longRunning));
    const name = 'apiserver_request_duration_seconds';
    register(name, 'Time from a request to its answer, in seconds.', 'histogram', () =>
      [...this.durations.values()].flatMap(({ labels, seconds }) => seconds.samples(name, labels)),
    );
    for (const family of this.families) register(family.name, family.help, family.type, () => [...family.samples()]);
    const { inFlight, inQueue } = this;
    if (inQueue) {
      register('apiserver_current_inqueue_requests', 'Requests that wait for their turn.', 'gauge', () =>
        Object.entries(inQueue.counts.waiting).map(([request_kind, value]) => ({ labels: { request_kind }, value })),
      );
    }
    new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests at work.',
      labelNames: ['request_kind'],
      registers: [registry],
      collect() {
        this.set({ request_kind: 'mutating' }, inFlight.mutating);
        this.set({ request_kind: 'readOnly' }, inFlight.readOnly);
      },
    });
    const counts = this.objectCounts;
    if (counts) {
      new Gauge({
        name: 'apiserver_storage_objects',
        help: 'Objects of each resource in the store.',
        labelNames: ['resource'],
        registers: [registry],
        collect() {
          this.reset();
          for (const [resource, count] of counts()) this.set({ resource }, count);
        },
      });
    }
    const services = this.apiServices;
    if (services) {
      register('aggregator_unavailable_apiservice', 'APIServices that are unavailable, by name.', 'gauge', () =>
        [...services.unavailable()].map(([name, isUnavailable]) => ({ labels: { name }, value: isUnavailable ? 1 : 0 })),
      );
      register('aggregator_unavailable_apiservice_total', 'How often APIServices became unavailable, by name and reason.', 'counter', () =>
        [...services.failures()].map(({ name, reason, count }) => ({ labels: { name, reason }, value: count })),
      );
    }
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory of the process.',
      registers: [registry],
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
    new Gauge({ name: 'process_start_time_seconds', help: 'When the process started.', registers: [registry] }).set(this.startedAt);
    return registry;
  }
}

function codeOf(answer: Answer): string {
  if (answer.type === 'upgrade') return '101';
  return 'status' in answer ? String(answer.status) : '200';
}

function keyOf(info: RequestInfo, code: string): string {
  const where = info.isResourceRequest
    ? `${info.group}/${info.version}/${info.resource}/${info.subresource}/${info.name === '' ? (info.namespace === '' ? 'c' : 'n') : 'r'}`
    : '';
  return `${info.verb}/${code}/${where}`;
}

function sampleIn(
  samples: Map<string, Sample>,
  info: RequestInfo,
  code: string,
  labels: (info: RequestInfo, code: string) => Labels,
): Sample {
  const key = keyOf(info, code);
  let sample = samples.get(key);
  if (!sample) {
    sample = { labels: labels(info, code), count: 0 };
    samples.set(key, sample);
  }
  return sample;
}

function longRunningLabels(info: RequestInfo): Labels {
  const { group, version, resource, subresource, verb } = info;
  const scope = info.name !== '' ? 'resource' : info.namespace !== '' ? 'namespace' : info.isResourceRequest ? 'cluster' : '';
  return { component: 'apiserver', group, resource, scope, subresource, verb: verbNames[verb] ?? verb.toUpperCase(), version };
}

function requestLabels(info: RequestInfo, code: string): Labels {
  return { ...(code ? { code } : {}), dry_run: '', ...longRunningLabels(info) };
}

function samples(of: ReadonlyMap<string, Sample>): object[] {
  return [...of.values()].map(({ labels, count }) => ({ labels, value: count }));
}
