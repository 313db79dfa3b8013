import { ApiError } from '../../registry/errors.ts';

/** A call that failed: the webhook's failure policy decides whether that matters. */
export class CallFailure extends Error {
  /** What the webhook answered, or 503. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** A webhook has said no. */
export class Refusal extends ApiError {}
