import type { Pause } from './process.ts';

/** What stands on a program's standard input, and what is still to come: its reader waits for that. */
export class Input {
  private text: string;
  private closed: boolean;
  private more: ((now: number) => void) | undefined;

  private constructor(text: string, closed: boolean) {
    this.text = text;
    this.closed = closed;
  }

  /** All that there will ever be. */
  static of(text: string): Input {
    return new Input(text, true);
  }

  /** Nothing yet: somebody writes it. */
  static open(): Input {
    return new Input('', false);
  }

  /** @param now milliseconds since the epoch, at which the reader goes on */
  write(text: string, now: number): void {
    if (this.closed) return;
    this.text += text;
    this.wake(now);
  }

  end(now: number): void {
    this.closed = true;
    this.wake(now);
  }

  /** Everything up to the end. */
  *all(): Generator<Pause, string, void> {
    while (!this.closed) yield { input: this };
    return this.take();
  }

  /** What is there, once there is something; undefined at the end. */
  *some(): Generator<Pause, string | undefined, void> {
    while (this.text === '' && !this.closed) yield { input: this };
    return this.text === '' ? undefined : this.take();
  }

  /** The next line with its end, or what stands before the end; undefined at the end. */
  *line(): Generator<Pause, string | undefined, void> {
    while (!this.text.includes('\n') && !this.closed) yield { input: this };
    if (this.text === '') return undefined;
    const end = this.text.indexOf('\n') + 1 || this.text.length;
    const line = this.text.slice(0, end);
    this.text = this.text.slice(end);
    return line;
  }

  /** Calls back once when there is more, or the end has come. */
  whenMore(callback: (now: number) => void): void {
    this.more = callback;
  }

  private take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }

  private wake(now: number): void {
    const { more } = this;
    this.more = undefined;
    more?.(now);
  }
}
