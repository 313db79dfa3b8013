import type { Element, RuleName } from './grammar.ts';
import { reservedIdentifiers, type Token, type TokenType } from './lexer.ts';
import { buildNetwork, type Network, type State, type Step } from './network.ts';
import { predict } from './predict.ts';
import { type Issue, maxIssues } from './source.ts';

/**
 * What is wrong with tokens that are no expression, in the words of ANTLR's parser: it reports a token, leaves out or adds one where that helps,
 * skips to where the grammar can go on, and reports the next one.
 * @param text the source from a token's start to another's end
 */
export function diagnoseSyntax(tokens: readonly Token[], text: (first: Token, last: Token) => string): Issue[] {
  const parser = new RecoveringParser(buildNetwork(), tokens, text);
  try {
    parser.parseRule('start', 0);
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    parser.issues.push(...error.issues);
  }
  return parser.issues;
}

const maxRecoveries = 30;
const maxSkipped = 256;
const maxDepth = 250;

// In the order in which messages list them.
const order: readonly TokenType[] = [
  'EOF',
  '==',
  '!=',
  'in',
  '<',
  '<=',
  '>=',
  '>',
  '&&',
  '||',
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
  'true',
  'false',
  'null',
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
  'ESC_IDENTIFIER',
];

class GaveUp extends Error {
  readonly issues: readonly Issue[];

  constructor(...issues: Issue[]) {
    super();
    this.issues = issues;
  }
}

/** Thrown where a rule cannot go on; caught where the rule was asked for. */
class Failure extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A rule being parsed, with the state to come back to. */
interface Invocation {
  readonly rule: RuleName;
  readonly precedence: number;
  readonly returnTo: State | undefined;
  readonly parent: Invocation | undefined;
}

const noTest = 'invalid argument to has() macro';
const opening: Readonly<Record<string, string>> = { ']': '[', '}': '{', ')': '(' };

class RecoveringParser {
  readonly issues: Issue[] = [];
  private readonly network: Network;
  private readonly tokens: readonly Token[];
  private readonly text: (first: Token, last: Token) => string;
  private at = 0;
  private state!: State;
  private invocation: Invocation | undefined;
  private depth = 0;
  private recovering = false;
  private recoveries = 0;
  private lastErrorAt = -1;
  private lastErrorStates = new Set<State>();

  constructor(network: Network, tokens: readonly Token[], text: (first: Token, last: Token) => string) {
    this.network = network;
    this.tokens = tokens;
    this.text = text;
  }

  private get token(): Token {
    return this.tokens[this.at]!;
  }

  private consume(): void {
    if (this.at < this.tokens.length - 1) this.at++;
  }

  parseRule(rule: RuleName, precedence: number, returnTo?: State): void {
    if (++this.depth > maxDepth * 12) throw new GaveUp({ offset: -1, message: `expression recursion limit exceeded: ${maxDepth}` });
    const outer = this.invocation;
    this.invocation = { rule, precedence, returnTo, parent: outer };
    try {
      this.run(this.network.rules[rule].step);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.report(error.offset, error.message);
      if (rule === 'escapeIdent') this.noteNoName(error.offset);
      this.recover();
    }
    this.invocation = outer;
    this.depth--;
  }

  private run(step: Step): void {
    const { element, enter, again, parts } = step;
    switch (element.kind) {
      case 'sequence':
        for (const part of parts) this.run(part);
        return;
      case 'token':
        this.state = enter;
        return this.match(element.types);
      case 'rule': {
        this.state = enter;
        const [transition] = enter.transitions;
        this.parseRule(element.rule, element.precedence, transition!.target);
        // The parser comes back to the state from which it asked.
        this.state = enter;
        return;
      }
      case 'precedence':
        return;
      case 'choice': {
        this.sync(enter);
        const chosen = this.choose(parts, element.predicted);
        if (enter.rule === 'primary' && chosen < 2) this.checkReserved();
        return this.run(parts[chosen]!);
      }
      case 'optional':
        this.sync(enter);
        if (this.canStart(parts[0]!)) this.run(parts[0]!);
        return;
      case 'star':
        this.sync(enter);
        while (this.continues(step, element.predicted)) {
          this.run(parts[0]!);
          this.sync(again!);
        }
        return;
      case 'plus':
        this.sync(enter);
        do {
          this.run(parts[0]!);
          this.sync(again!);
        } while (this.continues(step, element.predicted));
        return;
    }
  }

  /** Names that mean something else are no syntax errors, but are reported beside them. */
  private checkReserved(): void {
    const name = this.token.type === '.' ? this.tokens[this.at + 1] : this.token;
    if (name?.type === 'IDENTIFIER' && reservedIdentifiers.has(name.text)) {
      this.issues.push({ offset: this.token.offset, message: `reserved identifier: ${name.text}` });
    }
  }

