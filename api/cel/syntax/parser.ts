import { Uint } from '../runtime/values.ts';
import type { Call, Expression, MapEntry, StructField } from './ast.ts';
import { copyExpression } from './copy.ts';
import { diagnoseSyntax } from './diagnose.ts';
import { reservedIdentifiers, type Token, type TokenType, tokenize } from './lexer.ts';
import { MacroError, type MacroNodes, type Macros, macroKey, macros } from './macros.ts';
import { createSource, type Issue, maxIssues, type Source } from './source.ts';
import { unescapeBytes, unescapeString } from './unescape.ts';

export interface Parsed {
  readonly source: Source;
  readonly issues: readonly Issue[];
  /** Meaningful only without issues. */
  readonly expression: Expression;
  /** Ids are below this. */
  readonly idCount: number;
}

const maxCodePoints = 100_000;
const maxDepth = 250;

/** Parses an expression and expands its macros. Never throws: what is wrong is in `issues`, in cel-go's words. @param more macros beside the usual */
export function parse(text: string, more?: Macros): Parsed {
  const source = createSource(text);
  const size = source.codePoints.length;
  const nothing: Expression = { kind: 'unspecified', id: 0, offset: 0 };
  const failed = (issues: readonly Issue[]): Parsed => ({ source, issues, expression: nothing, idCount: 1 });
  if (size > maxCodePoints) {
    return failed([{ offset: -1, message: `expression code point size exceeds limit: size: ${size}, limit ${maxCodePoints}` }]);
  }
  const { tokens, issues, skipped } = tokenize(source);
  const parser = new Parser(tokens, more);
  try {
    const expression = parser.parseAll();
    const all = [...issues, ...parser.issues];
    return all.length > 0 ? failed(all) : { source, issues: [], expression, idCount: parser.nextId };
  } catch (error) {
    if (error instanceof RecursionLimit) return failed([...issues, { offset: -1, message: error.message }]);
    if (!(error instanceof SyntaxFailure)) throw error;
    const text = (first: Token, last: Token) => {
      const end = last.type === 'EOF' ? size : last.offset + Array.from(last.text).length;
      return source.codePoints.filter((_, i) => i >= first.offset && i < end && !skipped.has(i)).join('');
    };
    const found = [...issues, ...diagnoseSyntax(tokens, text)].sort((a, b) => a.offset - b.offset);
    return failed(found.slice(0, maxIssues + 1));
  }
}

/** Thrown at the first token that fits no rule; the words for it come from diagnoseSyntax. */
class SyntaxFailure extends Error {}
class RecursionLimit extends Error {}

const relations = new Set<TokenType>(['<', '<=', '>=', '>', '==', '!=', 'in']);
const relationNames: Partial<Record<TokenType, string>> = { in: '@in' };

type Rule = 'expr' | 'or' | 'and' | 'relation' | 'calc' | 'unary' | 'member' | 'primary';

class Parser {
  readonly issues: Issue[] = [];
  nextId = 1;
  private at = 0;
  // The rules that are being parsed, as the recursion limit counts them: an operator's left side counts as one more level.
  /** How many operators, members and indexes stand around one another in what has been parsed. */
  private level = 0;
  private readonly depths: Record<Rule, number> = { expr: 0, or: 0, and: 0, relation: 0, calc: 0, unary: 0, member: 0, primary: 0 };

  private readonly tokens: readonly Token[];

  private readonly macros: Macros | undefined;

  constructor(tokens: readonly Token[], more: Macros | undefined) {
    this.tokens = tokens;
    this.macros = more;
  }

  parseAll(): Expression {
    const expression = this.parseExpression();
    this.take('EOF');
    return expression;
  }

  private get token(): Token {
    return this.tokens[this.at]!;
  }

  private is(type: TokenType): boolean {
    return this.token.type === type;
  }

  private accept(type: TokenType): Token | undefined {
    return this.is(type) ? this.tokens[this.at++] : undefined;
  }

  private take(type: TokenType): Token {
    const token = this.accept(type);
    if (!token) throw new SyntaxFailure();
    return token;
  }

