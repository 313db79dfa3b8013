import { type Issue, maxIssues, type Source } from './source.ts';

export type TokenType =
  | 'EOF'
  | '=='
  | '!='
  | 'in'
  | '<'
  | '<='
  | '>='
  | '>'
  | '&&'
  | '||'
  | '['
  | ']'
  | '{'
  | '}'
  | '('
  | ')'
  | '.'
  | ','
  | '-'
  | '!'
  | '?'
  | ':'
  | '+'
  | '*'
  | '/'
  | '%'
  | 'true'
  | 'false'
  | 'null'
  | 'NUM_FLOAT'
  | 'NUM_INT'
  | 'NUM_UINT'
  | 'STRING'
  | 'BYTES'
  | 'IDENTIFIER'
  | 'ESC_IDENTIFIER';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** In code points. */
  readonly offset: number;
}

/** Names that no variable or function can have. */
export const reservedIdentifiers: ReadonlySet<string> = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(' '),
);

const keywords = new Set(['in', 'true', 'false', 'null']);
const operators = [
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<',
  '>',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '.',
  ',',
  '-',
  '!',
  '?',
  ':',
  '+',
  '*',
  '/',
  '%',
];
const byFirst = new Map<string, string[]>();
for (const operator of operators) byFirst.set(operator[0]!, [...(byFirst.get(operator[0]!) ?? []), operator]);

/** Splits an expression into tokens, longest match first; what is none is reported and skipped. The last token is EOF. @returns besides both: where the characters were that are in no token */
export function tokenize(source: Source): { tokens: Token[]; issues: Issue[]; skipped: Set<number> } {
  const points = source.codePoints;
  const tokens: Token[] = [];
  const issues: Issue[] = [];
  const skipped = new Set<number>();
  let at = 0;
  // The parser gives up at the first issue that is not printed any more.
  while (at < points.length && issues.length <= maxIssues) {
    const point = points[at]!;
    if (isSpace(point)) {
      at++;
      continue;
    }
    if (point === '/' && points[at + 1] === '/') {
      while (at < points.length && points[at] !== '\n') at++;
      continue;
    }
    const match = matchToken(points, at);
    if ('failedAt' in match) {
      const end = Math.min(match.failedAt + 1, points.length);
      issues.push({ offset: at, message: `Syntax error: token recognition error at: '${points.slice(at, end).join('')}'` });
      while (at < end) skipped.add(at++);
      continue;
    }
    tokens.push({ type: match.type, text: points.slice(at, match.end).join(''), offset: at });
    at = match.end;
  }
  tokens.push({ type: 'EOF', text: '<EOF>', offset: points.length });
  return { tokens, issues, skipped };
}

type Match = { type: TokenType; end: number } | { failedAt: number };

function matchToken(points: readonly string[], at: number): Match {
  const point = points[at]!;
  if (isDigit(point) || (point === '.' && isDigit(points[at + 1]))) return matchNumber(points, at);
  if (isLetter(point)) {
    const text = matchText(points, at);
    if (text && 'type' in text) return text;
    let end = at + 1;
    while (isLetter(points[end]) || isDigit(points[end])) end++;
    const word = points.slice(at, end).join('');
    return { type: keywords.has(word) ? (word as TokenType) : 'IDENTIFIER', end };
  }
  if (point === '"' || point === "'") return matchQuoted(points, at, false);
  if (point === '`') return matchEscapedIdentifier(points, at);
  for (const operator of byFirst.get(point) ?? []) {
    if (operator.length === 1 || points[at + 1] === operator[1]) return { type: operator as TokenType, end: at + operator.length };
  }
  // `=`, `&` and `|` begin an operator: the character that does not continue it belongs to the error.
  return { failedAt: byFirst.has(point) ? at + 1 : at };
}

function matchNumber(points: readonly string[], at: number): Match {
  if (points[at] === '0' && points[at + 1] === 'x' && isHexDigit(points[at + 2])) {
    let end = at + 3;
    while (isHexDigit(points[end])) end++;
    return isUnsignedSuffix(points[end]) ? { type: 'NUM_UINT', end: end + 1 } : { type: 'NUM_INT', end };
  }
  let end = at;
  while (isDigit(points[end])) end++;
  let float = false;
  if (points[end] === '.' && isDigit(points[end + 1])) {
    float = true;
    end++;
    while (isDigit(points[end])) end++;
  }
  if (points[end] === 'e' || points[end] === 'E') {
    const sign = points[end + 1] === '+' || points[end + 1] === '-' ? 1 : 0;
    if (isDigit(points[end + 1 + sign])) {
      float = true;
      end += 1 + sign;
      while (isDigit(points[end])) end++;
    }
  }
  if (float) return { type: 'NUM_FLOAT', end };
  return isUnsignedSuffix(points[end]) ? { type: 'NUM_UINT', end: end + 1 } : { type: 'NUM_INT', end };
}

