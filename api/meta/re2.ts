import { RE2JS } from 're2js';

/** A regular expression in Go's syntax, which takes time in proportion to the text whatever the pattern. */
export interface Re2 {
  /** Whether some part of the text matches. */
  test(text: string): boolean;
}

/** @throws Error in the words of Go's compiler: "error parsing regexp: missing closing ]: `[`" */
export function compileRe2(pattern: string): Re2 {
  return RE2JS.compile(pattern);
}
