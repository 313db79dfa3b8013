import type { KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Answer, ListAnswer, ObjectAnswer } from '../answer.ts';
import { apiErrorOf, statusOf } from '../errors.ts';
import { accessAttributes } from '../filters/authorization.ts';
import type { ServerContext } from '../request-context.ts';
import type { AuditStats } from './audit-stats.ts';
import { isStatus, responseStatusOf } from './event.ts';
import type { AuditPolicy } from './policy.ts';
import { AuditRecord, type AuditSink } from './record.ts';

export interface AuditorParts {
  readonly policy: AuditPolicy;
  readonly sink: AuditSink;
  readonly stats: AuditStats;
  readonly clock: Clock;
  readonly logger: Logger;
  /** An answer in the form that its request asked for, always as JSON. @throws ApiError where it has no such form */
  readonly json: (answer: ObjectAnswer | ListAnswer, context: ServerContext) => string;
}

/** Records requests as a policy says. */
export class Auditor {
  private readonly parts: AuditorParts;

  constructor(parts: AuditorParts) {
    this.parts = parts;
  }

  /** Begins a record; undefined where the policy wants none. */
  begin(context: ServerContext): AuditRecord | undefined {
    const ruling = this.parts.policy.rulingOn(accessAttributes(context.info, context.user));
    this.parts.stats.ruled(ruling?.level ?? 'None');
    return ruling && new AuditRecord(context, ruling, this.parts);
  }

  /** Notes what came of a request. @returns whether it ended as it should: with an answer, or a failure that the client is told of */
  noteOutcome(record: AuditRecord, context: ServerContext, answer: Answer | undefined, error: unknown): boolean {
    if (answer) this.noteAnswer(record, context, answer);
    else {
      const known = apiErrorOf(error);
      if (known) noteStatus(record, known.code, statusOf(known));
      else if (context.request.signal.aborted)
        record.noteResponse({ metadata: {}, status: 'Success', message: 'Connection closed early', code: 200 });
      else {
        const message = `APIServer panic'd: ${error instanceof Error ? error.message : String(error)}`;
        record.noteResponse({ metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 });
        return false;
      }
    }
    return true;
  }

  private noteAnswer(record: AuditRecord, context: ServerContext, answer: Answer): void {
    switch (answer.type) {
      case 'watch':
        return record.noteResponse(responseStatusOf(200, undefined));
      case 'upgrade':
        return record.noteResponse(responseStatusOf(101, undefined));
      case 'raw':
      case 'stream':
        return record.noteResponse(responseStatusOf(answer.status, undefined));
      default: {
        const { status, object } = answer.type === 'list' ? { status: 200, object: undefined } : answer;
        if (isStatus(object)) return noteStatus(record, status, object!);
        try {
          record.noteResponse(responseStatusOf(status, undefined), record.recordsResponses ? this.parts.json(answer, context) : undefined);
        } catch (error) {
          // The client is told the same when its answer is encoded.
          const known = apiErrorOf(error);
          if (!known) throw error;
          noteStatus(record, known.code, statusOf(known));
        }
      }
    }
  }
}

// A client that accepts nothing that is offered gets a Status that was never an answer in its form: the event has only the code.
function noteStatus(record: AuditRecord, code: number, status: KubeObject): void {
  if (code === 406) return record.noteResponse(responseStatusOf(code, undefined));
  record.noteResponse(responseStatusOf(code, status), record.recordsResponses ? JSON.stringify(status) : undefined);
}
