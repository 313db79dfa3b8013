import type { Schema } from '../../../openapi/schema.ts';
import type { Timer } from '../../machinery/clock.ts';
import { zeroOf } from '../../machinery/schema/zero.ts';
import { prepareWatch } from '../../registry/watch.ts';
import type { Answer, WatchAnswerSink } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { statusOf } from '../errors.ts';
import { readListRequest } from './list.ts';
import type { Scope } from './scope.ts';

const emptyObjects = new WeakMap<Schema, Readonly<Record<string, unknown>>>();

/** What upstream writes of an object of the kind that nothing was put in, without its type and metadata. */
function emptyObject({ definition, schema }: Scope): Readonly<Record<string, unknown>> {
  if (typeof definition.schema !== 'string' || schema.type !== 'object') return {};
  let empty = emptyObjects.get(schema);
  if (!empty) {
    const { kind: _kind, apiVersion: _apiVersion, metadata: _metadata, spec, ...rest } = zeroOf(schema);
    empty = { ...(spec !== undefined && { spec: { ...definition.emptySpec, ...(spec as object) } }), ...rest };
    emptyObjects.set(schema, empty);
  }
  return empty;
}

/** GET of a collection's changes. */
export async function watch(scope: Scope, context: RequestContext): Promise<Answer> {
  const { options, selection } = readListRequest(scope, context);
  const { clock, random, settings } = scope.store.parts;
  const { minRequestTimeoutSeconds = 1800 } = settings;
  // What cannot be loaded is told by the answer's status, not by an event.
  await scope.store.readyCache();
  const seconds = options.timeoutSeconds || minRequestTimeoutSeconds * (1 + random.next());
  const begin = prepareWatch(scope.store, selection, { ...options, endsInMs: seconds * 1000, emptyObject: emptyObject(scope) });
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
          ...(context.stateTold ? { stateTold: context.stateTold } : {}),
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
