import type { Token } from './lexer.ts';
import type { Issue } from './source.ts';

/** What is wrong with tokens that are no expression. */
export function diagnoseSyntax(tokens: readonly Token[]): Issue[] {
  return [{ offset: tokens.at(-1)!.offset, message: `Syntax error: mismatched input` }];
}
