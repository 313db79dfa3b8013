import type { Timer } from '../../machinery/clock.ts';
import { prepareWatch } from '../../registry/watch.ts';
import type { Answer, WatchAnswerSink } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { statusOf } from '../errors.ts';
import { readListRequest } from './list.ts';
import type { Scope } from './scope.ts';

// A watch without a timeout of its own ends after 30 to 60 minutes, so that watches spread over time.
const leastTimeoutSeconds = 1800;

/** GET of a collection's changes. */
export async function watch(scope: Scope, context: RequestContext): Promise<Answer> {
  const { options, selection } = readListRequest(scope, context);
  const { clock, random } = scope.store.parts;
  // What cannot be loaded is told by the answer's status, not by an event.
  await scope.store.readyCache();
  const begin = prepareWatch(scope.store, selection, options);
  const seconds = options.timeoutSeconds || leastTimeoutSeconds * (1 + random.next());
  return {
    type: 'watch',
    definition: scope.definition,
    start(sink: WatchAnswerSink) {
      let over = false;
      let timer: Timer | undefined;
      let stop: (() => void) | undefined;
      const finish = () => {
        if (over) return;
        over = true;
        timer?.cancel();
        stop?.();
        sink.end();
      };
      if (seconds > 0) {
        stop = begin({
          // The time that the cache takes to become as fresh as asked does not count.
          started() {
            if (!over) timer = clock.timer(seconds * 1000, finish, { background: true });
          },
          events(events) {
            const taken = sink.events(events);
            if (taken === false) queueMicrotask(finish);
            return typeof taken === 'object' ? taken : undefined;
          },
          ended(error) {
            if (error) void sink.events([{ type: 'ERROR', object: statusOf(error) }]);
            finish();
          },
        });
      }
      if (seconds < 0) timer = clock.timer(0, finish, { background: true });
      return () => {
        over = true;
        timer?.cancel();
        stop?.();
      };
    },
  };
}
