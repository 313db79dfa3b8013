import type { Clock } from '../machinery/clock.ts';

const mostAnswers = 8_192;

/** What another process answered, for a while; those who ask the same at once wait for one answer. Failures are not kept. */
export class AnswerCache<T> {
  private readonly clock: Clock;
  /** Milliseconds for which an answer is good. */
  private readonly ttl: (answer: T) => number;
  private readonly answers = new Map<string, { readonly answer: Promise<T>; until: number }>();

  constructor(clock: Clock, ttl: (answer: T) => number) {
    this.clock = clock;
    this.ttl = ttl;
  }

  get(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.answers.get(question);
    if (known && known.until > this.clock.monotonic()) return known.answer;
    const entry = { answer: ask(), until: Number.POSITIVE_INFINITY };
    this.answers.delete(question);
    this.answers.set(question, entry);
    if (this.answers.size > mostAnswers) this.answers.delete(this.answers.keys().next().value!);
    entry.answer.then(
      (answer) => {
        entry.until = this.clock.monotonic() + this.ttl(answer);
      },
      () => {
        if (this.answers.get(question) === entry) this.answers.delete(question);
      },
    );
    return entry.answer;
  }
}
