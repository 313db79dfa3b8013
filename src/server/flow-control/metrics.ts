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
  const histogram = (name: string, help: string, samples: (name: string) => readonly Sample[]): MetricFamily => ({
    name: prefix + name,
    help,
    type: 'histogram',
    samples: () => samples(prefix + name),
  });
  const executing = { phase: 'executing' };
  return [
    flow('current_executing_requests', 'Requests at work; a watch until it is set up.', 'gauge', (stats) => stats.executing),
    flow('current_executing_seats', 'Seats that requests at work take.', 'gauge', (stats) => stats.executingSeats),
    flow('current_inqueue_requests', 'Requests that wait in queues.', 'gauge', (stats) => stats.waiting, queued),
    flow('current_inqueue_seats', 'Seats that requests in queues wait for.', 'gauge', (stats) => stats.waitingSeats, queued),
    flow('dispatched_requests_total', 'Requests that were let through.', 'counter', (stats) => stats.dispatched),
    flow(
      'request_dispatch_no_accommodation_total',
      'How often the next request in turn found too few free seats.',
      'counter',
      (stats) => stats.noAccommodation,
      () => used().filter(({ noAccommodation }) => noAccommodation > 0),
    ),
    {
      name: `${prefix}rejected_requests_total`,
      help: 'Requests that were turned away.',
      type: 'counter',
      samples: () =>
        used().flatMap((stats) => [...stats.rejected].map(([reason, value]) => ({ labels: { ...labelsOf(stats), reason }, value }))),
    },
    level('nominal_limit_seats', 'Seats that a level has by its configuration.', ({ limits }) => limits.nominal),
    level('lower_limit_seats', 'Seats that a level keeps whatever it lends.', ({ limits }) => limits.least),
    level('upper_limit_seats', 'Seats that a level has at most, with those that it borrows.', ({ limits }) => limits.most),
    level('current_limit_seats', 'Seats that a level has now.', ({ seats }) => seats),
    level('target_seats', 'Seats that a level was meant to have at the last adjustment.', ({ target }) => target),
    level('demand_seats_average', 'Seats that a level could have used in the last period, on average.', ({ demand }) => demand.average),
    level('demand_seats_high_watermark', 'Seats that a level could have used at one time in the last period.', ({ demand }) => demand.most),
    level('demand_seats_smoothed', 'What a level is thought to want.', ({ demand }) => demand.smoothed),
    level(
      'demand_seats_stdev',
      'Standard deviation of the seats that a level could have used in the last period.',
      ({ demand }) => demand.deviation,
    ),
    level('current_r', 'Seat-seconds given to each queue so far.', ({ set }) => set.progress),
    level('dispatch_r', 'The same at the last dispatch.', ({ set }) => set.lastDispatch?.progress),
    level('latest_s', 'Where the last dispatched request began in the time of the queues.', ({ set }) => set.lastDispatch?.start),
    bounds('next_s_bounds', 'The least and the most, over the queues, of where the next request begins.', 'earliest', 'latest'),
    bounds('next_discounted_s_bounds', 'The same less the work in progress.', 'earliestDiscounted', 'latestDiscounted'),
    {
      name: `${prefix}seat_fair_frac`,
      help: 'The part of its target that a level has where no bound stands against it.',
      type: 'gauge',
      samples: () => [{ labels: {}, value: control.fairShare }],
    },
    histogram('demand_seats', 'Over time, seats that a level could use, as a part of those that it has.', (name) =>
      control.state().levels.flatMap((of) => of.demandRatio.samples(name, { priority_level: of.name }, now())),
    ),
    histogram('priority_level_seat_utilization', 'Over time, the part of its seats that a level uses.', (name) =>
      control.state().levels.flatMap((of) => of.seatRatio.samples(name, { ...executing, priority_level: of.name }, now())),
    ),
    histogram('priority_level_request_utilization', 'Over time, requests at work or waiting, as a part of what may be so.', (name) =>
      control
        .state()
        .levels.flatMap((of) => [
          ...of.executingRatio.samples(name, { ...executing, priority_level: of.name }, now()),
          ...of.waitingRatio.samples(name, { phase: 'waiting', priority_level: of.name }, now()),
        ]),
    ),
    histogram(
      'read_vs_write_current_requests',
      'Over time, reading and writing requests, as a part of what may be at work or wait.',
      (name) => control.inFlight.samples(name, now()),
    ),
    histogram('request_execution_seconds', 'How long requests were at work; a watch until it was set up.', (name) =>
      used().flatMap((stats) =>
        (['regular', 'watch'] as const).flatMap((type) => stats.execution[type].samplesIfAny(name, { ...labelsOf(stats), type })),
      ),
    ),
    histogram('request_queue_length_after_enqueue', 'Length of the queue that a request came into, itself included.', (name) =>
      queued().flatMap((stats) => stats.queueLength.samplesIfAny(name, labelsOf(stats))),
    ),
    histogram('request_wait_duration_seconds', 'How long requests waited in queues.', (name) =>
      queued().flatMap((stats) =>
        (['true', 'false'] as const).flatMap((execute) => stats.waited[execute].samplesIfAny(name, { ...labelsOf(stats), execute })),
      ),
    ),
    histogram('watch_count_samples', 'How many watched what was written.', (name) =>
      used().flatMap((stats) => stats.watchers.samplesIfAny(name, labelsOf(stats))),
    ),
    histogram('work_estimated_seats', 'Seats that requests were thought to take.', (name) =>
      used().flatMap((stats) => stats.seats.samplesIfAny(name, labelsOf(stats))),
    ),
  ];
}
