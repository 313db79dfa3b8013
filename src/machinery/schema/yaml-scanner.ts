import { YamlFault } from './yaml-scalars.ts';

export type TokenType =
  | 'stream end'
  | 'version'
  | 'tag directive'
  | 'document start'
  | 'document end'
  | 'block sequence'
  | 'block map'
  | 'block end'
  | 'flow sequence'
  | 'flow sequence end'
  | 'flow map'
  | 'flow map end'
  | 'entry'
  | 'flow entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface Token {
  readonly type: TokenType;
  /** Counted from 0. */
  readonly line: number;
  /** Of scalars their text, of anchors and aliases the name, of tags the handle, of a version `major.minor`. */
  readonly text: string;
  /** What follows a tag's handle, or the prefix that a directive gives one. */
  readonly suffix: string;
  readonly plain: boolean;
}

/** A place that a `:` further on would make a key. */
interface PossibleKey {
  possible: boolean;
  /** Nothing but a key may stand there. */
  required: boolean;
  /** Of the token that it would be inserted before, counted from the beginning of the text. */
  token: number;
  at: number;
  line: number;
  column: number;
}

const longestKey = 1024;
const maxDepth = 10_000;

/** @param line counted from 0 @param scanned found by the scanner, which names lines by its own counting, from the second on */
export function yamlFault(message: string, line: number, scanned = false): YamlFault {
  if (line === 0) return new YamlFault(`yaml: ${message}`);
  return new YamlFault(`yaml: line ${scanned ? line + 1 : line}: ${message}`);
}

/**
 * Splits YAML 1.1 into tokens as libyaml does, of which Go's library is a translation: what is a token, and what is said where there is none, is the same.
 * Indentation becomes tokens, and so does what turns out to be a key only at its colon, which is then inserted before it.
 */
export class YamlScanner {
  private readonly text: string;
  private at = 0;
  private line = 0;
  private lineStart = 0;
  private readonly queue: Token[] = [];
  private head = 0;
  /** Tokens that have been taken. */
  private taken = 0;
  private indent = -1;
  private readonly indents: number[] = [];
  private flowLevel = 0;
  private mayStartKey = true;
  /** One for each level of brackets. */
  private readonly keys: PossibleKey[] = [noKey()];

  constructor(text: string) {
    this.text = text;
  }

  /** How much of the text has been looked at. */
  get position(): number {
    return this.at;
  }

  /** The next token, which stays. @throws YamlFault */
  peek(): Token {
    while (this.head === this.queue.length || this.mayBeKey()) this.fetch();
    return this.queue[this.head]!;
  }

  /** Takes the token that `peek` gave. */
  skip(): void {
    this.head++;
    this.taken++;
    if (this.head === this.queue.length) {
      this.queue.length = 0;
      this.head = 0;
    }
  }

  private get column(): number {
    return this.at - this.lineStart;
  }

  /** 0 at the end. */
  private code(ahead = 0): number {
    const index = this.at + ahead;
    return index < this.text.length ? this.text.charCodeAt(index) : 0;
  }

  private fault(message: string): YamlFault {
    return yamlFault(message, this.line, true);
  }

  /** Whether the next token might turn out to be a key, so that more has to be read before it is given. */
  private mayBeKey(): boolean {
    for (const key of this.keys) if (key.possible && key.token === this.taken) return this.isStillPossible(key);
    return false;
  }

  private isStillPossible(key: PossibleKey): boolean {
    if (!key.possible) return false;
    if (key.line === this.line && key.at + longestKey >= this.at) return true;
    if (key.required) throw this.fault("could not find expected ':'");
    key.possible = false;
    return false;
  }

  private saveKey(): void {
    if (!this.mayStartKey) return;
    this.forgetKey();
    const { at, line, column } = this;
    const required = this.flowLevel === 0 && this.indent === column;
    const token = this.taken + this.queue.length - this.head;
    this.keys[this.keys.length - 1] = { possible: true, required, token, at, line, column };
  }

