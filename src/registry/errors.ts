import type { FieldError } from '../../api/meta/field.ts';
import { errorsText } from '../../api/meta/field.ts';
import { goQuote } from '../../api/meta/go-quote.ts';

/** A failure with Kubernetes' code, reason, message and details. `src/server` turns it into a Status; clients get it back as such. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** Of the Status: with which token an expired list may go on, and what a webhook says there. */
  readonly metadata: StatusMetadata | undefined;
  constructor(code: number, reason: string, message: string, details?: StatusDetails, metadata?: StatusMetadata) {
    // What a client is told needs no stack, which would be most of the cost of an answer like this.
    const { stackTraceLimit } = Error;
    if (code < 500) Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.metadata = metadata;
  }
}

/** ListMeta. */
export interface StatusMetadata {
  readonly selfLink?: string;
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** A resource as messages name it. */
export interface ResourceName {
  readonly group: string;
  readonly resource: string;
}

/** `deployments.apps`, `pods`. */
export function qualifiedResource({ group, resource }: ResourceName): string {
  return group === '' ? resource : `${resource}.${group}`;
}

// Details carry the group only if there is one, as Go's omitempty does.
function details(kind: ResourceName, name?: string): StatusDetails {
  return { ...(name ? { name } : {}), ...(kind.group ? { group: kind.group } : {}), ...(kind.resource ? { kind: kind.resource } : {}) };
}

export function notFound(resource: ResourceName, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualifiedResource(resource)} ${goQuote(name)} not found`, details(resource, name));
}
export function alreadyExists(resource: ResourceName, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${qualifiedResource(resource)} ${goQuote(name)} already exists`, details(resource, name));
}
export function conflict(resource: ResourceName, name: string, message: string): ApiError {
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedResource(resource)} ${goQuote(name)}: ${message}`,
    details(resource, name),
  );
}
export function forbidden(resource: ResourceName, name: string, message: string): ApiError {
  const what = resource.resource === '' ? '' : `${qualifiedResource(resource)}${name ? ` ${goQuote(name)}` : ''} is `;
  return new ApiError(403, 'Forbidden', `${what}forbidden: ${message}`, details(resource, name));
}
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}
export function unauthorized(message = 'Unauthorized'): ApiError {
  return new ApiError(401, 'Unauthorized', message);
}
export function methodNotSupported(resource: ResourceName, action: string): ApiError {
  return new ApiError(
    405,
    'MethodNotAllowed',
    `${action} is not supported on resources of kind "${qualifiedResource(resource)}"`,
    details(resource),
  );
}
export function gone(message: string): ApiError {
  return new ApiError(410, 'Gone', message);
}
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}
export function internalError(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}
export function serviceUnavailable(message: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', message);
}
export function tooManyRequests(message: string, retryAfterSeconds: number): ApiError {
  return new ApiError(429, 'TooManyRequests', message, retryAfterSeconds > 0 ? { retryAfterSeconds } : undefined);
}
export function timeout(message: string, retryAfterSeconds = 0): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds > 0 ? { retryAfterSeconds } : {});
}
export function unsupportedMediaType(message: string): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', message);
}
export function notAcceptable(message: string): ApiError {
  return new ApiError(406, 'NotAcceptable', message);
}
export function requestEntityTooLarge(message: string): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

/** 422 of a failed validation. @param kind group and kind (not the resource's plural), as upstream prints them */
export function invalid(kind: { group: string; kind: string }, name: string, errors: readonly FieldError[]): ApiError {
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new ApiError(422, 'Invalid', `${qualified} ${goQuote(name)} is invalid: ${errorsText(errors)}`, {
    ...(name ? { name } : {}),
    ...(kind.group ? { group: kind.group } : {}),
    ...(kind.kind ? { kind: kind.kind } : {}),
    causes: errors.map((e) => ({ reason: e.type, message: e.message, field: e.field })),
  });
}

/** For whoever asks for what need not be there. @throws any other error */
export function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof ApiError && error.code === 404) return undefined;
  throw error;
}
