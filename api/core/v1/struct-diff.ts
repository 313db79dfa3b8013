import { jsonText } from '../../meta/json-text.ts';
import { internalForm } from './internal-form.ts';

const contextLines = 3;

/**
 * The differences of two values of a Go struct as the real server prints them: a unified diff, with three lines of context, of
 * their JSON by Go's own field names.
 * @param type name of the struct, such as `PodSpec`
 */
export function structDiff(type: string, old: object | undefined, value: object | undefined): string {
  return unifiedDiff(linesOf(type, old), linesOf(type, value));
}

function linesOf(type: string, value: object | undefined): string[] {
  return jsonText(internalForm(type, value), 1).split('\n');
}

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  const edits = editsOf(a, b);
  const hunks: string[] = [];
  let i = 0;
  let aLine = 0;
  let bLine = 0;
  const advance = (edit: Edit): void => {
    if (edit.kind !== '+') aLine++;
    if (edit.kind !== '-') bLine++;
  };
  while (i < edits.length) {
    const change = edits.findIndex((edit, n) => n >= i && edit.kind !== ' ');
    if (change < 0) break;
    const start = Math.max(i, change - contextLines);
    for (; i < start; i++) advance(edits[i]!);
    let end = change;
    for (let n = change; n < edits.length && n <= end + 2 * contextLines + 1; n++) if (edits[n]!.kind !== ' ') end = n;
    const stop = Math.min(edits.length, end + contextLines + 1);
    const hunk = edits.slice(start, stop);
    const range = (line: number, count: number): string => (count === 1 ? `${line + 1}` : `${count === 0 ? line : line + 1},${count}`);
    const removed = hunk.filter((edit) => edit.kind !== '+').length;
    const added = hunk.filter((edit) => edit.kind !== '-').length;
    hunks.push(`@@ -${range(aLine, removed)} +${range(bLine, added)} @@\n${hunk.map((edit) => `${edit.kind}${edit.line}\n`).join('')}`);
    for (; i < stop; i++) advance(edits[i]!);
  }
  return hunks.join('');
}

// As difflib has it: the longest common block first, then what lies before and after it. Lines that are common in a long text do not
// start a block.
function editsOf(a: readonly string[], b: readonly string[]): Edit[] {
  const places = placesOf(b);
  const edits: Edit[] = [];
  const visit = (aLow: number, aHigh: number, bLow: number, bHigh: number): void => {
    const block = longestBlock(a, b, places, aLow, aHigh, bLow, bHigh);
    if (block.length === 0) {
      for (let i = aLow; i < aHigh; i++) edits.push({ kind: '-', line: a[i]! });
      for (let j = bLow; j < bHigh; j++) edits.push({ kind: '+', line: b[j]! });
      return;
    }
    visit(aLow, block.a, bLow, block.b);
    for (let n = 0; n < block.length; n++) edits.push({ kind: ' ', line: a[block.a + n]! });
    visit(block.a + block.length, aHigh, block.b + block.length, bHigh);
  };
  visit(0, a.length, 0, b.length);
  return edits;
}

const longText = 200;

function placesOf(lines: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  lines.forEach((line, i) => {
    const known = places.get(line);
    if (known) known.push(i);
    else places.set(line, [i]);
  });
  if (lines.length < longText) return places;
  const most = Math.floor(lines.length / 100) + 1;
  for (const [line, indices] of places) if (indices.length > most) places.delete(line);
  return places;
}

function longestBlock(
  a: readonly string[],
  b: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  aLow: number,
  aHigh: number,
  bLow: number,
  bHigh: number,
): { a: number; b: number; length: number } {
  let best = { a: aLow, b: bLow, length: 0 };
  let lengths = new Map<number, number>();
  for (let i = aLow; i < aHigh; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i]!) ?? []) {
      if (j < bLow) continue;
      if (j >= bHigh) break;
      const length = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, length);
      if (length > best.length) best = { a: i - length + 1, b: j - length + 1, length };
    }
    lengths = next;
  }
  while (best.a > aLow && best.b > bLow && a[best.a - 1] === b[best.b - 1]) {
    best = { a: best.a - 1, b: best.b - 1, length: best.length + 1 };
  }
  while (best.a + best.length < aHigh && best.b + best.length < bHigh && a[best.a + best.length] === b[best.b + best.length]) best.length++;
  return best;
}
