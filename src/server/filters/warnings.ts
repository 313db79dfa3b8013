import type { Stage } from './stage.ts';

/** Upstream's limits on the characters of all warnings of one answer, and of each once the sum is passed. */
const longestSum = 4 * 1024;
const longestWhenCut = 256;

/** Room for warnings: later stages add texts, the transport sends them with `warningHeaders`. */
export const warnings: Stage = (context, next) => next(context);

/**
 * `Warning` headers: `299 - "text"`, each text once, in order. If they have more than 4,096 characters together, each is cut to 256, and no more are
 * sent once the sum is reached.
 */
export function warningHeaders(texts: readonly string[]): string[] {
  const unique = [...new Set(texts)].filter((text) => text !== '' && !controls.test(text)).map((text) => [...text]);
  const sum = unique.reduce((total, { length }) => total + length, 0);
  const headers: string[] = [];
  let written = 0;
  for (const characters of unique) {
    if (written >= longestSum && sum > longestSum) break;
    const cut = sum > longestSum ? characters.slice(0, longestWhenCut) : characters;
    written += cut.length;
    // Header strings are bytes to Node: this sends the text as UTF-8.
    headers.push(Buffer.from(`299 - "${cut.join('').replace(/[\\"]/g, '\\$&')}"`).toString('latin1'));
  }
  return headers;
}

/** Texts with control characters are not sent at all. */
const controls = /\p{Cc}/u;
