/** Label selectors: the string form of list requests (`a=b,c in (d,e),!f`) and the LabelSelector objects of specs. */
import { goQuote } from './go-quote.ts';
import { isLabelValue, isQualifiedName } from './names.ts';
import { aggregate, compareText, sorted } from './text.ts';

export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted, without duplicates. */
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** metav1.LabelSelector. */
export interface LabelSelectorObject {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** A selector ready to use. Requirements are sorted by key; without any, everything matches. */
export class LabelSelector {
  readonly requirements: readonly LabelRequirement[];
  readonly matches: (labels: Labels | undefined) => boolean;
  private readonly nothing: boolean;

  constructor(requirements: readonly LabelRequirement[], nothing = false) {
    this.requirements = [...requirements].sort((a, b) => compareText(a.key, b.key));
    this.nothing = nothing;
    this.matches = nothing ? () => false : compile(this.requirements);
  }

  static readonly everything = new LabelSelector([]);
  /** What an absent LabelSelector object selects. */
  static readonly nothing = new LabelSelector([], true);

  isEverything(): boolean {
    return !this.nothing && this.requirements.length === 0;
  }

  isNothing(): boolean {
    return this.nothing;
  }

  toString(): string {
    return this.requirements.map(requirementText).join(',');
  }
}

function compile(requirements: readonly LabelRequirement[]): (labels: Labels | undefined) => boolean {
  const tests = requirements.map(compileRequirement);
  if (tests.length === 0) return () => true;
  if (tests.length === 1) {
    const only = tests[0]!;
    return (labels) => only(labels ?? noLabels);
  }
  return (labels) => tests.every((test) => test(labels ?? noLabels));
}

const noLabels: Labels = Object.freeze({});
const has = (labels: Labels, key: string): boolean => Object.hasOwn(labels, key);
const integer = /^[+-]?\d+$/;

function compileRequirement({ key, operator, values }: LabelRequirement): (labels: Labels) => boolean {
  const [first] = values;
  switch (operator) {
    case 'exists':
      return (labels) => has(labels, key);
    case '!':
      return (labels) => !has(labels, key);
    case '!=':
    case 'notin':
      return (labels) => !has(labels, key) || !values.includes(labels[key]!);
    case 'gt':
    case 'lt': {
      const bound = BigInt(first!);
      const compare = operator === 'gt' ? (value: bigint) => value > bound : (value: bigint) => value < bound;
      return (labels) => has(labels, key) && isInt64(labels[key]!) && compare(BigInt(labels[key]!.replace(/^\+/, '')));
    }
    default:
      if (values.length === 1) return (labels) => has(labels, key) && labels[key] === first;
      return (labels) => has(labels, key) && values.includes(labels[key]!);
  }
}

function isInt64(text: string): boolean {
  if (!integer.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values.join(',')}`;
    case 'lt':
      return `${key}<${values.join(',')}`;
    default:
      return `${key}${operator}${values.join(',')}`;
  }
}

/** @throws Error in the API's words; the caller answers 400 */
export function parseLabelSelector(text: string): LabelSelector {
  const simple = simplePair.exec(text);
  if (simple && simple[1]!.length <= 63 && simple[2]!.length <= 63) {
    return new LabelSelector([{ key: simple[1]!, operator: '=', values: [simple[2]!] }]);
  }
  return new LabelSelector(new Parser(tokenize(text)).parse());
}

// `app=web`: the usual selector, whose key and value cannot be wrong.
const simplePair = /^((?!(?:in|notin)=)[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)=([A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)$/;

type TokenType = 'end' | 'identifier' | 'error' | ')' | '(' | ',' | '!' | '==' | '=' | '!=' | '>' | '<' | 'in' | 'notin';

interface Token {
  readonly type: TokenType;
  readonly text: string;
}

const symbols = new Set(['=', '!', '(', ')', ',', '>', '<']);
const operators = new Set(['==', '!=', ...symbols]);
const spaces = new Set([' ', '\t', '\r', '\n']);

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '\0') break;
    if (spaces.has(char)) at++;
    else if (symbols.has(char)) {
      const pair = text.slice(at, at + 2);
      const symbol = operators.has(pair) ? pair : char;
      tokens.push({ type: symbol as TokenType, text: symbol });
      at += symbol.length;
    } else {
      const start = at;
      while (at < text.length && !symbols.has(text[at]!) && !spaces.has(text[at]!) && text[at] !== '\0') at++;
      const word = text.slice(start, at);
      tokens.push({ type: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
    }
    // A NUL that ends a token is read with it; one that begins a token is the end.
    if (!spaces.has(char) && text[at] === '\0') at++;
  }
  tokens.push({ type: 'end', text: '' });
  return tokens;
}

const operatorOf: Partial<Record<TokenType, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const token = this.peek();
      if (token.type === 'end') return requirements;
      if (token.type !== 'identifier' && token.type !== '!') {
        throw new Error(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.requirement());
      const next = this.take();
      if (next.type === 'end') return requirements;
      if (next.type !== ',') throw new Error(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.peek();
      if (after.type !== 'identifier' && after.type !== '!') {
        throw new Error(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  private requirement(): LabelRequirement {
    try {
      return this.parseRequirement();
    } catch (error) {
      throw new Error(`unable to parse requirement: ${(error as Error).message}`);
    }
  }

  private parseRequirement(): LabelRequirement {
    let token = this.take();
    const negated = token.type === '!';
    if (negated) token = this.take();
    if (token.type !== 'identifier') throw new Error(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const problems = isQualifiedName(key);
    if (problems.length > 0) throw new Error(`<nil>: Invalid value: ${goQuote(key)}: ${problems.join('; ')}`);
    if (negated) return { key, operator: '!', values: [] };
    const next = this.peek();
    if (next.type === 'end' || next.type === ',') return { key, operator: 'exists', values: [] };
    const operator = this.operator();
    const values = operator === 'in' || operator === 'notin' ? this.values() : this.exactValue();
    return checked({ key, operator, values: sorted(new Set(values)) });
  }

  private operator(): LabelOperator {
    const token = this.take(false);
    const operator = operatorOf[token.type];
    if (!operator) throw new Error(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
    return operator;
  }

  private values(): string[] {
    const open = this.take();
    if (open.type !== '(') throw new Error(`found '${open.text}' expected: '('`);
    const first = this.peek();
    if (first.type === ')') {
      this.take();
      return [''];
    }
    if (first.type !== 'identifier' && first.type !== ',') {
      throw new Error(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.identifiers();
    this.take();
    return values;
  }

  // Up to the closing parenthesis. An omitted value between commas is the empty one.
  private identifiers(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.take();
      const next = this.peek();
      if (token.type === 'identifier') {
        values.push(token.text);
        if (next.type === ')') return values;
        if (next.type !== ',') throw new Error(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.type === ',') {
        if (values.length === 0 || next.type === ',' || next.type === ')') values.push('');
        if (next.type === ')') return values;
      } else throw new Error(`found '${token.text}', expected: ',', or identifier`);
    }
  }

  private exactValue(): string[] {
    const next = this.peek();
    if (next.type === 'end' || next.type === ',') return [''];
    const token = this.take();
    if (token.type !== 'identifier') throw new Error(`found '${token.text}', expected: identifier`);
    return [token.text];
  }

  // Where a value or key may stand, the words `in` and `notin` are ordinary identifiers.
  private peek(wordsAreIdentifiers = true): Token {
    const token = this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
    return wordsAreIdentifiers && (token.type === 'in' || token.type === 'notin') ? { type: 'identifier', text: token.text } : token;
  }

  private take(wordsAreIdentifiers = true): Token {
    const token = this.peek(wordsAreIdentifiers);
    this.at++;
    return token;
  }
}

function checked(requirement: LabelRequirement): LabelRequirement {
  const problems: string[] = [];
  const { key, operator, values } = requirement;
  if ((operator === 'gt' || operator === 'lt') && !isInt64(values[0]!)) {
    problems.push(`values[0]: Invalid value: ${goQuote(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`);
  }
  values.forEach((value, i) => {
    const messages = isLabelValue(value);
    if (messages.length > 0) problems.push(`values[${i}][${key}]: Invalid value: ${goQuote(value)}: ${messages.join('; ')}`);
  });
  if (problems.length > 0) throw new Error(aggregate(problems));
  return requirement;
}

const objectOperators: Readonly<Record<string, LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/**
 * A LabelSelector object as a selector: an absent one selects nothing, an empty one everything.
 * @throws Error if an operator is unknown or a requirement malformed
 */
export function selectorFromObject(selector: LabelSelectorObject | null | undefined): LabelSelector {
  if (!selector) return LabelSelector.nothing;
  const requirements = matchLabelRequirements(selector.matchLabels);
  for (const { key, operator: name, values = [] } of selector.matchExpressions ?? []) {
    const operator = objectOperators[name];
    if (!operator) throw new Error(`"${name}" is not a valid label selector operator`);
    const wantsValues = operator === 'in' || operator === 'notin';
    if (wantsValues && values.length === 0)
      throw new Error("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
    if (!wantsValues && values.length > 0) {
      throw new Error(`values: Invalid value: ${JSON.stringify(values)}: values set must be empty for exists and does not exist`);
    }
    requirements.push({ key, operator, values: sorted(new Set(values)) });
  }
  return new LabelSelector(requirements);
}

/** A map of labels (as ReplicationControllers and Services have) as a selector; an empty one selects everything. */
export function selectorFromMap(labels: Labels | null | undefined): LabelSelector {
  return new LabelSelector(matchLabelRequirements(labels));
}

function matchLabelRequirements(labels: Labels | null | undefined): LabelRequirement[] {
  return Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] }));
}

/** The selector as tables print it: `a=b,c in (d)`; `<none>` if there is none, `<error>` for a bad one. */
export function labelSelectorText(selector: LabelSelectorObject | null | undefined): string {
  try {
    const text = selectorFromObject(selector).toString();
    return text === '' ? '<none>' : text;
  } catch {
    return '<error>';
  }
}

/** Labels as tables print them: `a=b,c=d`, sorted; `<none>` without any. */
export function labelsText(labels: Labels | null | undefined): string {
  const pairs = sorted(Object.keys(labels ?? {})).map((key) => `${key}=${labels![key]}`);
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}

/** A selector as Go prints it, in messages and tables. */
export function printSelector(selector: LabelSelectorObject | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${value},`);
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) => `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  const lists = `MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}}`;
  return `&LabelSelector{${lists},}`;
}