  private canStart(part: Step): boolean {
    return nextTokens(this.network, part.enter).has(this.token.type);
  }

  private continues({ enter, again, parts, element }: Step, predicted: boolean): boolean {
    if (!predicted) return this.canStart(parts[0]!);
    const decision = element.kind === 'plus' ? again! : enter;
    return (
      this.predict(
        decision.transitions.map((transition) => transition.target),
        hasOperators(element),
      ) === 0
    );
  }

  private choose(parts: readonly Step[], predicted: boolean): number {
    if (predicted) return this.predict(parts.map((part) => part.enter));
    const found = parts.findIndex((part) => this.canStart(part));
    if (found < 0) throw this.noViableAlternative(this.at);
    return found;
  }

  private predict(alternatives: readonly State[], operators = false): number {
    const predicted = predict(this.network, alternatives, this.tokens, this.at, this.invocation!.precedence, operators);
    if (typeof predicted === 'number') return predicted;
    throw this.noViableAlternative(predicted.at);
  }

  private noViableAlternative(at: number): Failure {
    const [start, offending] = [this.token, this.tokens[at]!];
    if (start.type === '.' && !this.recovering) this.noteUnnamedTest();
    const input = start.type === 'EOF' ? '<EOF>' : this.text(start, offending);
    const message = `no viable alternative at input ${quote(input)}`;
    const reserved = /^no viable alternative at input '.(true|false|null)'/s.exec(message);
    return new Failure(
      reserved ? message.replace(reserved[0], `mismatched input '${reserved[1]}' expecting IDENTIFIER`) : message,
      offending.offset,
    );
  }

  /** What upstream says once more of a name that is none, when it makes a tree of what it has understood. */
  private noteNoName(offset: number): void {
    const mark = this.tokens[this.at - 1]!;
    const dot = this.tokens[this.at - 2];
    const ofField = mark.type === '?' && dot?.type !== '.';
    this.issues.push({ offset: ofField ? mark.offset : offset, message: 'unsupported ident kind' });
    if (mark.type !== '?' || ofField || this.testedFrom(this.at - 2) === undefined) return;
    // What is no name may be an operator, behind which something is missing.
    this.issues.push({ offset: this.token.type === 'in' ? offset : dot!.offset, message: noTest });
  }

  /** Of `has(self.in)` nothing but `self` is understood, which is no field; of `has(self.a.in)` it is `self.a`, which is one. */
  private noteUnnamedTest(): void {
    const first = this.testedFrom(this.at);
    if (first === undefined) return;
    const last = this.tokens[this.at - 1]!;
    const opened = last.type in opening ? this.opened(this.at - 1) : undefined;
    if (opened !== undefined) this.issues.push({ offset: this.tokens[opened]!.offset, message: noTest });
    else if (first === this.at - 1) this.issues.push({ offset: last.offset, message: noTest });
  }

  /** Where the chain of fields, indexes and calls begins that ends at a token, if it is all that `has` was given so far. */
  private testedFrom(end: number): number | undefined {
    let at = end - 1;
    for (; at > 0 && this.tokens[at]!.type !== '('; at--) {
      const { type } = this.tokens[at]!;
      if (type in opening) at = this.opened(at);
      else if (type !== 'IDENTIFIER' && type !== '.' && type !== '?') return undefined;
    }
    return this.tokens[at - 1]?.text === 'has' ? at + 1 : undefined;
  }

  /** Where a bracket was opened that is closed at a token; 0 where nowhere. */
  private opened(closed: number): number {
    const close = this.tokens[closed]!.type;
    let depth = 0;
    for (let at = closed; at > 0; at--) {
      const { type } = this.tokens[at]!;
      if (type === close) depth++;
      if (type === opening[close] && --depth === 0) return at;
    }
    return 0;
  }

  private match(types: readonly TokenType[]): void {
    if (types.includes(this.token.type)) {
      this.matched();
      this.consume();
      return;
    }
    this.countRecovery();
    if (this.deleteToken()) {
      this.consume();
      return;
    }
    const [transition] = this.state.transitions;
    if (this.tokensInContext(transition!.target).has(this.token.type)) {
      if (!this.recovering) this.report(this.token.offset, `missing ${list(this.expected())} at ${shown(this.token)}`);
      return;
    }
    throw this.mismatch();
  }

  private matched(): void {
    this.recovering = false;
    this.lastErrorAt = -1;
    this.lastErrorStates = new Set();
  }

  private mismatch(): Failure {
    return new Failure(`mismatched input ${shown(this.token)} expecting ${list(this.expected())}`, this.token.offset);
  }

