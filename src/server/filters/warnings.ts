import type { Stage } from './stage.ts';

/** Upstream's limits on the text of all warnings of one answer, and of each once the sum is passed. */
const longestSum = 4 * 1024;
const longestWhenCut = 256;

/** Room for warnings: later stages add texts, the transport sends them with `warningHeaders`. */
export const warnings: Stage = (context, next) => next(context);

/**
 * `Warning` headers: `299 - "text"`, each text once, in order. If they are more than 4 KiB together, each is cut to 256 bytes and what still does not fit is dropped.
 */
export function warningHeaders(texts: readonly string[]): string[] {
  const unique = [...new Set(texts.map(clean))].filter((text) => text !== '');
  const sum = unique.reduce((total, text) => total + Buffer.byteLength(text), 0);
  const headers: string[] = [];
  let written = 0;
  for (const text of unique) {
    const cut = sum > longestSum ? cutTo(text, longestWhenCut) : text;
    written += Buffer.byteLength(cut);
    if (written > longestSum) break;
    // Header strings are bytes to Node: this sends the text as UTF-8.
    headers.push(Buffer.from(`299 - "${cut.replace(/[\\"]/g, '\\$&')}"`).toString('latin1'));
  }
  return headers;
}

/** Header values hold no control characters: line ends become spaces, the rest goes. Other text is sent as UTF-8. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\r\n\t]/g, ' ').replace(/[\x00-\x1f\x7f]/g, '');
}

function cutTo(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && (buffer[end]! & 0xc0) === 0x80) end--;
  return buffer.toString('utf8', 0, end);
}
