import type { Logger } from '../../machinery/logger.ts';
import { internalError } from '../../registry/errors.ts';
import type { Answer } from '../answer.ts';
import { apiErrorOf, errorAnswer, plainText } from '../errors.ts';
import type { ServerContext } from '../request-context.ts';
import type { Stage } from './stage.ts';

/** Outermost: a failure of a later stage becomes its Status, a fault of the server a 500 that tells nothing of its insides. */
export function panicGuard(logger: Logger): Stage {
  const answerFor = (context: ServerContext, error: unknown): Answer => {
    const known = apiErrorOf(error);
    if (known) return errorAnswer(known);
    if (context.request.signal.aborted) return plainText(499, 'client closed request\n');
    logger.error(
      { err: error, method: context.request.method, path: context.request.path, auditId: context.auditId },
      'request handler failed',
    );
    return plainText(500, 'This request caused apiserver to panic. Look in the logs for details.\n');
  };
  return (context, next) => {
    try {
      const answer = next(context);
      return answer instanceof Promise ? answer.catch((error) => answerFor(context, error)) : answer;
    } catch (error) {
      return answerFor(context, error);
    }
  };
}

/** The same for callers inside the process: they get the failure itself, as an ApiError. */
export function translateErrors(logger: Logger): Stage {
  const translate = (error: unknown): never => {
    const known = apiErrorOf(error);
    if (!known) logger.error({ err: error }, 'request handler failed');
    throw known ?? internalError(error instanceof Error ? error.message : String(error));
  };
  return (context, next) => {
    try {
      const answer = next(context);
      return answer instanceof Promise ? answer.catch(translate) : answer;
    } catch (error) {
      return translate(error);
    }
  };
}
