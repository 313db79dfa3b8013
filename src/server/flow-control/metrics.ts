import type { Sample } from '../../machinery/histogram.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { FlowControl } from './flow-control.ts';
import type { FlowStats } from './flow-stats.ts';
import type { PriorityLevel } from './priority-level.ts';

const prefix = 'apiserver_flowcontrol_';

/** The metrics of API priority and fairness under kube-apiserver's names. */
export function flowControlMetrics(control: FlowControl): MetricFamily[] {
  const now = () => control.clock.monotonic();
  const labelsOf = ({ flowSchema, priorityLevel }: FlowStats) => ({ flow_schema: flowSchema, priority_level: priorityLevel });
  const used = () =>
    control.state().stats.filter(({ dispatched, waiting, rejected }) => dispatched > 0 || waiting > 0 || rejected.size > 0);
  const queued = () => {
    const exempt = new Set(control.state().levels.flatMap((level) => (level.exempt ? [level.name] : [])));
    return used().filter(({ priorityLevel }) => !exempt.has(priorityLevel));
  };
  const flow = (
    name: string,
    help: string,
    type: 'counter' | 'gauge',
    value: (stats: FlowStats) => number,
    of: () => readonly FlowStats[] = used,
  ): MetricFamily => ({
    name: prefix + name,
    help,
    type,
    samples: () => of().map((stats) => ({ labels: labelsOf(stats), value: value(stats) })),
  });
  const level = (name: string, help: string, value: (level: PriorityLevel) => number | undefined): MetricFamily => ({
    name: prefix + name,
    help,
    type: 'gauge',
    samples: () =>
      control.state().levels.flatMap((of) => {
        const is = value(of);
        return is === undefined ? [] : [{ labels: { priority_level: of.name }, value: is }];
      }),
  });
  const bounds = (
    name: string,
    help: string,
    least: 'earliest' | 'earliestDiscounted',
    most: 'latest' | 'latestDiscounted',
  ): MetricFamily => ({
    name: prefix + name,
    help,
    type: 'gauge',
    samples: () =>
      control.state().levels.flatMap(({ name: priority_level, set: { lastDispatch } }) =>
        lastDispatch
          ? [
              { labels: { bound: 'min', priority_level }, value: lastDispatch[least] },
              { labels: { bound: 'max', priority_level }, value: lastDispatch[most] },
            ]
          : [],
      ),
  });
  const histogram = (name: string, help: string, samples: () => readonly Sample[]): MetricFamily => ({
    name: prefix + name,
    help,
    type: 'histogram',
    samples,
  });
  const executing = { phase: 'executing' };
  return [
    flow(
      'current_executing_requests',
      '[BETA] Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
      'gauge',
      (stats) => stats.executing,
    ),
    flow(
      'current_executing_seats',
      '[BETA] Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem',
      'gauge',
      (stats) => stats.executingSeats,
    ),
    flow(
      'current_inqueue_requests',
      '[BETA] Number of requests currently pending in queues of the API Priority and Fairness subsystem',
      'gauge',
      (stats) => stats.waiting,
      queued,
    ),
    flow(
      'current_inqueue_seats',
      '[ALPHA] Number of seats currently pending in queues of the API Priority and Fairness subsystem',
      'gauge',
      (stats) => stats.waitingSeats,
      queued,
    ),
    flow(
      'dispatched_requests_total',
      '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      'counter',
      (stats) => stats.dispatched,
    ),
    flow(
      'request_dispatch_no_accommodation_total',
      '[ALPHA] Number of times a dispatch attempt resulted in a non accommodation due to lack of available seats',
      'counter',
      (stats) => stats.noAccommodation,
      () => used().filter(({ noAccommodation }) => noAccommodation > 0),
    ),
    {
      name: `${prefix}rejected_requests_total`,
      help: '[BETA] Number of requests rejected by API Priority and Fairness subsystem',
      type: 'counter',
      samples: () =>
        used().flatMap((stats) => [...stats.rejected].map(([reason, value]) => ({ labels: { ...labelsOf(stats), reason }, value }))),
    },
    level(
      'nominal_limit_seats',
      '[BETA] Nominal number of execution seats configured for each priority level',
      ({ limits }) => limits.nominal,
    ),
    level(
      'lower_limit_seats',
      '[ALPHA] Configured lower bound on number of execution seats available to each priority level',
      ({ limits }) => limits.least,
    ),
    level(
      'upper_limit_seats',
      '[ALPHA] Configured upper bound on number of execution seats available to each priority level',
      ({ limits }) => limits.most,
    ),
    level(
      'current_limit_seats',
      '[ALPHA] current derived number of execution seats available to each priority level',
      ({ seats }) => seats,
    ),
    level('target_seats', '[ALPHA] Seat allocation targets', ({ target }) => target),
    level(
      'demand_seats_average',
      '[ALPHA] Time-weighted average, over last adjustment period, of demand_seats',
      ({ demand }) => demand.average,
    ),
    level(
      'demand_seats_high_watermark',
      '[ALPHA] High watermark, over last adjustment period, of demand_seats',
      ({ demand }) => demand.most,
    ),
    level('demand_seats_smoothed', '[ALPHA] Smoothed seat demands', ({ demand }) => demand.smoothed),
    level(
      'demand_seats_stdev',
      '[ALPHA] Time-weighted standard deviation, over last adjustment period, of demand_seats',
      ({ demand }) => demand.deviation,
    ),
    level('current_r', '[ALPHA] R(time of last change)', ({ set }) => set.progress),
    level('dispatch_r', '[ALPHA] R(time of last dispatch)', ({ set }) => set.lastDispatch?.progress),
    level('latest_s', '[ALPHA] S(most recently dispatched request)', ({ set }) => set.lastDispatch?.start),
    bounds('next_s_bounds', '[ALPHA] min and max, over queues, of S(oldest waiting request in queue)', 'earliest', 'latest'),
    bounds(
      'next_discounted_s_bounds',
      '[ALPHA] min and max, over queues, of S(oldest waiting request in queue) - estimated work in progress',
      'earliestDiscounted',
      'latestDiscounted',
    ),
    {
      name: `${prefix}seat_fair_frac`,
      help: "[ALPHA] Fair fraction of server's concurrency to allocate to each priority level that can use it",
      type: 'gauge',
      samples: () => [{ labels: {}, value: control.fairShare }],
    },
    histogram(
      'demand_seats',
      'EXPERIMENTAL: [ALPHA] Observations, at the end of every nanosecond, of (the number of seats each priority level could use) / (nominal number of seats for that level)',
      () => control.state().levels.map((of) => of.demandRatio.series({ priority_level: of.name }, now())),
    ),
    histogram(
      'priority_level_seat_utilization',
      'EXPERIMENTAL: [ALPHA] Observations, at the end of every nanosecond, of utilization of seats for any stage of execution (but only initial stage for WATCHes)',
      () => control.state().levels.map((of) => of.seatRatio.series({ ...executing, priority_level: of.name }, now())),
    ),
    histogram(
      'priority_level_request_utilization',
      'EXPERIMENTAL: [ALPHA] Observations, at the end of every nanosecond, of number of requests (as a fraction of the relevant limit) waiting or in any stage of execution (but only initial stage for WATCHes)',
      () =>
        control
          .state()
          .levels.flatMap((of) => [
            of.executingRatio.series({ ...executing, priority_level: of.name }, now()),
            of.waitingRatio.series({ phase: 'waiting', priority_level: of.name }, now()),
          ]),
    ),
    histogram(
      'read_vs_write_current_requests',
      'EXPERIMENTAL: [ALPHA] Observations, at the end of every nanosecond, of the number of requests (as a fraction of the relevant limit) waiting or in regular stage of execution',
      () => control.inFlight.series(now()),
    ),
    histogram(
      'request_execution_seconds',
      '[ALPHA] Duration of initial stage (for a WATCH) or any (for a non-WATCH) stage of request execution in the API Priority and Fairness subsystem',
      () =>
        used().flatMap((stats) =>
          (['regular', 'watch'] as const).flatMap((type) => stats.execution[type].seriesIfAny({ ...labelsOf(stats), type })),
        ),
    ),
    histogram(
      'request_queue_length_after_enqueue',
      '[ALPHA] Length of queue in the API Priority and Fairness subsystem, as seen by each request after it is enqueued',
      () => queued().flatMap((stats) => stats.queueLength.seriesIfAny(labelsOf(stats))),
    ),
    histogram('request_wait_duration_seconds', '[BETA] Length of time a request spent waiting in its queue', () =>
      queued().flatMap((stats) =>
        (['true', 'false'] as const).flatMap((execute) => stats.waited[execute].seriesIfAny({ ...labelsOf(stats), execute })),
      ),
    ),
    histogram('watch_count_samples', '[ALPHA] count of watchers for mutating requests in API Priority and Fairness', () =>
      used().flatMap((stats) => stats.watchers.seriesIfAny(labelsOf(stats))),
    ),
    histogram(
      'work_estimated_seats',
      '[ALPHA] Number of estimated seats (maximum of initial and final seats) associated with requests in API Priority and Fairness',
      () => used().flatMap((stats) => stats.seats.seriesIfAny(labelsOf(stats))),
    ),
  ];
}
