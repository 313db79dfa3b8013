import type { ResourceDefinition } from '../../../api/define.ts';
import { Histogram, type Labels, type Sample } from '../../machinery/histogram.ts';
import { type Counter, CounterVector, HistogramVector, type MetricFamily } from '../../machinery/metrics.ts';
import type { Answer } from '../answer.ts';
import { apiServerUser } from '../bootstrap.ts';
import type { RequestInfo } from '../context.ts';
import { apiErrorOf } from '../errors.ts';
import { type Stage, settled } from '../filters/stage.ts';
import { isMutating } from '../flow-control/in-flight.ts';
import type { ServerContext } from '../request-context.ts';
import { dryRunOf, requestLabels, withoutDryRun } from './request-labels.ts';

const seconds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
/** The real server's buckets of it begin higher. */
const ownSeconds = seconds.slice(2);
const answerBytes = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const bodyBytes = Array.from({ length: 31 }, (_, i) => 50_000 + 100_000 * i);
const watchListSeconds = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 15, 20, 30, 45, 60];
const eventBytes = [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

/** What is counted of the requests that have the same labels. */
interface Series {
  readonly labels: Labels;
  readonly withoutDryRun: Labels;
  /** Requests of this server itself. */
  readonly own: Counter;
  /** Answers by their codes. */
  readonly answers: Map<string, number>;
  /** Open ones, of those that last. */
  open: number;
  readonly duration: Histogram;
  readonly withoutQueue: Histogram;
  readonly sizes: Histogram;
  /** Of what was sent, where requests change something. */
  readonly bodySizes: Histogram | undefined;
  /** How long watches took to tell the present state. */
  readonly watchLists: Histogram | undefined;
}

/** What a series is made of. @property definition of a resource */
interface Described {
  readonly labels: Labels;
  readonly info: RequestInfo;
  readonly definition?: ResourceDefinition;
}

/** Requests and watch events, in plain numbers under their labels. */
export class RequestMetrics {
  private readonly series = new Map<string, Series>();
  private readonly events = new Map<ResourceDefinition, Histogram>();
  private readonly bodies = new HistogramVector(
    {
      name: 'apiserver_request_body_size_bytes',
      help: '[ALPHA] Apiserver request body size in bytes broken out by resource and verb.',
      labels: ['group', 'resource', 'verb'],
    },
    bodyBytes,
  );
  private readonly watchLists = new HistogramVector(
    {
      name: 'apiserver_watch_list_duration_seconds',
      help: '[BETA] Response latency distribution in seconds for watch list requests broken by group, version, resource and scope.',
      labels: ['group', 'resource', 'scope', 'version'],
    },
    watchListSeconds,
  );
  private readonly own = new CounterVector({
    name: 'apiserver_selfrequest_total',
    help: '[ALPHA] Counter of apiserver self-requests broken out for each verb, API resource and subresource.',
    labels: ['group', 'resource', 'subresource', 'verb'],
  });
  /** Versions that will go, of which clients are told that they should leave them. */
  private readonly deprecated = new Map<string, Labels>();
  private failedHandshakes = 0;
  private readonly inFlight = { mutating: 0, readOnly: 0 };
  private readonly monotonic: () => number;
  private readonly lookup: (info: RequestInfo) => ResourceDefinition | undefined;

  /**
   * @param monotonic milliseconds, for durations
   * @param lookup what is served under a request's names: made-up ones must not add labels
   */
  constructor(monotonic: () => number, lookup: (info: RequestInfo) => ResourceDefinition | undefined) {
    this.monotonic = monotonic;
    this.lookup = lookup;
  }

  /** Counts and times requests. Stands where the request's info is known and its answer is complete. */
  readonly stage: Stage = (context, next) => {
    const series = this.seriesOf(context);
    if (series && context.user.username === apiServerUser.username) series.own.value++;
    if (context.longRunning) {
      if (!series) return next(context);
      const { watchLists } = series;
      if (watchLists) {
        const start = this.monotonic();
        context.stateTold = () => watchLists.observe((this.monotonic() - start) / 1000);
      }
      series.open++;
      context.request.signal.addEventListener('abort', () => series.open--, { once: true });
      return settled(next, context, (answer, error) => count(series, answer, error));
    }
    const start = this.monotonic();
    const kind = isMutating(context.info.verb) ? 'mutating' : 'readOnly';
    this.inFlight[kind]++;
    return settled(next, context, (answer, error) => {
      this.inFlight[kind]--;
      if (!series) return;
      count(series, answer, error);
      const lasted = this.monotonic() - start;
      series.duration.observe(lasted / 1000);
      series.withoutQueue.observe((lasted - context.waitedFor) / 1000);
    });
  };

  /** Where the sizes of a resource's watch events are noted, in bytes. */
  eventSizes(definition: ResourceDefinition): Histogram {
    let histogram = this.events.get(definition);
    if (!histogram) this.events.set(definition, (histogram = new Histogram(eventBytes)));
    return histogram;
  }

  /** Notes a connection that never came about. */
  handshakeFailed(): void {
    this.failedHandshakes++;
  }

  families(): MetricFamily[] {
    const each = (samples: (series: Series) => readonly Sample[]) => () => [...this.series.values()].flatMap(samples);
    const events = (samples: (sizes: Histogram, labels: Labels) => readonly Sample[]) => () =>
      [...this.events].flatMap(([{ group, plural: resource, version }, of]) => samples(of, { group, resource, version }));
    return [
      {
        name: 'apiserver_request_total',
        help: '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
        type: 'counter',
        samples: each(({ labels, answers }) => [...answers].map(([code, value]) => ({ labels: { code, ...labels }, value }))),
      },
      {
        name: 'apiserver_longrunning_requests',
        help: '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
        type: 'gauge',
        samples: each(({ withoutDryRun, open }) => (open > 0 ? [{ labels: withoutDryRun, value: open }] : [])),
      },
      {
        name: 'apiserver_request_duration_seconds',
        help: '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
        type: 'histogram',
        samples: each((of) => of.duration.seriesIfAny(of.labels)),
      },
      {
        name: 'apiserver_request_sli_duration_seconds',
        help: '[ALPHA] Response latency distribution (not counting webhook duration and priority & fairness queue wait times) in seconds for each verb, group, version, resource, subresource, scope and component.',
        type: 'histogram',
        samples: each((of) => of.withoutQueue.seriesIfAny(of.withoutDryRun)),
      },
      {
        name: 'apiserver_response_sizes',
        help: '[STABLE] Response size distribution in bytes for each group, version, verb, resource, subresource, scope and component.',
        type: 'histogram',
        samples: each((of) => of.sizes.seriesIfAny(of.withoutDryRun)),
      },
      {
        name: 'apiserver_watch_events_total',
        help: '[ALPHA] Number of events sent in watch clients',
        type: 'counter',
        samples: events((of, labels) => [{ labels, value: of.observations }]),
      },
      {
        name: 'apiserver_watch_events_sizes',
        help: '[ALPHA] Watch event size distribution in bytes',
        type: 'histogram',
        samples: events((of, labels) => [{ labels, value: of }]),
      },
      this.bodies.family(),
      this.watchLists.family(),
      this.own.family(),
      {
        name: 'apiserver_requested_deprecated_apis',
        help: '[STABLE] Gauge of deprecated APIs that have been requested, broken out by API group, version, resource, subresource, and removed_release.',
        type: 'gauge',
        samples: () => Array.from(this.deprecated.values(), (labels) => ({ labels, value: 1 })),
      },
      {
        name: 'apiserver_tls_handshake_errors_total',
        help: "[ALPHA] Number of requests dropped with 'TLS handshake error from' error",
        type: 'counter',
        samples: () => [{ labels: {}, value: this.failedHandshakes }],
      },
      {
        name: 'apiserver_current_inflight_requests',
        help: '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
        type: 'gauge',
        samples: () => Object.entries(this.inFlight).map(([request_kind, value]) => ({ labels: { request_kind }, value })),
      },
    ];
  }

  private seriesOf(context: ServerContext): Series | undefined {
    const { info } = context;
    const series = info.isResourceRequest ? this.ofResource(context) : this.ofPath(info);
    if (!series) return undefined;
    if (info.verb === 'get' || info.verb === 'list') context.answerSizes = series.sizes;
    context.bodySizes = series.bodySizes;
    return series;
  }

  /** Made-up paths must not add keys. */
  private ofPath(info: RequestInfo): Series | undefined {
    const labels = requestLabels(info, false, '');
    return labels && this.under(`${labels['verb']} ${labels['subresource']}`, () => ({ labels, info }));
  }

  private ofResource(context: ServerContext): Series | undefined {
    const { info, request } = context;
    const definition = this.served(info);
    if (!definition) return undefined;
    const isApply = info.verb === 'patch' && (request.headers['content-type']?.startsWith('application/apply-patch+') ?? false);
    const dryRun = isMutating(info.verb) ? dryRunOf(context) : '';
    return this.under(keyOf(info, isApply, dryRun), () => ({ labels: requestLabels(info, isApply, dryRun)!, info, definition }));
  }

  private under(key: string, describe: () => Described): Series {
    let series = this.series.get(key);
    if (!series) {
      const { labels, info, definition } = describe();
      const { group = '', resource = '', scope = '', subresource = '', verb = '', version = '' } = labels;
      if (definition?.deprecation)
        this.deprecated.set(`${definition.group}/${version}/${resource}/${subresource}`, {
          group,
          removed_release: '',
          resource,
          subresource,
          version,
        });
      series = {
        labels,
        withoutDryRun: withoutDryRun(labels),
        own: this.own.with(group, resource, subresource, verb),
        bodySizes: definition && isMutating(info.verb) ? this.bodies.with(group, resource, info.verb) : undefined,
        watchLists: info.verb === 'watch' ? this.watchLists.with(group, resource, scope, version) : undefined,
        answers: new Map(),
        open: 0,
        duration: new Histogram(seconds),
        withoutQueue: new Histogram(ownSeconds),
        sizes: new Histogram(answerBytes),
      };
      this.series.set(key, series);
    }
    return series;
  }

  /** The resource of a request, if there is one: made-up names must not add keys. */
  private served(info: RequestInfo): ResourceDefinition | undefined {
    const definition = info.verb === '' ? undefined : this.lookup(info);
    const { subresource } = info;
    return definition && (subresource === '' || definition.subresources.some(({ name }) => name === subresource)) ? definition : undefined;
  }
}

function count({ answers }: Series, answer: Answer | undefined, error: unknown): void {
  const code = answer ? codeOf(answer) : String(apiErrorOf(error)?.code ?? 500);
  answers.set(code, (answers.get(code) ?? 0) + 1);
}

function codeOf(answer: Answer): string {
  if (answer.type === 'upgrade') return '101';
  return 'status' in answer ? String(answer.status) : '200';
}

function keyOf(info: RequestInfo, isApply: boolean, dryRun: string): string {
  const where = info.name === '' ? (info.namespace === '' ? 'c' : 'n') : 'r';
  return `${isApply ? 'apply' : info.verb}/${info.group}/${info.version}/${info.resource}/${info.subresource}/${where}/${dryRun}`;
}
