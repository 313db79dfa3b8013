/** Definition → property (`''` for the definition itself) → which gap between words, counted from 0 → the white space that stands there (one more than there are gaps: at the end). */
export type LineBreaks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/**
 * The client library has each description on one line. This gives one its lines back.
 * @throws Error where the description has fewer gaps, so that an upgrade of the library is noticed
 */
export function breakLines(text: string, breaks: Readonly<Record<string, string>> | undefined): string {
  if (breaks === undefined) return text;
  let gap = 0;
  const broken = text.replace(/\s+/g, (space) => breaks[gap++] ?? space);
  if (Object.keys(breaks).some((at) => Number(at) > gap)) throw new Error(`a line breaks behind the end of: ${text}`);
  return broken + (breaks[gap] ?? '');
}
