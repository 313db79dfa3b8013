import { parseGoDuration } from '../../../api/meta/duration.ts';
import type { Clock } from '../../machinery/clock.ts';
import { ApiError, badRequest } from '../../registry/errors.ts';
import type { Answer } from '../answer.ts';
import type { RequestInfo } from '../context.ts';
import type { Stage } from './stage.ts';

const longRunningSubresources = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/** Watches and streams live as long as their client wants. */
export function isLongRunning(info: RequestInfo): boolean {
  if (!info.isResourceRequest) return info.path.startsWith('/debug/pprof/');
  return info.verb === 'watch' || info.verb === 'proxy' || (info.subresource !== '' && longRunningSubresources.has(info.subresource));
}

/** For callers inside the process, who bring a signal of their own: says only which requests stay open. */
export const longRunning: Stage = (context, next) => {
  context.longRunning = isLongRunning(context.info);
  return next(context);
};

/**
 * Limits how long a request may take: the `timeout` parameter, at most and by default `limitMs`. When it is over, the client gets a 504 and the
 * request's signal is aborted.
 */
export function deadline(clock: Clock, limitMs = 60_000): Stage {
  return (context, next) => {
    context.longRunning = isLongRunning(context.info);
    if (context.longRunning) return next(context);
    const asked = context.request.query.get('timeout');
    let ms = limitMs;
    if (asked) {
      const wanted = readTimeout(asked);
      if (wanted > 0 && wanted < limitMs) ms = wanted;
    }
    context.timeLimit = ms;
    const result = next(context);
    if (!(result instanceof Promise)) return result;
    return new Promise<Answer>((resolve, reject) => {
      const timer = clock.timer(
        ms,
        () => {
          const error = new ApiError(
            504,
            'Timeout',
            'Timeout: request did not complete within requested timeout - context deadline exceeded',
            {},
          );
          context.abort(error);
          reject(error);
        },
        { background: true },
      );
      result.then(
        (value) => {
          timer.cancel();
          resolve(value);
        },
        (error) => {
          timer.cancel();
          reject(error);
        },
      );
    });
  };
}

function readTimeout(text: string): number {
  try {
    return parseGoDuration(text);
  } catch (error) {
    throw badRequest(`invalid timeout specified in the request URL - ${(error as Error).message}`);
  }
}
