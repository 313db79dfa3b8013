import type { FlowControl } from './flow-control.ts';
import type { FlowRequest } from './flow-request.ts';
import type { PriorityLevel } from './priority-level.ts';

/** The paths below /debug/api_priority_and_fairness/, and what each shows as a table in text. */
export const dumps: Readonly<Record<string, (control: FlowControl, query: URLSearchParams) => string>> = {
  dump_priority_levels: (control) =>
    table([
      [
        'PriorityLevelName',
        'ActiveQueues',
        'IsIdle',
        'IsQuiescing',
        'WaitingRequests',
        'ExecutingRequests',
        'DispatchedRequests',
        'RejectedRequests',
        'TimedoutRequests',
        'CancelledRequests',
      ],
      ...control
        .state()
        .levels.map(({ name, quiescing, set }) => [
          name,
          set.queues.filter(({ waiting }) => waiting.size > 0).length,
          set.idle,
          quiescing,
          set.waitingCount,
          set.executingCount,
          set.dispatchedCount,
          set.rejectedCount,
          0,
          set.cancelledCount,
        ]),
    ]),
  dump_queues: (control) =>
    table([
      [
        'PriorityLevelName',
        'Index',
        'PendingRequests',
        'ExecutingRequests',
        'SeatsInUse',
        'NextDispatchR',
        'InitialSeatsSum',
        'MaxSeatsSum',
        'TotalWorkSum',
      ],
      ...control
        .state()
        .levels.flatMap(({ name, set }) =>
          set.queues.map((queue, index) => [
            name,
            index,
            queue.waiting.size,
            queue.executing.size,
            queue.seatsInUse,
            seatSeconds(queue.nextDispatchR),
            queue.waitingInitialSeats,
            queue.waitingSeats,
            seatSeconds(queue.waitingWork),
          ]),
        ),
    ]),
  dump_requests(control, query) {
    const details = (query.get('includeRequestDetails') ?? '') !== '';
    return table([
      [
        'PriorityLevelName',
        'FlowSchemaName',
        'QueueIndex',
        'RequestIndexInQueue',
        'FlowDistingsher',
        'ArriveTime',
        'InitialSeats',
        'FinalSeats',
        'AdditionalLatency',
        'StartTime',
        ...(details ? ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource'] : []),
      ],
      ...control.state().levels.flatMap((level) => [...requestsOf(level)].map((row) => requestRow(control, level, row, details))),
    ]);
  },
};

interface Placed {
  readonly request: FlowRequest;
  readonly queue: number;
  readonly place: number;
}

function* requestsOf({ set }: PriorityLevel): Iterable<Placed> {
  for (const [queue, { waiting, executing }] of set.queues.entries()) {
    let place = 0;
    for (const request of waiting) yield { request, queue, place: place++ };
    for (const request of executing) yield { request, queue, place: -1 };
  }
  for (const request of set.queueless) yield { request, queue: -1, place: -1 };
}

function requestRow({ clock }: FlowControl, level: PriorityLevel, { request, queue, place }: Placed, details: boolean): unknown[] {
  const { stats, distinguisher, work, info, user } = request;
  const time = (monotonic: number) => new Date(clock.now() - (clock.monotonic() - monotonic)).toISOString();
  return [
    level.name,
    stats.flowSchema,
    queue,
    place,
    distinguisher,
    time(request.arrivedAt),
    work.initialSeats,
    work.finalSeats,
    work.additionalLatencyMs === 0 ? '0s' : `${work.additionalLatencyMs}ms`,
    request.state === 'executing' ? time(request.startedAt) : '0001-01-01T00:00:00Z',
    ...(details
      ? [
          user.username,
          info.verb,
          info.path,
          info.namespace,
          info.name,
          info.group === '' ? info.version : `${info.group}/${info.version}`,
          info.resource,
          info.subresource,
        ]
      : []),
  ];
}

const seatSeconds = (value: number) => `${value.toFixed(8)}ss`;

/** Columns of equal width, as Go's tabwriter lays them out: at least eight wide, with a space between them; the last one is not filled up. */
function table(rows: readonly (readonly unknown[])[]): string {
  const texts = rows.map((row) => row.map((cell, i) => (i < row.length - 1 ? `${cell},` : String(cell))));
  const widths = texts[0]!.map((_, i) => Math.max(8, ...texts.map((row) => row[i]!.length + 1)));
  return texts.map((row) => `${row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i]!) : cell)).join('')}\n`).join('');
}