  private forgetKey(): void {
    const key = this.keys.at(-1)!;
    if (key.possible && key.required) throw this.fault("could not find expected ':'");
    key.possible = false;
  }

  private add(type: TokenType, line = this.line, text = '', suffix = '', plain = false): void {
    this.queue.push({ type, line, text, suffix, plain });
  }

  private insert(number: number, type: TokenType, line: number): void {
    this.queue.splice(this.head + number - this.taken, 0, { type, line, text: '', suffix: '', plain: false });
  }

  /** Begins a collection where the text is indented deeper. @param token before which it begins; absent: here */
  private roll(column: number, type: TokenType, line: number, token?: number): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > maxDepth) throw this.fault(`exceeded max depth of ${maxDepth}`);
    if (token === undefined) this.add(type, line);
    else this.insert(token, type, line);
  }

  /** Ends the collections that are indented deeper. */
  private unroll(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.add('block end');
      this.indent = this.indents.pop()!;
    }
  }

  private fetch(): void {
    this.toNextToken();
    this.unroll(this.column);
    const code = this.code();
    if (code === 0) return this.streamEnd();
    if (this.column === 0) {
      if (code === percent) return this.directive();
      if (this.isDocumentIndicator(dash)) return this.documentIndicator('document start');
      if (this.isDocumentIndicator(dot)) return this.documentIndicator('document end');
    }
    const isApart = isBlankOrEnd(this.code(1));
    const inFlow = this.flowLevel > 0;
    if (code === leftBracket) return this.flowStart('flow sequence');
    if (code === leftBrace) return this.flowStart('flow map');
    if (code === rightBracket) return this.flowEnd('flow sequence end');
    if (code === rightBrace) return this.flowEnd('flow map end');
    if (code === comma) return this.flowEntry();
    if (code === dash && isApart) return this.entry();
    if (code === question && (inFlow || isApart)) return this.key();
    if (code === colon && (inFlow || isApart)) return this.value();
    if (code === asterisk) return this.anchor('alias');
    if (code === ampersand) return this.anchor('anchor');
    if (code === exclamation) return this.tag();
    if (code === bar && !inFlow) return this.blockScalar(true);
    if (code === greater && !inFlow) return this.blockScalar(false);
    if (code === quote || code === doubleQuote) return this.quotedScalar(code);
    const mayBegin = !isBlankOrEnd(code) && !indicators.includes(String.fromCharCode(code));
    if (mayBegin || (code === dash && !isBlank(this.code(1))) || (!inFlow && (code === question || code === colon) && !isApart)) {
      return this.plainScalar();
    }
    throw this.fault('found character that cannot start any token');
  }

  private toNextToken(): void {
    for (;;) {
      if (this.column === 0 && this.code() === byteOrderMark) this.at++;
      while (this.code() === space || (this.code() === tab && (this.flowLevel > 0 || !this.mayStartKey))) this.at++;
      if (this.code() === hash) this.toEndOfLine();
      if (!isBreak(this.code())) return;
      this.lineBreak();
      if (this.flowLevel === 0) this.mayStartKey = true;
    }
  }

  private toEndOfLine(): void {
    while (!isBreakOrEnd(this.code())) this.at++;
  }

  private skipBlanks(): void {
    while (isBlank(this.code())) this.at++;
  }

  /** Takes a line break, if there is one. @returns what it stands for in a scalar */
  private lineBreak(): string {
    const code = this.code();
    if (!isBreak(code)) return '';
    this.at += code === carriageReturn && this.code(1) === lineFeed ? 2 : 1;
    this.line++;
    this.lineStart = this.at;
    return code === lineSeparator || code === paragraphSeparator ? String.fromCharCode(code) : '\n';
  }

  private isDocumentIndicator(code: number): boolean {
    return this.column === 0 && this.code() === code && this.code(1) === code && this.code(2) === code && isBlankOrEnd(this.code(3));
  }

  private streamEnd(): void {
    if (this.column !== 0) {
      this.line++;
      this.lineStart = this.at;
    }
    this.unroll(-1);
    this.forgetKey();
    this.mayStartKey = false;
    this.add('stream end');
  }

  private documentIndicator(type: TokenType): void {
    this.unroll(-1);
    this.forgetKey();
    this.mayStartKey = false;
    this.add(type);
    this.at += 3;
  }

  private flowStart(type: TokenType): void {
    this.saveKey();
    this.keys.push(noKey());
    this.flowLevel++;
    if (this.flowLevel > maxDepth) throw this.fault(`exceeded max depth of ${maxDepth}`);
    this.mayStartKey = true;
    this.indicator(type);
  }

  private flowEnd(type: TokenType): void {
    this.forgetKey();
    if (this.flowLevel > 0) {
      this.flowLevel--;
      this.keys.pop();
    }
    this.mayStartKey = false;
    this.indicator(type);
  }

  private indicator(type: TokenType): void {
    this.add(type);
    this.at++;
  }

  private flowEntry(): void {
    this.forgetKey();
    this.mayStartKey = true;
    this.indicator('flow entry');
  }

  private entry(): void {
    if (this.flowLevel === 0) {
      if (!this.mayStartKey) throw this.fault('block sequence entries are not allowed in this context');
      this.roll(this.column, 'block sequence', this.line);
    }
    this.forgetKey();
    this.mayStartKey = true;
    this.indicator('entry');
  }

  private key(): void {
    if (this.flowLevel === 0) {
      if (!this.mayStartKey) throw this.fault('mapping keys are not allowed in this context');
      this.roll(this.column, 'block map', this.line);
    }
    this.forgetKey();
    this.mayStartKey = this.flowLevel === 0;
    this.indicator('key');
  }

  private value(): void {
    const key = this.keys.at(-1)!;
    if (this.isStillPossible(key)) {
      this.insert(key.token, 'key', key.line);
      this.roll(key.column, 'block map', key.line, key.token);
      key.possible = false;
      this.mayStartKey = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.mayStartKey) throw this.fault('mapping values are not allowed in this context');
        this.roll(this.column, 'block map', this.line);
      }
      this.mayStartKey = this.flowLevel === 0;
    }
    this.indicator('value');
  }

  private anchor(type: 'alias' | 'anchor'): void {
    this.saveKey();
    this.mayStartKey = false;
    const { line } = this;
    this.at++;
    const name = this.word();
    if (name === '' || !(isBlankOrEnd(this.code()) || '?:,]}%@`'.includes(String.fromCharCode(this.code())))) {
      throw this.fault('did not find expected alphabetic or numeric character');
    }
    this.add(type, line, name);
  }

  private word(): string {
    const start = this.at;
    while (isWord(this.code())) this.at++;
    return this.text.slice(start, this.at);
  }

  private directive(): void {
    this.unroll(-1);
    this.forgetKey();
    this.mayStartKey = false;
    const { line } = this;
    this.at++;
    const name = this.word();
    if (name === '') throw this.fault('could not find expected directive name');
    if (!isBlankOrEnd(this.code())) throw this.fault('found unexpected non-alphabetical character');
    if (name === 'YAML') this.version(line);
    else if (name === 'TAG') this.tagDirective(line);
    else throw this.fault('found unknown directive name');
    this.skipBlanks();
    if (this.code() === hash) this.toEndOfLine();
    if (!isBreakOrEnd(this.code())) throw this.fault('did not find expected comment or line break');
    this.lineBreak();
  }

  private version(line: number): void {
    this.skipBlanks();
    const major = this.versionNumber();
    if (this.code() !== dot) throw this.fault("did not find expected digit or '.' character");
    this.at++;
    this.add('version', line, `${major}.${this.versionNumber()}`);
  }

  private versionNumber(): number {
    const start = this.at;
    while (isDigit(this.code())) {
      if (this.at - start === 2) throw this.fault('found extremely long version number');
      this.at++;
    }
    if (this.at === start) throw this.fault('did not find expected version number');
    return Number(this.text.slice(start, this.at));
  }

  private tagDirective(line: number): void {
    this.skipBlanks();
    const handle = this.tagHandle();
    if (handle !== '!' && !(handle.length > 1 && handle.endsWith('!'))) throw this.fault("did not find expected '!'");
    if (!isBlank(this.code())) throw this.fault('did not find expected whitespace');
    this.skipBlanks();
    const prefix = this.tagUri('');
    if (!isBlankOrEnd(this.code())) throw this.fault('did not find expected whitespace or line break');
    this.add('tag directive', line, handle, prefix);
  }

  private tag(): void {
    this.saveKey();
    this.mayStartKey = false;
    const { line } = this;
    let handle = '';
    let suffix: string;
    if (this.code(1) === less) {
      this.at += 2;
      suffix = this.tagUri('');
      if (this.code() !== greater) throw this.fault("did not find the expected '>'");
      this.at++;
    } else {
      handle = this.tagHandle();
      if (handle.length > 1 && handle.endsWith('!')) suffix = this.tagUri('');
      else {
        suffix = this.tagUri(handle);
        handle = '!';
        if (suffix === '') [handle, suffix] = ['', '!'];
      }
    }
    if (!isBlankOrEnd(this.code())) throw this.fault('did not find expected whitespace or line break');
    this.add('tag', line, handle, suffix);
  }

  private tagHandle(): string {
    if (this.code() !== exclamation) throw this.fault("did not find expected '!'");
    this.at++;
    const name = this.word();
    if (this.code() !== exclamation) return `!${name}`;
    this.at++;
    return `!${name}!`;
  }

  /** @param head what has been read of it, with its exclamation mark */
  private tagUri(head: string): string {
    const parts = [head.slice(1)];
    const start = this.at;
    while (isWord(this.code()) || uriCharacters.includes(String.fromCharCode(this.code() || space))) {
      if (this.code() === percent) parts.push(this.escapedCharacter());
      else parts.push(this.text[this.at++]!);
    }
    if (head === '' && this.at === start) throw this.fault('did not find expected tag URI');
    return parts.join('');
  }

  /** A character of a URI in `%` and hexadecimal octets, of UTF-8. */
  private escapedCharacter(): string {
    const octets: number[] = [];
    for (let left = 1; left > 0; left--) {
      const digits = this.text.slice(this.at + 1, this.at + 3);
      if (this.code() !== percent || !/^[\da-fA-F]{2}$/.test(digits)) throw this.fault('did not find URI escaped octet');
      const octet = Number.parseInt(digits, 16);
      if (octets.length === 0) {
        left = utf8Length(octet);
        if (left === 0) throw this.fault('found an incorrect leading UTF-8 octet');
      } else if ((octet & 0xc0) !== 0x80) throw this.fault('found an incorrect trailing UTF-8 octet');
      octets.push(octet);
      this.at += 3;
    }
    return Buffer.from(octets).toString('utf8');
  }

  private blockScalar(literal: boolean): void {
    this.forgetKey();
    this.mayStartKey = true;
    const { line } = this;
    this.at++;
    const { chomping, increment } = this.blockHeader();
    this.skipBlanks();
    if (this.code() === hash) this.toEndOfLine();
    if (!isBreakOrEnd(this.code())) throw this.fault('did not find expected comment or line break');
    this.lineBreak();
    const given = increment === 0 ? 0 : Math.max(this.indent, 0) + increment;
    let { breaks, indent } = this.blockBreaks(given);
    const parts: string[] = [];
    let lastBreak = '';
    let beganBlank = false;
    while (this.column === indent && this.code() !== 0) {
      const isBlankLine = isBlank(this.code());
      if (!literal && !beganBlank && !isBlankLine && lastBreak === '\n') parts.push(breaks === '' ? ' ' : breaks);
      else parts.push(lastBreak, breaks);
      beganBlank = isBlankLine;
      const start = this.at;
      this.toEndOfLine();
      parts.push(this.text.slice(start, this.at));
      lastBreak = this.lineBreak();
      ({ breaks } = this.blockBreaks(indent));
    }
    if (chomping !== '-') parts.push(lastBreak);
    if (chomping === '+') parts.push(breaks);
    this.add('scalar', line, parts.join(''));
  }

  private blockHeader(): { readonly chomping: string; readonly increment: number } {
    const header = /[+-]?\d?/y;
    const other = /\d[+-]?/y;
    const pattern = isDigit(this.code()) ? other : header;
    pattern.lastIndex = this.at;
    const [text = ''] = pattern.exec(this.text) ?? [];
    const digit = /\d/.exec(text);
    if (digit?.[0] === '0') {
      this.at += digit.index;
      throw this.fault('found an indentation indicator equal to 0');
    }
    this.at += text.length;
    return { chomping: text.replace(/\d/, ''), increment: Number(digit?.[0] ?? 0) };
  }

  /** Takes empty lines and indentation. @param given how deep it is; 0: as deep as the first line that has something */
  private blockBreaks(given: number): { readonly breaks: string; readonly indent: number } {
    let breaks = '';
    let deepest = 0;
    for (;;) {
      while ((given === 0 || this.column < given) && this.code() === space) this.at++;
      deepest = Math.max(deepest, this.column);
      if ((given === 0 || this.column < given) && this.code() === tab) {
        throw this.fault('found a tab character where an indentation space is expected');
      }
      if (!isBreak(this.code())) return { breaks, indent: given || Math.max(deepest, this.indent + 1, 1) };
      breaks += this.lineBreak();
    }
  }

  private quotedScalar(mark: number): void {
    this.saveKey();
    this.mayStartKey = false;
    const { line } = this;
    this.at++;
    const parts: string[] = [];
    for (;;) {
      if (this.isDocumentIndicator(dash) || this.isDocumentIndicator(dot)) throw this.fault('found unexpected document indicator');
      if (this.code() === 0) throw this.fault('found unexpected end of stream');
      const isContinued = this.quotedText(mark, parts);
      if (this.code() === mark) break;
      parts.push(this.space(isContinued));
    }
    this.at++;
    this.add('scalar', line, parts.join(''));
  }

  /** Takes what is not white space. @returns whether it ended with an escaped line break */
  private quotedText(mark: number, parts: string[]): boolean {
    let start = this.at;
    const take = () => parts.push(this.text.slice(start, this.at));
    for (let code = this.code(); !isBlankOrEnd(code); code = this.code()) {
      if (code === mark) {
        if (mark === doubleQuote || this.code(1) !== quote) break;
        this.at++;
        take();
        this.at++;
        start = this.at;
      } else if (code === backslash && mark === doubleQuote) {
        take();
        if (isBreak(this.code(1))) {
          this.at++;
          this.lineBreak();
          return true;
        }
        parts.push(this.escaped());
        start = this.at;
      } else this.at++;
    }
    take();
    return false;
  }

  private escaped(): string {
    const letter = String.fromCharCode(this.code(1));
    const length = escapeLengths[letter];
    const known = escapes[letter];
    if (length === undefined) {
      if (known === undefined) throw this.fault('found unknown escape character');
      this.at += 2;
      return known;
    }
    this.at += 2;
    const digits = this.text.slice(this.at, this.at + length);
    if (!/^[\da-fA-F]+$/.test(digits) || digits.length < length) throw this.fault('did not find expected hexdecimal number');
    const value = Number.parseInt(digits, 16);
    if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) throw this.fault('found invalid Unicode character escape code');
    this.at += length;
    return String.fromCodePoint(value);
  }

  /** Takes white space within a scalar. @param folded a line break before it is none @param indent that its lines may not fall below with tabs; absent: any */
  private space(folded: boolean, indent?: number): string {
    const start = this.at;
    let end = folded ? start : -1;
    let first = '';
    let others = '';
    for (let code = this.code(); isBlank(code) || isBreak(code); code = this.code()) {
      if (isBreak(code)) {
        if (end !== -1) others += this.lineBreak();
        else {
          end = this.at;
          first = this.lineBreak();
        }
      } else {
        if (end !== -1 && code === tab && indent !== undefined && this.column < indent) {
          throw this.fault('found a tab character that violates indentation');
        }
        this.at++;
      }
    }
    if (end === -1) return this.text.slice(start, this.at);
    if (first === '\n') return others === '' ? ' ' : others;
    return first + others;
  }

  private plainScalar(): void {
    this.saveKey();
    this.mayStartKey = false;
    const { line } = this;
    const indent = this.indent + 1;
    let text = '';
    let gap = '';
    let onNewLine = false;
    while (!this.isDocumentIndicator(dash) && !this.isDocumentIndicator(dot) && this.code() !== hash) {
      const start = this.at;
      this.toEndOfPlainText();
      if (this.at > start) {
        text += gap + this.text.slice(start, this.at);
        onNewLine = false;
      }
      if (!isBlank(this.code()) && !isBreak(this.code())) break;
      const before = this.line;
      gap = this.space(false, indent);
      onNewLine = this.line > before;
      if (this.flowLevel === 0 && this.column < indent) break;
    }
    this.add('scalar', line, text, '', true);
    if (onNewLine) this.mayStartKey = true;
  }

  private toEndOfPlainText(): void {
    for (let code = this.code(); !isBlankOrEnd(code); code = this.code()) {
      if (code === colon && isBlankOrEnd(this.code(1))) return;
      if (this.flowLevel > 0 && endsInFlow(code)) return;
      this.at++;
    }
  }
}

