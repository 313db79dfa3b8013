type Range = readonly [first: number, last: number];

/** A set of indexes as ranges in order, so that a Job of many completions stays small. Never changed: `with` makes another. */
export class IndexSet {
  static readonly none = new IndexSet([]);
  private readonly ranges: readonly Range[];

  private constructor(ranges: readonly Range[]) {
    this.ranges = ranges;
  }

  /** Reads `0,2-5,7`; what is malformed, or not below `completions`, is left out. */
  static parse(text: string | undefined, completions: number): IndexSet {
    const ranges: Range[] = [];
    for (const part of (text ?? '').split(',')) {
      const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
      if (first === undefined) continue;
      if (Number(first) >= completions) break;
      append(ranges, [Number(first), Math.min(completions - 1, Number(last ?? first))]);
    }
    return new IndexSet(ranges);
  }

  static of(indexes: Iterable<number>): IndexSet {
    const ranges: Range[] = [];
    for (const index of [...indexes].sort((a, b) => a - b)) append(ranges, [index, index]);
    return new IndexSet(ranges);
  }

  has(index: number): boolean {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = this.ranges[middle]!;
      if (index < first) high = middle - 1;
      else if (index > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  get total(): number {
    return this.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  /** The indexes of both. */
  with(other: IndexSet): IndexSet {
    const ranges: Range[] = [];
    for (const range of [...this.ranges, ...other.ranges].sort(([a], [b]) => a - b)) append(ranges, range);
    return new IndexSet(ranges);
  }

  /** How many of the indexes are in `other`, too. */
  countIn(other: IndexSet): number {
    let count = 0;
    for (let i = 0, j = 0; i < this.ranges.length && j < other.ranges.length; ) {
      const [first, last] = this.ranges[i]!;
      const [otherFirst, otherLast] = other.ranges[j]!;
      count += Math.max(0, Math.min(last, otherLast) - Math.max(first, otherFirst) + 1);
      if (last < otherLast) i++;
      else j++;
    }
    return count;
  }

  /** The lowest `count` indexes below `limit` that are not in the set. */
  firstMissing(count: number, limit: number): number[] {
    const missing: number[] = [];
    let candidate = 0;
    for (const [first, last] of [...this.ranges, [limit, limit] as const]) {
      for (; candidate < Math.min(first, limit) && missing.length < count; candidate++) missing.push(candidate);
      candidate = last + 1;
    }
    return missing;
  }

  toString(): string {
    return this.ranges.map(([first, last]) => (last > first ? `${first}${last === first + 1 ? ',' : '-'}${last}` : `${first}`)).join(',');
  }
}

function append(ranges: Range[], [first, last]: Range): void {
  const before = ranges.at(-1);
  if (before && first <= before[1] + 1) ranges[ranges.length - 1] = [before[0], Math.max(before[1], last)];
  else ranges.push([first, last]);
}
