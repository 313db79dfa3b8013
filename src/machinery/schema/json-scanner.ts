/**
 * A reader of JSON text that is known to be valid (JSON.parse took it), for what JSON.parse does not tell: keys that stand twice, and
 * how numbers are written.
 */
export class JsonScanner {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next significant character, not consumed. */
  peek(): string {
    while (this.text.charCodeAt(this.at) <= 0x20) this.at++;
    return this.text[this.at]!;
  }

  /** Consumes the next significant character. */
  take(): string {
    const character = this.peek();
    this.at++;
    return character;
  }

  /** A string, with its escapes resolved. */
  string(): string {
    this.peek();
    const start = this.at;
    this.skipString();
    const raw = this.text.slice(start + 1, this.at - 1);
    return raw.includes('\\') ? JSON.parse(this.text.slice(start, this.at)) : raw;
  }

  private skipString(): void {
    for (;;) {
      this.at = this.text.indexOf('"', this.at + 1);
      let backslashes = 0;
      while (this.text[this.at - 1 - backslashes] === '\\') backslashes++;
      if (backslashes % 2 === 0) break;
    }
    this.at++;
  }

  /** Skips a value of any kind. */
  skip(): void {
    let depth = 0;
    do {
      const character = this.peek();
      if (character === '"') this.skipString();
      else {
        this.at++;
        if (character === '{' || character === '[') depth++;
        else if (character === '}' || character === ']') depth--;
        else if (character !== ',' && character !== ':') this.skipWord();
      }
    } while (depth > 0);
  }

  /** A number, `true`, `false` or `null`, as it is written; empty before anything else. */
  word(): string {
    this.peek();
    const start = this.at;
    this.skipWord();
    return this.text.slice(start, this.at);
  }

  private skipWord(): void {
    while (this.at < this.text.length && !',]}\t\n\r '.includes(this.text[this.at]!)) this.at++;
  }

  /** Visits the members of an object; `member` must consume the value. */
  object(member: (key: string) => void): void {
    this.take();
    while (this.peek() !== '}') {
      const key = this.string();
      this.take();
      member(key);
      if (this.peek() === ',') this.at++;
    }
    this.at++;
  }

  /** Visits the items of a list; `item` must consume the value. */
  list(item: (index: number) => void): void {
    this.take();
    for (let index = 0; this.peek() !== ']'; index++) {
      item(index);
      if (this.peek() === ',') this.at++;
    }
    this.at++;
  }
}

/** How many members all objects of valid JSON text have, those that stand twice counted twice. */
export function countMembers(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3a) count++;
    else if (code === 0x22) {
      for (;;) {
        i = text.indexOf('"', i + 1);
        let backslashes = 0;
        while (text.charCodeAt(i - 1 - backslashes) === 0x5c) backslashes++;
        if (backslashes % 2 === 0) break;
      }
    }
  }
  return count;
}

/** The same of a parsed value. Without recursion: it may be ten thousand levels deep. */
export function countKeys(value: unknown): number {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) for (const item of next) open.push(item);
    else {
      for (const key in next) {
        count++;
        open.push((next as Record<string, unknown>)[key]);
      }
    }
  }
  return count;
}
