import { isJsonObject } from './json-object.ts';

/** A path into JSON values as kubectl writes them, without the braces: `.spec.ports[0].name`, `.status.conditions[?(@.type=="Ready")].status`. */
export interface JsonPath {
  /** The values that the path leads to; what is not there leads nowhere. @throws JsonPathError where the path does not fit the value */
  find(value: unknown): unknown[];
}

/** A path that cannot be read, or that does not fit a value. */
export class JsonPathError extends Error {}

type Step = (values: readonly unknown[], root: unknown) => unknown[];

/** @throws JsonPathError */
export function parseJsonPath(text: string): JsonPath {
  const steps = new Parser(text).steps();
  return { find: (value) => steps.reduce<unknown[]>((values, step) => step(values, value), [value]) };
}

class Parser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  steps(): Step[] {
    const steps: Step[] = [];
    if (/^[$@]/.test(this.text)) this.at++;
    while (this.at < this.text.length) steps.push(...this.step());
    return steps;
  }

  private step(): Step[] {
    const { text } = this;
    if (text.startsWith('..', this.at)) {
      this.at += 2;
      return [descend, ...(this.atName() ? [this.name()] : [])];
    }
    if (text[this.at] === '.') {
      this.at++;
      return this.atName() ? [this.name()] : [];
    }
    if (text[this.at] === '[') return this.brackets();
    throw new JsonPathError(`unrecognized character in action: ${text.slice(this.at, this.at + 1)}`);
  }

  private atName(): boolean {
    const next = this.text[this.at];
    return next !== undefined && next !== '[' && next !== '.';
  }

  private name(): Step {
    const match = /^(?:\\.|[^\\.[\]\s|{}'"()])+/.exec(this.text.slice(this.at));
    if (!match) throw new JsonPathError(`unrecognized character in action: ${this.text[this.at]}`);
    this.at += match[0].length;
    return match[0] === '*' ? wildcard : field(match[0].replace(/\\(.)/g, '$1'));
  }

  private brackets(): Step[] {
    const end = this.closing();
    const inside = this.text.slice(this.at + 1, end).trim();
    this.at = end + 1;
    if (inside === '*') return [indexes(':')];
    const filter = /^\?\((.*)\)$/s.exec(inside);
    if (filter) return [filterStep(filter[1]!)];
    const quoted = /^'([^']*)'$|^"([^"]*)"$/.exec(inside);
    if (quoted) return new Parser(`.${quoted[1] ?? quoted[2]}`).steps();
    const parts = inside.split(',').map((part) => part.trim());
    return [parts.length > 1 ? union(parts.map((part) => new Parser(`[${part}]`).steps())) : indexes(inside)];
  }

  private closing(): number {
    let depth = 0;
    let quote = '';
    for (let i = this.at; i < this.text.length; i++) {
      const character = this.text[i]!;
      if (quote !== '') {
        if (character === quote) quote = '';
      } else if (character === "'" || character === '"') quote = character;
      else if (character === '[') depth++;
      else if (character === ']' && --depth === 0) return i;
    }
    throw new JsonPathError('unterminated array');
  }
}

function field(name: string): Step {
  return (values) => values.flatMap((value) => (isJsonObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));
}

const wildcard: Step = (values) =>
  values.flatMap((value) => (Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : []));

const descend: Step = (values) => values.flatMap(allInside);

function allInside(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(allInside)];
}

/** `2`, `-1`, `1:3`, `::2`: of lists, whose ends it may not pass. */
function indexes(text: string): Step {
  const match = /^(-?\d*)(?:(:)(-?\d*))?(?::(-?\d*))?$/.exec(text);
  if (!match || text === '') throw new JsonPathError(`invalid array index ${text}`);
  const isSlice = match[2] !== undefined;
  const step = match[4] ? Number(match[4]) : 1;
  return (values) =>
    values.flatMap((value) => {
      if (value === null || value === undefined) return [];
      if (!Array.isArray(value)) throw new JsonPathError(`${text} is not array or slice`);
      const from = position(match[1]!, 0, value.length);
      const to = isSlice ? position(match[3]!, value.length, value.length) : from + 1;
      if (from === to) return [];
      for (const [index, bound] of [
        [from, value.length - 1],
        [to, value.length],
      ] as const) {
        if (index < 0 || index > bound) throw new JsonPathError(`array index out of bounds: index ${index}, length ${value.length}`);
      }
      if (from > to) throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`);
      if (step <= 0) throw new JsonPathError('step must be > 0');
      return value.slice(from, to).filter((_, i) => i % step === 0);
    });
}

function position(text: string, standard: number, length: number): number {
  if (text === '') return standard;
  const index = Number(text);
  return index < 0 ? index + length : index;
}

function union(paths: readonly (readonly Step[])[]): Step {
  return (values, root) => paths.flatMap((steps) => steps.reduce<unknown[]>((found, step) => step(found, root), [...values]));
}

type Operand = (item: unknown) => unknown[];

function filterStep(text: string): Step {
  const [left, operator, right] = splitComparison(text);
  const first = operand(left);
  if (operator === undefined) return (values) => itemsOf(values).filter((item) => first(item).length > 0);
  const second = operand(right!);
  return (values) =>
    itemsOf(values).filter((item) => {
      const a = first(item);
      const b = second(item);
      return a.length === 1 && b.length === 1 && compare(a[0], operator, b[0]);
    });
}

function itemsOf(values: readonly unknown[]): unknown[] {
  return values.flatMap((value) => {
    if (!Array.isArray(value)) throw new JsonPathError('is not array or slice and cannot be filtered');
    return value;
  });
}

function splitComparison(text: string): [left: string, operator?: string, right?: string] {
  const match = /^((?:[^'"=!<>]|'[^']*'|"[^"]*")+)(==|!=|<=|>=|<|>)(.*)$/s.exec(text);
  return match ? [match[1]!.trim(), match[2]!, match[3]!.trim()] : [text.trim()];
}

function operand(text: string): Operand {
  if (/^['"]/.test(text)) return () => [text.slice(1, -1)];
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => [Number(text)];
  if (text === 'true' || text === 'false') return () => [text === 'true'];
  const path = parseJsonPath(text);
  return (item) => path.find(item);
}

function compare(left: any, operator: string, right: any): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
