/** What a client's rejection carries; the runtime does not depend on the registry's class, only on its shape. */
interface Failure {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string }[]; readonly retryAfterSeconds?: number };
}

function reasonIs(error: unknown, reason: string): boolean {
  return (error as Failure | undefined)?.reason === reason;
}

export function isNotFound(error: unknown): boolean {
  return reasonIs(error, 'NotFound');
}
export function isAlreadyExists(error: unknown): boolean {
  return reasonIs(error, 'AlreadyExists');
}
export function isConflict(error: unknown): boolean {
  return reasonIs(error, 'Conflict');
}
export function isForbidden(error: unknown): boolean {
  return reasonIs(error, 'Forbidden');
}
export function isInvalid(error: unknown): boolean {
  return reasonIs(error, 'Invalid');
}
export function isMethodNotAllowed(error: unknown): boolean {
  return reasonIs(error, 'MethodNotAllowed');
}
/** A list or watch of a revision that the server no longer has. */
export function isExpired(error: unknown): boolean {
  return (error as Failure | undefined)?.code === 410;
}
/** Nothing can be created in a namespace that is being deleted. */
export function isNamespaceTerminating(error: unknown): boolean {
  return isForbidden(error) && ((error as Failure).details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs `action`; resolves to undefined where the object is gone. @throws every other error */
export async function unlessNotFound<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether an object could not be written because it is larger than etcd takes: that stays so until it is another. */
export function isTooLarge(error: unknown): boolean {
  const { code, message = '' } = error as { code?: unknown; message?: string };
  return code === 500 && /request is too large|message larger than max/.test(message);
}
