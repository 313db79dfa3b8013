import type { Answer } from '../answer.ts';
import type { ServerContext } from '../request-context.ts';

/** The rest of the chain. Answers at once where nothing has to be waited for, which saves a turn of the event loop's queue. */
export type Next = (context: ServerContext) => Answer | Promise<Answer>;

/** One step of a request's way: answers or fails by itself, or hands over to `next`. */
export type Stage = (context: ServerContext, next: Next) => Answer | Promise<Answer>;

/** Puts stages, in execution order, in front of `last`. */
export function compose(stages: readonly Stage[], last: Next): Next {
  return stages.reduceRight<Next>((next, stage) => (context) => stage(context, next), last);
}

/** Goes on with the chain and runs `done` when the answer is there or has failed, at once or later. */
export function settled(
  next: Next,
  context: ServerContext,
  done: (answer: Answer | undefined, error: unknown) => void,
): Answer | Promise<Answer> {
  const answered = (answer: Answer): Answer => {
    done(answer, undefined);
    return answer;
  };
  const failed = (error: unknown): never => {
    done(undefined, error);
    throw error;
  };
  let answer: Answer | Promise<Answer>;
  try {
    answer = next(context);
  } catch (error) {
    return failed(error);
  }
  return answer instanceof Promise ? answer.then(answered, failed) : answered(answer);
}
