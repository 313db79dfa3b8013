import type { Random } from '../../machinery/random.ts';
import type { Stage } from './stage.ts';

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
