/** What one command printed, normalized. */
export interface Entry {
  readonly title: string;
  readonly output: string;
}

/**
 * A transcript as text: each entry is a line `$ command` and the output below it. A command that stands there for the nth time has ` # n` behind it.
 */
export function formatTranscript(entries: readonly Entry[]): string {
  return entries.map(({ title, output }) => `$ ${title}\n${output === '' ? '' : `${quote(output)}\n`}`).join('\n');
}

/** @returns the entries of a transcript, by title */
export function parseTranscript(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const part of text.split(/^\$ /m).slice(1)) {
    const end = part.indexOf('\n');
    entries.set(part.slice(0, end), unquote(part.slice(end + 1).replace(/\n+$/, '')));
  }
  return entries;
}

/** @returns a function that makes every title unique */
export function numbering(): (title: string) => string {
  const seen = new Map<string, number>();
  return (title) => {
    const count = (seen.get(title) ?? 0) + 1;
    seen.set(title, count);
    return count === 1 ? title : `${title} # ${count}`;
  };
}

function quote(output: string): string {
  return output.replace(/^([$\\])/gm, '\\$1');
}

function unquote(output: string): string {
  return output.replace(/^\\([$\\])/gm, '$1');
}
