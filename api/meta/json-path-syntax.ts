/** Why a text is no template of client-go's JSONPath, in its words; nothing where it is one. Text outside of braces is none of its concern. */
export function jsonPathFault(text: string): string | undefined {
  try {
    new Reader(text).read();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

class Fault extends Error {}

const comparison = /^([^!<>=]+)([!<>=]+)(.+?)$/u;
const key = /^'([^']*)'$/;
const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const digit = /\p{Nd}/u;
const wordCharacter = /[_\p{L}\p{Nd}]/u;
const terminator = /^[ \t\r\n.,[\]$@{}]?$/;

class Reader {
  private readonly characters: readonly string[];
  private at = 0;
  /** Whether the last step of the path is `..`. */
  private descends = false;

  constructor(text: string) {
    this.characters = Array.from(text);
  }

  read(): void {
    while (this.at < this.characters.length) {
      if (this.next() !== '{') continue;
      this.descends = false;
      while (this.step());
    }
  }

  /** @returns whether more of the path may follow */
  private step(): boolean {
    if (this.startsWith('}')) {
      this.at++;
      return false;
    }
    if (this.startsWith('[', '?', '(')) this.filter();
    else if (this.startsWith('.', '.')) this.descend();
    else this.plainStep(this.next());
    return true;
  }

  private plainStep(character: string): void {
    if (character === '' || character === '\r' || character === '\n') throw new Fault('unclosed action');
    if (character === ' ' || character === '@' || character === '$') return;
    if (character === '[') this.array();
    else if (character === '"' || character === "'") this.quoted(character);
    else if (character === '.') this.name();
    else if (character === '+' || character === '-' || digit.test(character)) this.number();
    else if (wordCharacter.test(character)) while (!terminator.test(this.peek())) this.at++;
    else throw new Fault(`unrecognized character in action: ${shownCharacter(character)}`);
    this.descends = false;
  }

  private descend(): void {
    if (this.descends) throw new Fault('invalid multiple recursive descent');
    this.at += 2;
    this.descends = !wordCharacter.test(this.peek());
    if (!this.descends) this.name();
  }

  private name(): void {
    while (!terminator.test(this.peek())) {
      if (this.next() === '\\') this.next();
    }
  }

  private number(): void {
    const start = this.at - 1;
    while (this.peek() === '.' || digit.test(this.peek())) this.at++;
    const text = this.from(start);
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new Fault(`cannot parse number ${text}`);
  }

  private array(): void {
    const start = this.at;
    for (let character = this.next(); character !== ']'; character = this.next()) {
      if (character === '' || character === '\n') throw new Fault('unterminated array');
    }
    const text = this.characters.slice(start, this.at - 1).join('');
    const parts = text.split(',');
    const [, name] = key.exec(text) ?? [];
    if (parts.length > 1) for (const part of parts) within(`[${part.replace(/^ +| +$/g, '')}]`);
    else if (name !== undefined) within(`.${name}`);
    else if (text !== '*') checkSlice(text);
  }

  private filter(): void {
    this.at += 3;
    const start = this.at;
    const quote = { begun: '', ended: false };
    for (;;) {
      const character = this.next();
      if (character === '' || character === '\n') throw new Fault('unterminated filter');
      if (character === '"' || character === "'") {
        if (quote.begun === '') quote.begun = character;
        else if (character === quote.begun && this.characters[this.at - 2] !== '\\') quote.ended = true;
      } else if (character === ')' && (quote.begun !== '') === quote.ended) break;
    }
    if (this.next() !== ']') throw new Fault('unclosed array expect ]');
    const text = this.characters.slice(start, this.at - 2).join('');
    const [, left, , right] = comparison.exec(text) ?? [];
    if (left === undefined) return within(text);
    within(left);
    within(right!);
    this.descends = false;
  }

  private quoted(quote: string): void {
    const start = this.at - 1;
    do {
      const character = this.next();
      if (character === '' || character === '\n') throw new Fault('unterminated quoted string');
    } while (this.characters[this.at - 1] !== quote || this.characters[this.at - 2] === '\\');
    const text = this.from(start);
    if (!quotedText[quote]!.test(text)) throw new Fault(`unquote string ${text} error invalid syntax`);
  }

  private from(start: number): string {
    return this.characters.slice(start, this.at).join('');
  }

  private startsWith(...characters: readonly string[]): boolean {
    return characters.every((character, i) => this.characters[this.at + i] === character);
  }

  private peek(): string {
    return this.characters[this.at] ?? '';
  }

  /** '' at the end. */
  private next(): string {
    const character = this.peek();
    if (character !== '') this.at++;
    return character;
  }
}

/** A part that is a path of its own. */
function within(text: string): void {
  new Reader(`{${text}}`).read();
}

function checkSlice(text: string): void {
  const match = slice.exec(text);
  if (!match) throw new Fault(`invalid array index ${text}`);
  const [first = '', ...others] = match.slice(1).map((part) => part ?? '');
  for (const part of [first, ...others.map((other) => other.slice(1))]) {
    if (part !== '' && !isInt64(part)) throw new Fault(`array index ${part} is not a number`);
  }
}

function isInt64(text: string): boolean {
  return text !== '-' && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

const escapeCode =
  '[abfnrtv\\\\]|x[\\da-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[\\da-fA-F]{4}|U(?!0000[dD][89a-fA-F])00(?:10|0[\\da-fA-F])[\\da-fA-F]{4}';
const quotedText: Readonly<Record<string, RegExp>> = {
  "'": new RegExp(`^'(?:\\\\(?:${escapeCode}|')|[^\\\\'])*'$`, 's'),
  '"': new RegExp(`^"(?:\\\\(?:${escapeCode}|")|[^\\\\"])*"$`, 's'),
};

/** A character as Go's `%#U` prints it. */
function shownCharacter(character: string): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character) ? `${code} '${character}'` : code;
}
