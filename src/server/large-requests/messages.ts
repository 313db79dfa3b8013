import type { UserInfo } from '../../auth/types.ts';

/** A request as it is handed to another thread, after authentication and authorization, with its whole body. */
export interface LargeRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly user: UserInfo;
  readonly auditId: string;
}

/** What it came to, encoded as the client wants it. */
export interface LargeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly warnings: readonly string[];
}

/** Answers large requests elsewhere. */
export interface LargeRequestServer {
  /** @throws ApiError 500 where the other thread ended meanwhile; the signal's reason once that is aborted */
  answer(request: LargeRequest, signal: AbortSignal): Promise<LargeAnswer>;
}

/** To the thread that answers. */
export type ToServer =
  | { readonly type: 'request'; readonly id: number; readonly request: LargeRequest }
  | { readonly type: 'abort'; readonly id: number };

/** From it. */
export type FromServer = { readonly type: 'answer'; readonly id: number; readonly answer: LargeAnswer };
