import { textOf } from '../images/files.ts';

/** So many bytes of a container's output are kept: the newest. */
const keptAtMost = 1024 * 1024;

export interface LogLine {
  /** Bytes, a character each, with the end of the line where there is one. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** What a container has printed, line by line. */
export class Log {
  private readonly lines: LogLine[] = [];
  private size = 0;
  private partial: LogLine | undefined;
  private readonly readers = new Set<LogReader>();
  private over = false;

  /** @param text bytes, a character each @param time milliseconds since the epoch */
  append(text: string, time: number): void {
    let rest = (this.partial?.text ?? '') + text;
    let since = this.partial?.time ?? time;
    this.partial = undefined;
    for (let end = rest.indexOf('\n') + 1; end > 0; end = rest.indexOf('\n') + 1) {
      const line = { text: rest.slice(0, end), time: since };
      this.lines.push(line);
      this.size += end;
      rest = rest.slice(end);
      since = time;
    }
    if (rest !== '') this.partial = { text: rest, time: since };
    while (this.size > keptAtMost) this.size -= this.lines.shift()!.text.length;
    for (const reader of this.readers) reader.printed(text, time);
  }

  /** The container has ended: nothing will follow. */
  end(): void {
    this.over = true;
    for (const reader of this.readers) reader.ended();
    this.readers.clear();
  }

  /** The end of the output, of at most so many lines and characters. */
  tail(lines: number, characters: number): string {
    const all = this.all().map(({ text }) => text);
    return textOf(all.slice(-lines).join('')).slice(-characters);
  }

  /** The last of all lines, or all; what has no end yet counts as one. */
  all(last = Number.POSITIVE_INFINITY): LogLine[] {
    const all = this.partial ? [...this.lines, this.partial] : this.lines;
    return last >= all.length ? [...all] : all.slice(all.length - last);
  }

  /** Tells what is printed from now on, and the end; at once where that was. @returns what ends it */
  follow(reader: LogReader): () => void {
    if (this.over) reader.ended();
    else this.readers.add(reader);
    return () => this.readers.delete(reader);
  }
}

export interface LogReader {
  /** @param text bytes, a character each, not always a whole line */
  printed(text: string, time: number): void;
  ended(): void;
}
