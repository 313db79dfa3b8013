import type { Timer } from '../../machinery/clock.ts';
import type { Answer } from '../answer.ts';
import type { FlowControl } from '../flow-control/flow-control.ts';
import type { FlowRequest } from '../flow-control/flow-request.ts';
import type { PriorityLevel } from '../flow-control/priority-level.ts';
import type { ServerContext } from '../request-context.ts';
import { type Next, type Stage, settled } from './stage.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** Without a deadline, a request waits for its turn so long at most; with one, a quarter of the time that it has. */
const defaultWaitMs = 15_000;
const mostWaitMs = 60_000;

/**
 * Names the flow in the answer, and lets requests through as their priority level has seats: at once, after a wait in a queue, or not at all. A watch has
 * its seats until it is set up; other long-running requests are not held back.
 */
export function fairness(control: FlowControl): Stage {
  return (context, next) => {
    const isWatch = context.info.verb === 'watch';
    if (context.longRunning && !isWatch) return next(context);
    const schema = control.classify(context);
    const { level } = schema;
    context.headers['x-kubernetes-pf-flowschema-uid'] = schema.uid;
    context.headers['x-kubernetes-pf-prioritylevel-uid'] = level.uid;
    const request = control.admit(context, schema);
    if (request.state === 'executing') {
      if (!level.exempt) request.stats.waited.true.observe(0);
      return run(control, request, level, context, next);
    }
    if (request.state === 'over') return tooManyRequests(level.retryAfter.seconds);
    return turn(control, request, level, context).then((came): Answer | Promise<Answer> =>
      came ? run(control, request, level, context, next) : tooManyRequests(level.retryAfter.seconds),
    );
  };
}

function run(
  control: FlowControl,
  request: FlowRequest,
  level: PriorityLevel,
  context: ServerContext,
  next: Next,
): Answer | Promise<Answer> {
  const answer = settled(next, context, () => control.finish(request, level));
  if (context.info.verb !== 'watch') return answer;
  return answer instanceof Promise
    ? answer.then((watch) => control.watches.counted(watch, context))
    : control.watches.counted(answer, context);
}

/** Resolves to whether the request's turn came before it had waited too long or its client went away. */
function turn(control: FlowControl, request: FlowRequest, level: PriorityLevel, context: ServerContext): Promise<boolean> {
  const { clock } = control;
  const { signal } = context.request;
  return new Promise((resolve) => {
    let timer: Timer | undefined;
    const over = (came: boolean) => {
      context.waitedFor += clock.monotonic() - request.arrivedAt;
      timer?.cancel();
      signal.removeEventListener('abort', left);
      resolve(came);
    };
    const giveUp = (reason: 'time-out' | 'cancelled') => {
      control.giveUp(request, level, reason);
      over(false);
    };
    const left = () => giveUp('cancelled');
    request.dispatched = () => {
      request.stats.waited.true.observe((clock.monotonic() - request.arrivedAt) / 1000);
      over(true);
    };
    const wait = Math.min(context.timeLimit === undefined ? defaultWaitMs : context.timeLimit / 4, mostWaitMs);
    timer = clock.timer(context.receivedAt + wait - clock.now(), () => giveUp('time-out'), { background: true });
    if (signal.aborted) left();
    else signal.addEventListener('abort', left, { once: true });
  });
}