  private enter(rule: Rule): void {
    if (++this.depths[rule] > maxDepth) throw new RecursionLimit(`expression recursion limit exceeded: ${maxDepth}`);
  }

  /** One operator, member or index more around what has been parsed: chains of them are deep only once they are a tree. */
  private climb(): void {
    if (++this.level > maxDepth) throw new RecursionLimit('max recursion depth exceeded');
  }

  private within<T>(rule: Rule, parsePart: () => T): T {
    const depth = this.depths[rule];
    const level = this.level;
    this.enter(rule);
    this.level = 0;
    const part = parsePart();
    this.level = Math.max(level, this.level);
    this.depths[rule] = depth;
    return part;
  }

  private node(offset: number): { id: number; offset: number } {
    return { id: this.nextId++, offset };
  }

  private report(offset: number, message: string): Expression {
    this.issues.push({ offset, message });
    return { kind: 'unspecified', ...this.node(offset) };
  }

  private parseExpression(): Expression {
    return this.within('expr', () => {
      const condition = this.parseLogic('or');
      const question = this.accept('?');
      if (!question) return condition;
      const then = this.parseLogic('or');
      this.take(':');
      const otherwise = this.parseExpression();
      this.climb();
      return this.call(question.offset, '_?_:_', undefined, [condition, then, otherwise]);
    });
  }

  private parseLogic(rule: 'or' | 'and'): Expression {
    return this.within(rule, () => {
      const parsePart = () => (rule === 'or' ? this.parseLogic('and') : this.parseRelation(0));
      const terms = [parsePart()];
      const operators: Token[] = [];
      for (let operator = this.accept(rule === 'or' ? '||' : '&&'); operator; operator = this.accept(rule === 'or' ? '||' : '&&')) {
        operators.push(operator);
        terms.push(parsePart());
      }
      return terms.length === 1 ? terms[0]! : this.balance(rule === 'or' ? '_||_' : '_&&_', terms, operators, 0, operators.length - 1);
    });
  }

  // A chain becomes a balanced tree, so that its depth stays small.
  private balance(name: string, terms: readonly Expression[], operators: readonly Token[], low: number, high: number): Expression {
    const middle = (low + high + 1) >> 1;
    const left = middle === low ? terms[middle]! : this.balance(name, terms, operators, low, middle - 1);
    const right = middle === high ? terms[middle + 1]! : this.balance(name, terms, operators, middle + 1, high);
    return { kind: 'call', name, target: undefined, args: [left, right], ...this.node(operators[middle]!.offset) };
  }

  private parseRelation(precedence: number): Expression {
    return this.within('relation', () => {
      let left = this.parseCalculation(0);
      while (precedence === 0 && relations.has(this.token.type)) {
        const operator = this.tokens[this.at++]!;
        const right = this.parseRelation(1);
        this.climb();
        left = this.call(operator.offset, relationNames[operator.type] ?? `_${operator.text}_`, undefined, [left, right]);
      }
      return left;
    });
  }

  private parseCalculation(precedence: number): Expression {
    return this.within('calc', () => {
      let left = this.parseUnary();
      for (;;) {
        const operator = this.token;
        const level =
          operator.type === '+' || operator.type === '-'
            ? 1
            : operator.type === '*' || operator.type === '/' || operator.type === '%'
              ? 2
              : 0;
        if (level === 0 || level <= precedence) return left;
        this.at++;
        const right = this.parseCalculation(level);
        this.climb();
        left = this.call(operator.offset, `_${operator.text}_`, undefined, [left, right]);
      }
    });
  }

  private parseUnary(): Expression {
    return this.within('unary', () => {
      const first = this.token;
      const type = first.type;
      const next = this.tokens[this.at + 1]?.type;
      const signed = type === '-' && (next === 'NUM_INT' || next === 'NUM_FLOAT');
      if ((type !== '!' && type !== '-') || signed) return this.parseMember();
      let count = 0;
      while (this.accept(type)) count++;
      const operand = this.parseMember();
      return count % 2 === 0 ? operand : this.call(first.offset, type === '!' ? '!_' : '-_', undefined, [operand]);
    });
  }

