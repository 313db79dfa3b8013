/* A header that came several times is one text with a value a line: no value holds a line end. */

export function joinedValues(values: readonly string[]): string {
  return values.join('\n');
}

/** The values of a header, in the order in which they came. */
export function valuesOf(header: string | undefined): readonly string[] {
  return header === undefined ? [] : header.split('\n');
}
