import { ApiError } from '../registry/errors.ts';

const reasons: Readonly<Record<number, string>> = { 404: 'NotFound', 429: 'TooManyRequests' };

/** The error of an answer that is no Status. @param retryAfter the Retry-After header, in seconds */
export function plainError(status: number, text: string, retryAfter: string | undefined): ApiError {
  const retryAfterSeconds = Number(retryAfter);
  return new ApiError(status, reasons[status] ?? '', text.trim(), retryAfterSeconds > 0 ? { retryAfterSeconds } : undefined);
}
