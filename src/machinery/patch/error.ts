/** Why a patch was refused, in kube-apiserver's words; the caller turns it into an ApiError of the same code, reason and causes. */
export class PatchError extends Error {
  readonly code: number;
  /** Empty where upstream's Status has none (plain errors of its patch code, code 500). */
  readonly reason: string;
  readonly causes: readonly PatchErrorCause[] | undefined;
  /** What the JSON patch library says, which clients that patch are not told, but those whose request a webhook's patch breaks. */
  readonly detail: string | undefined;
  constructor(code: number, reason: string, message: string, causes?: readonly PatchErrorCause[], detail?: string) {
    super(message);
    this.name = 'PatchError';
    this.code = code;
    this.reason = reason;
    this.causes = causes;
    this.detail = detail;
  }
}

export interface PatchErrorCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export function badPatch(message: string): PatchError {
  return new PatchError(400, 'BadRequest', message);
}

/** An error without a reason of its own, which upstream answers as a bare 500. */
export function plainError(message: string): PatchError {
  return new PatchError(500, '', message);
}
