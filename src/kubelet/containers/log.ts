/** So many characters of a container's output are kept: the newest. */
const keptAtMost = 65_536;

/** What a container has printed, line by line. */
export class Log {
  private readonly lines: { readonly text: string; readonly time: number }[] = [];
  private size = 0;
  private partial = '';

  /** @param time milliseconds since the epoch */
  append(text: string, time: number): void {
    const pieces = (this.partial + text).split('\n');
    this.partial = pieces.pop()!;
    for (const line of pieces) {
      this.lines.push({ text: line, time });
      this.size += line.length + 1;
    }
    while (this.size > keptAtMost) this.size -= this.lines.shift()!.text.length + 1;
  }

  /** The end of the output, of at most so many lines and characters. */
  tail(lines: number, characters: number): string {
    const all = this.lines.map(({ text }) => `${text}\n`);
    if (this.partial) all.push(this.partial);
    return all.slice(-lines).join('').slice(-characters);
  }
}
