/** Indexes of an indexed Job as text: `0,2-5,7`. */
import { goQuote } from '../../meta/go-quote.ts';
import { int64Problem } from '../../meta/text.ts';

export type IndexRange = readonly [first: number, last: number];

function parseNumber(text: string): number {
  if (int64Problem(text) !== undefined) throw new Error(`cannot convert string to integer for index: ${goQuote(text)}`);
  return Number(text);
}

function parseRange(text: string, completions: number): IndexRange {
  const limits = text.split('-');
  if (limits.length > 2) {
    throw new Error(
      `the fragment ${goQuote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    );
  }
  const read = (limit: string): number => {
    const value = parseNumber(limit);
    if (value >= completions) throw new Error(`too large index: ${goQuote(limit)}`);
    return value;
  };
  const first = read(limits[0]!);
  if (limits.length === 1) return [first, first];
  const last = read(limits[1]!);
  if (first >= last) throw new Error(`non-increasing order, previous: ${first}, current: ${last}`);
  return [first, last];
}

/**
 * How many indexes the text names.
 * @throws Error in the API's words if it is malformed, not increasing or beyond the completions
 */
export function countIndexes(text: string, completions: number): number {
  if (text === '') return 0;
  let total = 0;
  let previous: number | undefined;
  for (const part of text.split(',')) {
    const [first, last] = parseRange(part, completions);
    if (previous !== undefined && previous >= first) throw new Error(`non-increasing order, previous: ${previous}, current: ${first}`);
    total += last - first + 1;
    previous = last;
  }
  return total;
}

function rangesOf(text: string, completions: number): IndexRange[] {
  if (text === '') return [];
  return text.split(',').flatMap((part) => {
    try {
      return [parseRange(part, completions)];
    } catch {
      // Malformed parts are reported elsewhere; they overlap with nothing.
      return [];
    }
  });
}

/** The first index that both lists name, if any. */
export function firstOverlap(a: string, b: string, completions: number): number | undefined {
  const left = rangesOf(a, completions);
  const right = rangesOf(b, completions);
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [first, last] = left[i]!;
    const [otherFirst, otherLast] = right[j]!;
    if (first <= otherLast && otherFirst <= last) return Math.max(first, otherFirst);
    if (first <= otherFirst) i++;
    else j++;
  }
  return undefined;
}
