import { goQuote } from './go-quote.ts';

/** Length in bytes of the text's UTF-8 form, which is what the API's limits count. */
export function byteLength(text: string): number {
  // Most are short and ASCII, for which a call out of JavaScript costs more than looking.
  if (text.length <= 64) {
    let i = 0;
    while (i < text.length && text.charCodeAt(i) < 0x80) i++;
    if (i === text.length) return i;
  }
  return Buffer.byteLength(text, 'utf8');
}

/** Go's order of strings: by bytes of UTF-8, which for valid text is by code points. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sorted copy. */
export function sorted(values: Iterable<string>): string[] {
  return [...values].sort(compareText);
}

/** What Go's parser of whole numbers of 64 bits says of a text that is none. */
export function int64Problem(text: string): string | undefined {
  const problem = !/^[+-]?\d+$/.test(text)
    ? 'invalid syntax'
    : BigInt.asIntN(64, wholeNumber(text)) === wholeNumber(text)
      ? undefined
      : 'value out of range';
  return problem && `strconv.ParseInt: parsing ${goQuote(text)}: ${problem}`;
}

function wholeNumber(text: string): bigint {
  return BigInt(text.replace(/^\+/, ''));
}

/** A list of texts as Go prints it quoted: `["a" "b"]`. */
export function quotedList(texts: readonly string[]): string {
  return `[${texts.map((text) => goQuote(text)).join(' ')}]`;
}

/** Several messages as one, each once, as Go's aggregates print them: one as it is, else `[a, b]`. @param messages at least one */
export function aggregate(messages: readonly string[]): string {
  const unique = [...new Set(messages)];
  return unique.length === 1 ? unique[0]! : `[${unique.join(', ')}]`;
}
