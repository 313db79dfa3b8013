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

/** Runs `done` when the answer is there or has failed. */
export function settled(answer: Answer | Promise<Answer>, done: (answer: Answer | undefined) => void): Answer | Promise<Answer> {
  if (!(answer instanceof Promise)) {
    done(answer);
    return answer;
  }
  return answer.then(
    (value) => {
      done(value);
      return value;
    },
    (error) => {
      done(undefined);
      throw error;
    },
  );
}
