const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const replacements: Record<string, string> = { __: 'underscores', '.': 'dot', '-': 'dash', '/': 'slash' };
const originals: Record<string, string> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** The name under which expressions reach a property, `a__dash__b` for a-b; undefined where they cannot. */
export function escapeProperty(name: string): string | undefined {
  if (!/^[A-Za-z_./-][\w./-]*$/.test(name)) return undefined;
  if (reserved.has(name)) return `__${name}__`;
  return name.replace(/__|[-./]/g, (part) => `__${replacements[part]}__`);
}

/** The property that a name in an expression means; undefined if there can be none. */
export function unescapeProperty(name: string): string | undefined {
  let valid = true;
  const property = name.replace(/__([^_]+)__/g, (whole, word: string) => {
    if (Object.hasOwn(originals, word)) return originals[word]!;
    if (!reserved.has(word) || whole.length !== name.length) valid = false;
    return word;
  });
  return valid ? property : undefined;
}
