/** The name of a program without its folder. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The values of flags as Go's programs take them, by name: `--name=value`, `-name=value`; of one without a value `true`.
 * @param apart whether a flag without a value may have it in the word that follows
 */
export function flagsOf(words: readonly string[], { apart = false } = {}): Map<string, string> {
  const flags = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const [, name, value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name !== undefined) flags.set(name, value ?? (apart ? words[index + 1] : undefined) ?? 'true');
  }
  return flags;
}
