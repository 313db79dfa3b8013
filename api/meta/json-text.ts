/** An integer of 64 bits as data has it: a bigint where a double does not surely hold it. */
export function exactInteger(integer: bigint): number | bigint {
  const value = Number(integer);
  return Number.isSafeInteger(value) ? value : integer;
}

/** A number that a double does not tell enough of, as it was written. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** Sends JSON.stringify's caller to `jsonText`, as a bigint does. @throws TypeError */
  toJSON(): never {
    throw new TypeError('JSON.stringify does not know how a number was written');
  }
}

/**
 * JSON of data in which integers beyond 2^53 are bigints and other numbers may be `WrittenNumber`s, both of which JSON.stringify refuses: so it is asked
 * first, and whatever has none of them costs no more.
 * @param space how far each level is indented; absent: all in one line
 */
export function jsonText(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, undefined, space);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return exactText(value, space === undefined ? '' : '\n', space === undefined ? '' : ' '.repeat(space));
  }
}

/** @param line what begins a line at this depth; empty where there are no lines */
function exactText(value: unknown, line: string, step: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof WrittenNumber) return value.text;
  const inside = line === '' ? '' : line + step;
  if (Array.isArray(value)) {
    return enclosed(
      '[]',
      value.map((item) => inside + (item === undefined ? 'null' : exactText(item, inside, step))),
      line,
    );
  }
  const colon = line === '' ? ':' : ': ';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return enclosed(
    '{}',
    members.map(([key, member]) => inside + JSON.stringify(key) + colon + exactText(member, inside, step)),
    line,
  );
}

function enclosed(brackets: string, parts: readonly string[], line: string): string {
  return parts.length === 0 ? brackets : brackets[0] + parts.join(',') + line + brackets[1];
}
