import type { RawAnswer } from '../answer.ts';
import { plainText } from '../errors.ts';

/** 429 to a request for which there is no room now. */
export function tooManyRequests(retryAfterSeconds: number): RawAnswer {
  return plainText(429, 'Too many requests, please try again later.\n', { 'retry-after': String(retryAfterSeconds) });
}
