import { RE2JS } from 're2js';

/** A regular expression in Go's syntax, which takes time in proportion to the text whatever the pattern. */
export interface Re2 {
  /** Whether some part of the text matches. */
  test(text: string): boolean;
}

/** The patterns of definitions repeat themselves, and compiling one takes a hundred times as long as finding it here. */
const compiled = new Map<string, Re2>();
const compiledAtMost = 500;
const longestKept = 500;

/** @throws Error in the words of Go's compiler: "error parsing regexp: missing closing ]: `[`" */
export function compileRe2(pattern: string): Re2 {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = compile(pattern);
  if (pattern.length > longestKept) return made;
  if (compiled.size >= compiledAtMost) compiled.delete(compiled.keys().next().value!);
  compiled.set(pattern, made);
  return made;
}

function compile(pattern: string): Re2 {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    // Go names the part that is wrong here, too, which is empty.
    throw /end of expression$/.test((error as Error).message) ? new Error(`${(error as Error).message}: \`\``) : error;
  }
}
