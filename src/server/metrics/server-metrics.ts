import type { ResourceDefinition } from '../../../api/define.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { RequestInfo } from '../context.ts';
import type { FlowControl } from '../flow-control/flow-control.ts';
import { flowControlMetrics } from '../flow-control/metrics.ts';
import { AuthenticationMetrics } from './authentication-metrics.ts';
import { AuthorizationMetrics } from './authorization-metrics.ts';
import { type ApiServiceAvailability, apiServiceMetrics, type ObjectCounts, objectCounts, versionMetrics } from './inventory.ts';
import { MetricsPage } from './page.ts';
import { processMetrics } from './process-metrics.ts';
import { RequestMetrics } from './request-metrics.ts';

export interface ServerMetricsParts {
  readonly clock: Clock;
  /** What is served under a request's names: made-up ones must not add labels. */
  readonly lookup: (info: RequestInfo) => ResourceDefinition | undefined;
  /** What /version answers. */
  readonly versionInfo: Readonly<Record<string, string>>;
  readonly objects?: ObjectCounts;
  readonly apiServices?: ApiServiceAvailability;
  /** Absent where requests do not wait. */
  readonly flowControl?: FlowControl | undefined;
  /** What other parts count. */
  readonly families?: readonly MetricFamily[];
}

/** What the server counts, for its stages to count in, and the page that shows it all. */
export class ServerMetrics {
  readonly requests: RequestMetrics;
  readonly authentication = new AuthenticationMetrics();
  readonly authorization = new AuthorizationMetrics();
  readonly page: MetricsPage;

  constructor({ clock, lookup, versionInfo, objects, apiServices, flowControl, families: others = [] }: ServerMetricsParts) {
    this.requests = new RequestMetrics(() => clock.monotonic(), lookup);
    const startedAt = clock.now() / 1000;
    const families = [
      ...this.requests.families(),
      ...this.authentication.families(),
      ...this.authorization.families(),
      ...(flowControl ? [...flowControlMetrics(flowControl), waiting(flowControl)] : []),
      ...(objects ? objectCounts(objects) : []),
      ...(apiServices ? apiServiceMetrics(apiServices) : []),
      ...others,
      ...versionMetrics(versionInfo),
      ...processMetrics(startedAt),
    ];
    this.page = new MetricsPage(families, startedAt);
  }
}

function waiting({ inFlight }: FlowControl): MetricFamily {
  return {
    name: 'apiserver_current_inqueue_requests',
    help: '[ALPHA] Maximal number of queued requests in this apiserver per request kind in last second.',
    type: 'gauge',
    samples: () => Object.entries(inFlight.counts.waiting).map(([request_kind, value]) => ({ labels: { request_kind }, value })),
  };
}
