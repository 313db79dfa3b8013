import type { KubeObject } from '../../api/meta/object.ts';
import { ApiError, internalError, type StatusDetails, type StatusMetadata } from '../registry/errors.ts';
import {
  CompactedError,
  FutureRevisionError,
  UnreadableRangeError,
  UnreadableValueError,
  UnwritableValueError,
} from '../storage/errors.ts';
import type { ObjectAnswer, RawAnswer } from './answer.ts';
import type { ApiRequest } from './context.ts';

/** metav1.Status of a failure, its fields in the order in which the server writes them. */
export interface Status extends KubeObject {
  kind: 'Status';
  apiVersion: 'v1';
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

export function statusOf(error: ApiError): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.metadata ? orderedMetadata(error.metadata) : {},
    status: 'Failure',
    ...(error.message ? { message: error.message } : {}),
    ...(error.reason ? { reason: error.reason } : {}),
    ...(error.details ? { details: orderedDetails(error.details) } : {}),
    code: error.code,
  };
}

function orderedMetadata({ selfLink, resourceVersion, continue: token, remainingItemCount }: StatusMetadata): KubeObject['metadata'] {
  const metadata = {
    ...(selfLink ? { selfLink } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(token ? { continue: token } : {}),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
  return metadata as KubeObject['metadata'];
}

function orderedDetails(details: StatusDetails): StatusDetails {
  const { name, group, kind, uid, causes, retryAfterSeconds } = details;
  return {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    ...(uid ? { uid } : {}),
    ...(causes?.length ? { causes } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  };
}

/** The failure that clients are told of; undefined for a fault of the server itself. */
export function apiErrorOf(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof CompactedError) {
    return new ApiError(410, 'Expired', 'The resourceVersion for the provided list is too old.');
  }
  if (error instanceof FutureRevisionError) {
    return new ApiError(504, 'Timeout', `Timeout: Too large resource version, current: ${error.currentRevision}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    });
  }
  if (error instanceof UnreadableValueError || error instanceof UnreadableRangeError || error instanceof UnwritableValueError) {
    return internalError(error.message);
  }
  return undefined;
}

/** @param headers further headers; Retry-After comes from the error's details */
export function errorAnswer(error: ApiError, headers?: Readonly<Record<string, string>>): ObjectAnswer {
  const retryAfter = error.details?.retryAfterSeconds;
  return {
    type: 'object',
    status: error.code,
    definition: undefined,
    object: statusOf(error),
    headers: retryAfter ? { ...headers, 'retry-after': String(retryAfter) } : headers,
  };
}

/** 404 of a path below a known group version that names nothing. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 405 of a path that is there, for other methods. */
export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function plainText(status: number, body: string, headers?: Readonly<Record<string, string>>): RawAnswer {
  return {
    type: 'raw',
    status,
    contentType: 'text/plain; charset=utf-8',
    body,
    headers: { 'x-content-type-options': 'nosniff', ...headers },
  };
}

type AddressedRequest = Pick<ApiRequest, 'target' | 'path' | 'query'>;

/** 500 of a stage before the handlers. */
export function plainInternalError(request: AddressedRequest, message: string): RawAnswer {
  return plainText(500, `Internal Server Error: ${escaped(JSON.stringify(targetOf(request)))}: ${escaped(message)}\n`);
}

/** Path and query of a request, as the client wrote them. */
export function targetOf({ target, path, query }: AddressedRequest): string {
  if (target !== undefined) return target;
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

// As Go's server keeps markup out of plain answers.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** 404 of a path that belongs to no group. */
export function pageNotFound(): RawAnswer {
  return plainText(404, '404 page not found\n');
}
