import type { KubeObject } from '../../api/meta/object.ts';
import { toldBy, unexplainedAnswer } from '../machinery/unexplained-answer.ts';
import { ApiError } from '../registry/errors.ts';

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The error that a Status tells of. @param code of the answer that it came with */
export function errorOfStatus(status: KubeObject, code: number): ApiError {
  return new ApiError(status['code'] ?? code, status['reason'] ?? '', status['message'] ?? '', status['details']);
}

/** The error of an answer whose text is a Status; undefined for any other. */
export function statusError(code: number, text: string): ApiError | undefined {
  let status: KubeObject | null;
  try {
    status = JSON.parse(text);
  } catch {
    return undefined;
  }
  return status?.kind === 'Status' ? errorOfStatus(status, code) : undefined;
}

/** The cause that the error of an answer without a Status has. */
const unexpectedAnswer = 'UnexpectedServerResponse';

/** The error of an answer that is no Status, in client-go's words. @param retryAfter the Retry-After header, in seconds */
export function plainError(status: number, contentType: string, text: string, retryAfter: string | undefined): ApiError {
  const told = toldBy(contentType, text);
  const retryAfterSeconds = Number(retryAfter);
  return new ApiError(status, reasons[status] ?? (status >= 500 ? 'InternalError' : ''), unexplainedAnswer(status, told), {
    causes: [{ reason: unexpectedAnswer, message: told }],
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });
}

/**
 * The message of a failed read as client-go's typed clients have it: where the server did not explain itself, they add what was asked for.
 * @param resource with its group, as `pods.metrics.k8s.io` @param name absent for a list
 */
export function readFailure(error: unknown, resource: string, name?: string): string {
  const { message, details } = error as ApiError;
  const unexplained = error instanceof ApiError && details?.causes?.some(({ reason }) => reason === unexpectedAnswer);
  return unexplained ? `${message} (get ${name === undefined ? resource : `${resource} ${name}`})` : String(message);
}
