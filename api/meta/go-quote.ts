/** The control characters for which Go has an escape of one letter. */
export const controlEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x0b': '\\v',
};
const needsEscapes = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const isPrinted = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** A text in Go's quotes, as `%q` prints it: what cannot be printed has escapes, which for control characters are others than in JSON. */
export function goQuote(text: string): string {
  return needsEscapes.test(text) ? `"${[...text].map((character) => escaped(character, '"')).join('')}"` : `"${text}"`;
}

/** A character in Go's quotes for one. */
export function goQuoteCharacter(character: string): string {
  return `'${escaped(character, "'")}'`;
}

/** A text as Go's errors about times and durations quote it: the bytes of whatever is no ASCII are escaped one by one. */
export function goTimeQuote(text: string): string {
  return `"${[...text].map(escapedInTime).join('')}"`;
}

function escapedInTime(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (character >= ' ' && character <= '\x7f') return character;
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

function escaped(character: string, quote: string): string {
  if (character === quote || character === '\\') return `\\${character}`;
  if (isPrinted.test(character)) return character;
  const point = character.codePointAt(0)!;
  const [letter, digits] = point < 0x80 ? ['x', 2] : point < 0x10000 ? ['u', 4] : ['U', 8];
  return controlEscapes[character] ?? `\\${letter}${point.toString(16).padStart(digits as number, '0')}`;
}