function noKey(): PossibleKey {
  return { possible: false, required: false, token: 0, at: 0, line: 0, column: 0 };
}

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const exclamation = 0x21;
const doubleQuote = 0x22;
const hash = 0x23;
const percent = 0x25;
const ampersand = 0x26;
const quote = 0x27;
const asterisk = 0x2a;
const comma = 0x2c;
const dash = 0x2d;
const dot = 0x2e;
const colon = 0x3a;
const less = 0x3c;
const greater = 0x3e;
const question = 0x3f;
const leftBracket = 0x5b;
const backslash = 0x5c;
const rightBracket = 0x5d;
const leftBrace = 0x7b;
const bar = 0x7c;
const rightBrace = 0x7d;
const nextLine = 0x85;
const lineSeparator = 0x2028;
const paragraphSeparator = 0x2029;
const byteOrderMark = 0xfeff;

/** What no plain scalar begins with. */
const indicators = '-?:,[]{}#&*!|>\'"%@`';
const uriCharacters = ";/?:@&=+$,.!~*'()[]%";
const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const escapes: Readonly<Record<string, string>> = {
  0: '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

const isBlank = (code: number): boolean => code === space || code === tab;

function isBreak(code: number): boolean {
  return code === lineFeed || code === carriageReturn || code === nextLine || code === lineSeparator || code === paragraphSeparator;
}

const isBreakOrEnd = (code: number): boolean => code === 0 || isBreak(code);
const isBlankOrEnd = (code: number): boolean => isBlank(code) || isBreakOrEnd(code);
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

function isWord(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f || code === dash;
}

function endsInFlow(code: number): boolean {
  return code === comma || code === question || code === leftBracket || code === rightBracket || code === leftBrace || code === rightBrace;
}

function utf8Length(octet: number): number {
  if ((octet & 0x80) === 0) return 1;
  if ((octet & 0xe0) === 0xc0) return 2;
  if ((octet & 0xf0) === 0xe0) return 3;
  return (octet & 0xf8) === 0xf0 ? 4 : 0;
}