  private parseMember(): Expression {
    return this.within('member', () => {
      let expression = this.parsePrimary();
      for (;;) {
        if (this.is('.')) {
          expression = this.parseSelection(expression);
          this.climb();
        } else if (this.is('[')) {
          const open = this.tokens[this.at++]!;
          const optional = this.accept('?') !== undefined;
          const index = this.parseExpression();
          this.take(']');
          this.climb();
          expression = this.call(open.offset, optional ? '_[?_]' : '_[_]', undefined, [expression, index]);
        } else {
          return expression;
        }
      }
    });
  }

  private parseSelection(operand: Expression): Expression {
    const dot = this.take('.');
    const optional = this.accept('?') !== undefined;
    const name = this.token;
    if (name.type !== 'IDENTIFIER' && name.type !== 'ESC_IDENTIFIER') throw new SyntaxFailure();
    this.at++;
    if (name.type === 'ESC_IDENTIFIER') this.report(name.offset, "unsupported syntax: '`'");
    if (optional) {
      const field: Expression = { kind: 'literal', value: name.text, ...this.node(name.offset) };
      return { kind: 'call', name: '_?._', target: undefined, args: [operand, field], ...this.node(dot.offset) };
    }
    if (name.type === 'IDENTIFIER' && this.is('(')) {
      const open = this.take('(');
      return this.call(open.offset, name.text, operand, this.parseArguments());
    }
    return { kind: 'select', operand, field: name.text, testOnly: false, ...this.node(dot.offset) };
  }

  private parseArguments(): Expression[] {
    const args: Expression[] = [];
    if (!this.is(')')) {
      do args.push(this.parseExpression());
      while (this.accept(','));
    }
    this.take(')');
    return args;
  }

  private parsePrimary(): Expression {
    return this.within('primary', () => {
      const token = this.token;
      switch (token.type) {
        case '(': {
          this.at++;
          const inner = this.parseExpression();
          this.take(')');
          return inner;
        }
        case '[':
          return this.parseList();
        case '{':
          return this.parseMap();
        case '.':
        case 'IDENTIFIER':
          return this.parseName();
        default:
          return this.parseLiteral();
      }
    });
  }

  private parseName(): Expression {
    const start = this.token;
    const dot = this.accept('.') ? '.' : '';
    const name = this.take('IDENTIFIER');
    const message = this.messageOpens();
    if (message) {
      const names = [name.text];
      while (this.accept('.')) names.push(this.take('IDENTIFIER').text);
      return this.parseStruct(dot + names.join('.'));
    }
    if (reservedIdentifiers.has(name.text)) {
      if (this.accept('(')) this.parseArguments();
      return this.report(start.offset, `reserved identifier: ${name.text}`);
    }
    const open = this.accept('(');
    if (open) return this.call(open.offset, dot + name.text, undefined, this.parseArguments());
    return { kind: 'identifier', name: dot + name.text, ...this.node(name.offset) };
  }

  /** Whether `.name.name {` follows. */
  private messageOpens(): boolean {
    let i = this.at;
    while (this.tokens[i]?.type === '.' && this.tokens[i + 1]?.type === 'IDENTIFIER') i += 2;
    return this.tokens[i]?.type === '{';
  }

  private parseList(): Expression {
    const open = this.take('[');
    const node = this.node(open.offset);
    const elements: Expression[] = [];
    const optional = new Set<number>();
    this.parseItems(']', () => {
      if (this.accept('?')) optional.add(elements.length);
      elements.push(this.parseExpression());
    });
    return { kind: 'list', elements, optional, ...node };
  }

  private parseMap(): Expression {
    const open = this.take('{');
    const node = this.node(open.offset);
    const entries: MapEntry[] = [];
    this.parseItems('}', () => {
      const optional = this.accept('?') !== undefined;
      const key = this.parseExpression();
      const colon = this.take(':');
      const value = this.parseExpression();
      entries.push({ key, value, optional, ...this.node(colon.offset) });
    });
    return { kind: 'map', entries, ...node };
  }