  private report(offset: number, message: string): void {
    if (this.recovering) return;
    this.recovering = true;
    this.issues.push({ offset, message: `Syntax error: ${message}` });
    if (this.issues.length > maxIssues) throw new GaveUp();
  }

  private sync(state: State): void {
    this.state = state;
    if (this.recovering) return;
    const next = nextTokens(this.network, state);
    if (next.has('end') || next.has(this.token.type)) return;
    if (state.kind === 'block') {
      if (this.deleteToken()) return;
      throw this.mismatch();
    }
    this.report(this.token.offset, `extraneous input ${shown(this.token)} expecting ${list(this.expected())}`);
    this.skipTo(new Set([...this.expected(), ...this.recoverySet()]));
  }

  /** Leaves a token out if the one behind it fits. */
  private deleteToken(): boolean {
    const next = this.tokens[Math.min(this.at + 1, this.tokens.length - 1)]!;
    if (!this.expected().has(next.type)) return false;
    this.report(this.token.offset, `extraneous input ${shown(this.token)} expecting ${list(this.expected())}`);
    this.consume();
    this.matched();
    return true;
  }

  private countRecovery(): void {
    if (this.recoveries++ < maxRecoveries) return;
    throw new GaveUp({ offset: this.token.offset, message: `Syntax error: error recovery attempt limit exceeded: ${maxRecoveries}` });
  }

  private recover(): void {
    this.countRecovery();
    if (this.lastErrorAt === this.at && this.lastErrorStates.has(this.state)) this.consume();
    this.lastErrorAt = this.at;
    this.lastErrorStates.add(this.state);
    this.skipTo(this.recoverySet());
  }

  private skipTo(types: ReadonlySet<TokenType | 'end'>): void {
    for (let skipped = 0; this.token.type !== 'EOF' && !types.has(this.token.type); skipped++) {
      if (skipped >= maxSkipped) throw new GaveUp({ offset: -1, message: `error recovery token lookahead limit exceeded: ${maxSkipped}` });
      this.consume();
    }
  }

  /** What can come after any of the rules being parsed. */
  private recoverySet(): Set<TokenType | 'end'> {
    const set = new Set<TokenType | 'end'>();
    for (let rule = this.invocation; rule?.returnTo; rule = rule.parent)
      for (const type of nextTokens(this.network, rule.returnTo)) set.add(type);
    set.delete('end');
    return set;
  }

  private expected(): Set<TokenType> {
    return this.tokensInContext(this.state);
  }

  private tokensInContext(state: State): Set<TokenType> {
    let next = nextTokens(this.network, state);
    const all = new Set(next);
    for (let rule = this.invocation; next.has('end') && rule?.returnTo; rule = rule.parent) {
      next = nextTokens(this.network, rule.returnTo);
      all.delete('end');
      for (const type of next) all.add(type);
    }
    if (all.delete('end')) all.add('EOF');
    return all as Set<TokenType>;
  }
}

/** The tokens that can come next within the rule, and 'end' if the rule can end here. */
function nextTokens(network: Network, from: State): Set<TokenType | 'end'> {
  const found = new Set<TokenType | 'end'>();
  const seen = new Map<State, Set<string>>();
  const visit = (state: State, returns: readonly State[]) => {
    const key = String(returns.length);
    const known = seen.get(state) ?? new Set();
    if (known.has(key)) return;
    seen.set(state, known.add(key));
    if (state.kind === 'ruleStop') {
      const back = returns.at(-1);
      if (back) visit(back, returns.slice(0, -1));
      else found.add('end');
      return;
    }
    for (const transition of state.transitions) {
      if (transition.kind === 'token') for (const type of transition.types) found.add(type);
      else if (transition.kind === 'rule') visit(network.rules[transition.rule].start, [...returns, transition.target]);
      else visit(transition.target, returns);
    }
  };
  visit(from, []);
  return found;
}

/** Whether a loop is one over operators: its rounds hold up to a precedence only. */
function hasOperators(element: Element): boolean {
  switch (element.kind) {
    case 'star':
      return hasOperators(element.part);
    case 'sequence':
      return element.parts[0] !== undefined && hasOperators(element.parts[0]);
    case 'choice':
      return hasOperators(element.alternatives[0]!);
    default:
      return element.kind === 'precedence';
  }
}

const symbolic = new Set<TokenType>(['NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER', 'ESC_IDENTIFIER']);

function list(types: ReadonlySet<TokenType>): string {
  const names = order.filter((type) => types.has(type)).map((type) => (type === 'EOF' ? '<EOF>' : symbolic.has(type) ? type : `'${type}'`));
  return names.length === 1 ? names[0]! : `{${names.join(', ')}}`;
}

function shown(token: Token): string {
  return quote(token.text);
}

function quote(text: string): string {
  return `'${text.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;
}
