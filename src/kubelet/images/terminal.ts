import type { Input } from './input.ts';

const enter = /[\r\n]/;
const interrupt = '\x03';
const endOfInput = '\x04';
const erase = /[\x7f\b]/;

/** A terminal between the one who types and a program: it shows what is typed, gives it to the program line by line, and knows Ctrl-C and Ctrl-D. */
export class Terminal {
  private readonly input: Input;
  private readonly show: (text: string, time: number) => void;
  private line = '';

  /** @param show what is seen on it: bytes, a character each */
  constructor(input: Input, show: (text: string, time: number) => void) {
    this.input = input;
    this.show = show;
  }

  /** What the program prints. */
  print(text: string, time: number): void {
    this.show(text.replace(/\r?\n/g, '\r\n'), time);
  }

  /** What is typed. @returns whether the program is to be interrupted */
  type(keys: string, now: number): boolean {
    let interrupted = false;
    for (const key of keys) {
      if (key === interrupt) {
        this.line = '';
        this.show('^C', now);
        interrupted = true;
      } else if (key === endOfInput) {
        if (this.line === '') this.input.end(now);
        else this.send(this.line, now);
      } else if (enter.test(key)) {
        this.show('\r\n', now);
        this.send(`${this.line}\n`, now);
      } else if (erase.test(key)) {
        if (this.line !== '') this.show('\b \b', now);
        this.line = this.line.slice(0, -1);
      } else {
        this.line += key;
        this.show(key, now);
      }
    }
    return interrupted;
  }

  private send(text: string, now: number): void {
    this.line = '';
    this.input.write(text, now);
  }
}
