import type { ResourceDefinition } from '../../api/define.ts';
import { CompactedError, FutureRevisionError, RevisionTooLargeError, StorageClosedError } from '../storage/errors.ts';
import { ApiError, expired, serviceUnavailable, tooManyRequests } from './errors.ts';

/** 504 with the cause that clients recognize as "this version is not here yet". @param retryAfterSeconds 0 for none */
export function tooLargeResourceVersion(requested: number, current: number, retryAfterSeconds: number): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${requested}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });
}

/** What a client hears of a failed read of storage or watch cache; errors that are none of theirs come back as they are. */
export function readError(error: unknown, requestedRevision: number): unknown {
  if (error instanceof CompactedError) return expired('The resourceVersion for the provided list is too old.');
  if (error instanceof FutureRevisionError) return tooLargeResourceVersion(requestedRevision, error.currentRevision, 0);
  if (error instanceof RevisionTooLargeError) return tooLargeResourceVersion(error.requested, error.current, 1);
  if (error instanceof StorageClosedError) return serviceUnavailable('the server is shutting down');
  return error;
}

/** 429 while a watch cache cannot be loaded, which names upstream's own type of the objects. */
export function stillLoading({ group, kind, schema }: ResourceDefinition, cause: Error): ApiError {
  const type = typeof schema === 'string' ? `${group === '' ? 'core' : group.split('.')[0]}.${kind}` : 'unstructured.Unstructured';
  return tooManyRequests(`storage is (re)initializing: failed to list *${type}: ${cause.message}`, 1);
}
