import type { Random } from '../../machinery/random.ts';
import type { Auditor } from '../audit/auditor.ts';
import { type Stage, settled } from './stage.ts';

const longest = 64;
/** What can be sent back in a header. */
const printable = /^[\x20-\x7e]+$/;

/** Gives the request its id: the caller's Audit-ID, or a new one. The answer carries it. */
export function audit(random: Random): Stage {
  return (context, next) => {
    const given = context.request.headers['audit-id'];
    context.auditId = given && printable.test(given) ? given.slice(0, longest) : random.uuid();
    context.headers['audit-id'] = context.auditId;
    return next(context);
  };
}

/** Records the requests of users that are known: when they come, and when they are answered (of those that stay open: when that begins, and when it ends). */
export function auditEvents(auditor: Auditor): Stage {
  return (context, next) => {
    const record = auditor.begin(context);
    if (!record) return next(context);
    context.audit = record;
    record.write('RequestReceived');
    return settled(next, context, (answer, error) => {
      if (!auditor.noteOutcome(record, context, answer, error)) return record.write('Panic');
      if (!context.longRunning) return record.write('ResponseComplete');
      record.write('ResponseStarted');
      const complete = () => record.write('ResponseComplete');
      const { signal } = context.request;
      if (!answer || signal.aborted) complete();
      else signal.addEventListener('abort', complete, { once: true });
    });
  };
}

/** Records the requests of those whom authentication does not let in. */
export function auditFailedAuthentication(auditor: Auditor): Stage {
  return (context, next) =>
    settled(next, context, (answer, error) => {
      if (answer || context.audit || context.user.username !== '') return;
      const record = auditor.begin(context);
      if (!record) return;
      auditor.noteOutcome(record, context, answer, error);
      record.write('ResponseStarted');
    });
}
