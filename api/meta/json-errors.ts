import { goQuoteCharacter } from './go-quote.ts';

/** What Go's decoder says of text that is no JSON. It goes through the bytes, and takes each for a character. */
export function goJsonError(text: string | Buffer): string {
  const check = new SyntaxCheck(Buffer.from(text as string).toString('latin1'));
  try {
    check.document();
  } catch (error) {
    if (error instanceof SyntaxFault) return error.message;
    throw error;
  }
  return 'unexpected end of JSON input';
}

class SyntaxFault extends Error {}

const word = /[a-z]/;
const maxDepth = 10_000;

class SyntaxCheck {
  private at = 0;
  /** The brackets that are not closed yet. */
  private readonly open: ('{' | '[')[] = [];
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  document(): void {
    this.value();
    if (this.next() !== undefined) throw this.fault('after top-level value');
  }

  private next(): string | undefined {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at]!)) this.at++;
    return this.text[this.at];
  }

  private fault(context: string): SyntaxFault {
    if (this.at >= this.text.length) return new SyntaxFault('unexpected end of JSON input');
    return new SyntaxFault(`invalid character ${goQuoteCharacter(this.text[this.at]!)} ${context}`);
  }

  /** Without recursion: the text may be nested deeper than the stack allows. */
  private value(): void {
    for (;;) {
      const first = this.next();
      if (first === '{' || first === '[') {
        if (this.open.length === maxDepth) throw this.fault('exceeded max depth');
        this.open.push(first);
        this.at++;
        if (this.next() !== closing(first)) {
          if (first === '{') this.key();
          continue;
        }
        this.at++;
        this.open.pop();
      } else this.scalar(first);
      if (!this.anotherFollows()) return;
    }
  }

  /** Goes on from the end of a value to the beginning of the next one, if any follows inside what is open. */
  private anotherFollows(): boolean {
    for (let within = this.open.at(-1); within !== undefined; within = this.open.at(-1)) {
      const end = this.next();
      if (end !== ',' && end !== closing(within)) throw this.fault(within === '{' ? 'after object key:value pair' : 'after array element');
      this.at++;
      if (end === ',') {
        if (within === '{') this.key();
        return true;
      }
      this.open.pop();
    }
    return false;
  }

  private key(): void {
    if (this.next() !== '"') throw this.fault('looking for beginning of object key string');
    this.string();
    if (this.next() !== ':') throw this.fault('after object key');
    this.at++;
  }

  private scalar(first: string | undefined): void {
    if (first === '"') this.string();
    else if (first === '-' || (first !== undefined && first >= '0' && first <= '9')) this.number();
    else if (first === 't') this.literal('true');
    else if (first === 'f') this.literal('false');
    else if (first === 'n') this.literal('null');
    else throw this.fault('looking for beginning of value');
  }

  private string(): void {
    for (this.at++; this.text[this.at] !== '"'; this.at++) {
      const character = this.text[this.at];
      if (character === undefined || character < ' ') throw this.fault('in string literal');
      if (character !== '\\') continue;
      this.at++;
      if (this.text[this.at] === 'u') {
        for (let i = 0; i < 4; i++) {
          this.at++;
          if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? '')) throw this.fault('in \\u hexadecimal character escape');
        }
      } else if (!'"\\/bfnrt'.includes(this.text[this.at] ?? ' ')) throw this.fault('in string escape code');
    }
    this.at++;
  }

  private number(): void {
    if (this.text[this.at] === '-') this.at++;
    if (this.text[this.at] === '0') this.at++;
    else this.digits('in numeric literal');
    if (this.text[this.at] === '.') {
      this.at++;
      this.digits('after decimal point in numeric literal');
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      this.at++;
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at++;
      this.digits('in exponent of numeric literal');
    }
  }

  private digits(context: string): void {
    const isDigit = () => /\d/.test(this.text[this.at] ?? '');
    if (!isDigit()) throw this.fault(context);
    while (isDigit()) this.at++;
  }

  private literal(text: string): void {
    for (let i = 1; i < text.length; i++) {
      this.at++;
      if (this.text[this.at] !== text[i]) throw this.fault(`in literal ${text} (expecting ${goQuoteCharacter(text[i]!)})`);
    }
    this.at++;
    if (word.test(this.text[this.at] ?? '')) throw this.fault(this.open.length === 0 ? 'after top-level value' : 'after array element');
  }
}

function closing(bracket: '{' | '['): string {
  return bracket === '{' ? '}' : ']';
}
