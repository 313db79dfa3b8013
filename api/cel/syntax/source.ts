/** The text of an expression with its lines; positions count code points, as error messages do. */
export interface Source {
  readonly text: string;
  readonly codePoints: readonly string[];
  /** Offsets at which the lines begin. */
  readonly lines: readonly number[];
}

/** One thing wrong with an expression. An offset of -1 has no place in the text. */
export interface Issue {
  readonly offset: number;
  readonly message: string;
}

/** So many are printed. */
export const maxIssues = 100;
const maxSnippetBytes = 16_384;

export function createSource(text: string): Source {
  const codePoints = Array.from(text);
  const lines = [0];
  for (let i = 0; i < codePoints.length; i++) if (codePoints[i] === '\n') lines.push(i + 1);
  return { text, codePoints, lines };
}

/** @returns line from 1 and column from 0 */
export function locationOf(source: Source, offset: number): { line: number; column: number } {
  if (offset < 0) return { line: -1, column: -1 };
  let line = source.lines.length;
  while (line > 1 && source.lines[line - 1]! > offset) line--;
  return { line, column: offset - source.lines[line - 1]! };
}

/** The issues as cel-go prints them: by position, each with its line and a caret below. */
export function printIssues(source: Source, issues: readonly Issue[]): string {
  // There is nothing to point at in an empty text.
  if (source.codePoints.length === 0 && issues.length > 0) return `ERROR: <input>:1:0: ${issues[0]!.message}`;
  const placed = issues
    .slice(0, maxIssues)
    .map((issue) => ({ ...locationOf(source, issue.offset), message: issue.message }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const printed = placed.map((issue) => printIssue(source, issue.line, issue.column, issue.message));
  if (issues.length > maxIssues) printed.push(`${issues.length - maxIssues} more errors were truncated`);
  return printed.join('\n');
}

function printIssue(source: Source, line: number, column: number, message: string): string {
  const header = `ERROR: <input>:${line}:${column + 1}: ${message}`;
  if (line < 1) return header;
  const start = source.lines[line - 1]!;
  const end = line < source.lines.length ? source.lines[line]! - 1 : source.codePoints.length;
  const points = source.codePoints.slice(start, end).map((point) => (point === '\t' ? ' ' : point));
  const snippet = points.join('');
  if (Buffer.byteLength(snippet) > maxSnippetBytes) return header;
  let pointer = '';
  for (let i = 0; i < column && i < points.length; i++) pointer += isWide(points[i]) ? '\uff0e' : '.';
  pointer += isWide(points[column]) ? '\uff3e' : '^';
  return `${header}\n | ${snippet}\n | ${pointer}`;
}

function isWide(point: string | undefined): boolean {
  return point !== undefined && point.codePointAt(0)! > 0x7f;
}