/** Strings with the prefixes r and b, in either case and order b, r. */
function matchText(points: readonly string[], at: number): Match | undefined {
  let quote = at;
  const bytes = points[quote] === 'b' || points[quote] === 'B';
  if (bytes) quote++;
  const raw = points[quote] === 'r' || points[quote] === 'R';
  if (raw) quote++;
  if (points[quote] !== '"' && points[quote] !== "'") return undefined;
  const match = matchQuoted(points, quote, raw);
  if (!('type' in match)) return match;
  return { type: bytes ? 'BYTES' : 'STRING', end: match.end };
}

function matchQuoted(points: readonly string[], at: number, raw: boolean): Match {
  const quote = points[at]!;
  if (points[at + 1] === quote) {
    if (points[at + 2] !== quote) return { type: 'STRING', end: at + 2 };
    const triple = matchTriple(points, at, quote, raw);
    // An unfinished triple quote still begins with an empty string.
    return triple === undefined ? { type: 'STRING', end: at + 2 } : { type: 'STRING', end: triple };
  }
  let end = at + 1;
  for (;;) {
    const point = points[end];
    if (point === undefined || point === '\n' || point === '\r') return { failedAt: end };
    if (point === quote) return { type: 'STRING', end: end + 1 };
    if (point === '\\' && !raw) {
      const matched = matchEscape(points, end);
      if (matched.failedAt !== undefined) return { failedAt: matched.failedAt };
      end = matched.end;
    } else {
      end++;
    }
  }
}

function matchTriple(points: readonly string[], at: number, quote: string, raw: boolean): number | undefined {
  let end = at + 3;
  while (end < points.length) {
    if (points[end] === quote && points[end + 1] === quote && points[end + 2] === quote) return end + 3;
    if (points[end] === '\\' && !raw) {
      const matched = matchEscape(points, end);
      if (matched.failedAt !== undefined) return undefined;
      end = matched.end;
    } else {
      end++;
    }
  }
  return undefined;
}

function matchEscape(points: readonly string[], at: number): { end: number; failedAt?: undefined } | { failedAt: number } {
  const point = points[at + 1];
  if (point !== undefined && 'abfnrtv"\'\\?`'.includes(point)) return { end: at + 2 };
  const digits = { x: 2, X: 2, u: 4, U: 8 }[point ?? ''];
  if (digits !== undefined) return matchDigits(points, at + 2, digits, isHexDigit);
  if (point !== undefined && point >= '0' && point <= '3' && point.length === 1) return matchDigits(points, at + 2, 2, isOctalDigit);
  return { failedAt: at + 1 };
}

function matchDigits(
  points: readonly string[],
  from: number,
  count: number,
  is: (point: string | undefined) => boolean,
): { end: number } | { failedAt: number } {
  for (let i = from; i < from + count; i++) if (!is(points[i])) return { failedAt: i };
  return { end: from + count };
}

function matchEscapedIdentifier(points: readonly string[], at: number): Match {
  let end = at + 1;
  while (isLetter(points[end]) || isDigit(points[end]) || ['.', '-', '/', ' '].includes(points[end]!)) end++;
  return points[end] === '`' && end > at + 1 ? { type: 'ESC_IDENTIFIER', end: end + 1 } : { failedAt: end };
}

function isSpace(point: string): boolean {
  return point === ' ' || point === '\t' || point === '\r' || point === '\n' || point === '\f';
}

function isDigit(point: string | undefined): boolean {
  return point !== undefined && point.length === 1 && point >= '0' && point <= '9';
}

function isHexDigit(point: string | undefined): boolean {
  return isDigit(point) || (point !== undefined && /^[a-fA-F]$/.test(point));
}

function isOctalDigit(point: string | undefined): boolean {
  return isDigit(point) && point! <= '7';
}

function isLetter(point: string | undefined): boolean {
  return point !== undefined && /^[A-Za-z_]$/.test(point);
}

function isUnsignedSuffix(point: string | undefined): boolean {
  return point === 'u' || point === 'U';
}
