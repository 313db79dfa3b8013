import type { Clock } from '../machinery/clock.ts';
import { ApiError } from '../registry/errors.ts';

/** As many as kube-apiserver lets one HTTP/2 connection have: more than a priority level's seats and queues hold would only be turned away. */
export const requestsAtOneTime = 100;
/** As client-go: a request is sent so many times more at most. */
const mostRetries = 10;

/**
 * Sends a request again when the server asked for it: what was answered with 429 or a server's failure, and Retry-After, comes again after so many seconds.
 * @param signal ends the wait @throws what else the attempt throws
 */
export async function withRetries<T>(clock: Clock, attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt();
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds === undefined || retries === mostRetries) throw error;
      await clock.sleep(seconds * 1000, signal);
    }
  }
}

/** Seconds after which the server wants to see the request again; undefined if it does not. */
function retryAfter(error: unknown): number | undefined {
  if (!(error instanceof ApiError) || (error.code !== 429 && error.code < 500)) return undefined;
  return error.details?.retryAfterSeconds;
}
