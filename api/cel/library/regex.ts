import { RE2JS } from 're2js';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { CelError } from '../runtime/errors.ts';
import { ArrayList } from '../runtime/values.ts';

/** A regular expression of RE2's language: matching takes time in proportion to the text. */
export interface Regex {
  /** The first match, or undefined. */
  find(text: string): string | undefined;
  findAll(text: string, limit: number): string[];
  test(text: string): boolean;
}

/** @throws CelError in the words of Go's regexp package */
export function compileRegex(pattern: string): Regex {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    throw new CelError((error as Error).message);
  }
  return {
    test: (text) => compiled.test(text),
    find(text) {
      const matcher = compiled.matcher(text);
      return matcher.find() ? matcher.group()! : undefined;
    },
    findAll(text, limit) {
      const matcher = compiled.matcher(text);
      const found: string[] = [];
      while (found.length < limit && matcher.find()) found.push(matcher.group()!);
      return found;
    },
  };
}

/** find and findAll. */
export function regexLibrary(): FunctionDeclaration[] {
  return [
    declareFunction('find', {
      string_find_string: ['string.(string): string', (text: string, pattern: string) => find(compileRegex(pattern), text)],
    }),
    declareFunction('findAll', {
      string_find_all_string: [
        'string.(string): list(string)',
        (text: string, pattern: string) => new ArrayList(compileRegex(pattern).findAll(text, Number.POSITIVE_INFINITY)),
      ],
      string_find_all_string_int: [
        'string.(string, int): list(string)',
        (text: string, pattern: string, limit: bigint) => findSome(compileRegex(pattern), text, limit),
      ],
    }),
  ];
}

function find(regex: Regex, text: string): string {
  return regex.find(text) ?? '';
}

function findSome(regex: Regex, text: string, limit: bigint): ArrayList {
  return new ArrayList(regex.findAll(text, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)));
}

/** The functions whose second argument is a pattern, ready for a pattern that is known beforehand. */
export const regexFunctions: Readonly<Record<string, (regex: Regex) => (...args: any[]) => any>> = {
  matches: (regex) => (text: string) => regex.test(text),
  find: (regex) => (text: string) => find(regex, text),
  findAll:
    (regex) =>
    (text: string, _pattern: string, limit = -1n) =>
      findSome(regex, text, limit),
};
