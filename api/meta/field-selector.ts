/** Field selectors: `metadata.name=a,status.phase!=Running`, with `\,` `\=` and `\\` as escapes in values. */
import { compareText } from './text.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Reads a field's value of an object. */
export type FieldReader<T> = (object: T) => string;

export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  static readonly everything = new FieldSelector([]);

  isEverything(): boolean {
    return this.requirements.length === 0;
  }

  /** The value that the field must have, if the selector says so (to use an index, or a get instead of a list). */
  requiresExactly(field: string): string | undefined {
    return this.requirements.find((r) => r.field === field && r.operator === '=')?.value;
  }

  /** A predicate over objects. @param readers of every field that the selector names; others read as '' */
  compile<T>(readers: Readonly<Record<string, FieldReader<T>>>): (object: T) => boolean {
    const tests = this.requirements.map(({ field, operator, value }) => {
      const read = readers[field] ?? (() => '');
      return operator === '=' ? (object: T) => read(object) === value : (object: T) => read(object) !== value;
    });
    if (tests.length === 0) return () => true;
    return tests.length === 1 ? tests[0]! : (object) => tests.every((test) => test(object));
  }

  toString(): string {
    return this.requirements.map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`).join(',');
  }
}

export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, (char) => `\\${char}`);
}

/** @throws Error in the API's words; the caller answers 400 */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort(compareText)) {
    if (term === '') continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (!match) throw new Error(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, field, operator, value] = match as unknown as [string, string, string, string];
    // Nothing asked of nothing is no requirement.
    if (field !== '' || value !== '') requirements.push({ field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) });
  }
  return new FieldSelector(requirements);
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  let escaped = false;
  for (let i = 0; i < text.length; i++) {
    if (escaped) escaped = false;
    else if (text[i] === '\\') escaped = true;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function unescapeValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let value = '';
  let escaped = false;
  for (const char of text) {
    if (escaped) {
      if (char !== '\\' && char !== ',' && char !== '=') throw new Error(`invalid field selector: invalid escape sequence: \\${char}`);
      value += char;
      escaped = false;
    } else if (char === '\\') escaped = true;
    else if (char === ',' || char === '=') {
      throw new Error(`invalid field selector: unescaped character in value: ${char.codePointAt(0)}`);
    } else value += char;
  }
  if (escaped) throw new Error('invalid field selector: invalid escape sequence: \\');
  return value;
}
