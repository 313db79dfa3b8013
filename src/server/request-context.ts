import type { UserInfo } from '../auth/types.ts';
import type { Histogram } from '../machinery/histogram.ts';
import type { AuditRecord } from './audit/record.ts';
import type { ApiRequest, RequestContext, RequestInfo } from './context.ts';
import type { Connection } from './http/connection.ts';
import type { Negotiated } from './negotiation/accept.ts';

/** The user before authentication has run. */
const nobody: UserInfo = Object.freeze({ username: '', groups: Object.freeze([]) as readonly string[] });

/**
 * What the stages of the chain know of a request. Its signal is made only when someone asks for it: most requests are
 * answered before anyone does.
 */
export class ServerContext implements RequestContext {
  readonly request: ApiRequest;
  readonly receivedAt: number;
  auditId = '';
  audit: AuditRecord | undefined;
  info!: RequestInfo;
  user: UserInfo = nobody;
  /** The user that made the request while another is impersonated. */
  requester: UserInfo | undefined;
  /** The constrained right by which another is impersonated, such as `impersonate:user-info`; absent where it is the older one. */
  impersonationConstraint: string | undefined;
  readonly warnings: string[] = [];
  /** Headers that stages add to the answer, lower-case names. */
  readonly headers: Record<string, string> = {};
  /** The network connection; absent for in-process clients. */
  readonly connection: Connection | undefined;
  /** Watches, logs, streams: without a deadline, not counted as in flight. */
  longRunning = false;
  /** Milliseconds from its coming within which the request must be answered; absent where nothing limits it. */
  timeLimit: number | undefined;
  waitedFor = 0;
  bodySizes: Histogram | undefined;
  stateTold: (() => void) | undefined;
  /** Where the size of the answer is noted, in bytes; absent where nobody asks. */
  answerSizes: Histogram | undefined;
  /** What the answer will be encoded as; absent while nothing was negotiated. */
  negotiated: Negotiated | undefined;
  private controller: AbortController | undefined;
  private abortReason: unknown;
  private given: AbortSignal | undefined;

  constructor(request: ApiRequest, receivedAt: number, connection?: Connection) {
    this.request = request;
    this.receivedAt = receivedAt;
    this.connection = connection;
  }

  get signal(): AbortSignal {
    if (this.given) return this.given;
    if (!this.controller) {
      const controller = new AbortController();
      this.controller = controller;
      const gone = this.request.signal;
      if (this.abortReason !== undefined) controller.abort(this.abortReason);
      else if (gone.aborted) controller.abort(gone.reason);
      else gone.addEventListener('abort', () => controller.abort(gone.reason), { once: true });
    }
    return this.controller.signal;
  }

  set signal(signal: AbortSignal) {
    this.given = signal;
  }

  /** Ends the request's work, as its deadline does. */
  abort(reason: Error): void {
    this.abortReason ??= reason;
    this.controller?.abort(reason);
  }
}
