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