  private parseStruct(typeName: string): Expression {
    const open = this.take('{');
    const node = this.node(open.offset);
    const fields: StructField[] = [];
    this.parseItems('}', () => {
      const optional = this.accept('?') !== undefined;
      const name = this.accept('ESC_IDENTIFIER');
      if (name) this.report(name.offset, "unsupported syntax: '`'");
      const field = name ?? this.take('IDENTIFIER');
      const colon = this.take(':');
      const value = this.parseExpression();
      fields.push({ name: field.text, value, optional, ...this.node(colon.offset) });
    });
    return { kind: 'struct', typeName, fields, ...node };
  }

  /** Items with commas between them, and one behind the last if they like; even a comma alone is allowed. */
  private parseItems(close: TokenType, parseItem: () => void): void {
    if (!this.is(close) && !this.is(',')) {
      parseItem();
      while (this.is(',') && this.tokens[this.at + 1]?.type !== close) {
        this.at++;
        parseItem();
      }
    }
    this.accept(',');
    this.take(close);
  }

  private parseLiteral(): Expression {
    const start = this.token;
    const sign = start.type === '-' ? '-' : '';
    if (sign) this.at++;
    const token = this.token;
    const literal = (value: bigint | number | string | boolean | null | Uint | Uint8Array): Expression => {
      this.at++;
      return { kind: 'literal', value, ...this.node(start.offset) };
    };
    const wrong = (message: string): Expression => {
      this.at++;
      return this.report(start.offset, message);
    };
    switch (token.type) {
      case 'NUM_INT': {
        const value = BigInt(token.text) * (sign ? -1n : 1n);
        return BigInt.asIntN(64, value) === value ? literal(value) : wrong('invalid int literal');
      }
      case 'NUM_FLOAT': {
        const value = Number(sign + token.text);
        return Number.isFinite(value) ? literal(value) : wrong('invalid double literal');
      }
    }
    if (sign) throw new SyntaxFailure();
    switch (token.type) {
      case 'NUM_UINT': {
        const value = BigInt(token.text.slice(0, -1));
        return BigInt.asUintN(64, value) === value ? literal(new Uint(value)) : wrong('invalid uint literal');
      }
      case 'STRING':
      case 'BYTES':
        try {
          return literal(token.type === 'STRING' ? unescapeString(token.text) : unescapeBytes(token.text.slice(1)));
        } catch (error) {
          return wrong((error as Error).message);
        }
      case 'true':
      case 'false':
        return literal(token.type === 'true');
      case 'null':
        return literal(null);
      default:
        throw new SyntaxFailure();
    }
  }

  private call(offset: number, name: string, target: Expression | undefined, args: readonly Expression[]): Expression {
    const key = macroKey(name, args.length, target !== undefined);
    const expand = macros.get(key) ?? this.macros?.get(key);
    try {
      const expanded = expand?.(this.macroNodes(offset), target, args);
      return expanded ?? ({ kind: 'call', name, target, args, ...this.node(offset) } satisfies Call);
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      return this.report(error.at.offset, error.message);
    }
  }

  private macroNodes(offset: number): MacroNodes {
    const node = () => this.node(offset);
    return {
      literal: (value) => ({ kind: 'literal', value, ...node() }),
      identifier: (name) => ({ kind: 'identifier', name, ...node() }),
      list: (...elements) => ({ kind: 'list', elements, optional: new Set(), ...node() }),
      map: (...entries) => ({ kind: 'map', entries, ...node() }),
      call: (name, ...args) => ({ kind: 'call', name, target: undefined, args, ...node() }),
      memberCall: (name, target, ...args) => ({ kind: 'call', name, target, args, ...node() }),
      presenceTest: (operand, field) => ({ kind: 'select', operand, field, testOnly: true, ...node() }),
      comprehension: (parts) => ({ kind: 'comprehension', ...parts, ...node() }),
      copy: (expression) => copyExpression(expression, () => this.nextId++),
    };
  }
}
