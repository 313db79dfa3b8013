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
    return plainJsonText(value, space);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return exactText(value, space);
  }
}

/** The same of data without such numbers. @throws TypeError where it has one */
export function plainJsonText(value: unknown, space?: number): string {
  const text = JSON.stringify(value, undefined, space);
  return text !== undefined && hasIndexNames(text) ? exactText(value, space) : text;
}

const digitBeforeColon = /\d":/;
const indexName = /[{,]\s*"\d+":/;

/** Whether a member's name is a number, which JavaScript has before the other members of an object, in the numbers' order. */
function hasIndexNames(text: string): boolean {
  return digitBeforeColon.test(text) && indexName.test(text);
}

function exactText(value: unknown, space: number | undefined): string {
  return space === undefined ? writeExactly(value, '', '') : writeExactly(value, '\n', ' '.repeat(space));
}

/** @param line what begins a line at this depth; empty where there are no lines */
function writeExactly(value: unknown, line: string, step: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof WrittenNumber) return value.text;
  const inside = line === '' ? '' : line + step;
  if (Array.isArray(value)) {
    return enclosed(
      '[]',
      value.map((item) => inside + (item === undefined ? 'null' : writeExactly(item, inside, step))),
      line,
    );
  }
  const colon = line === '' ? ':' : ': ';
  const members = inOrderOfBytes(Object.entries(value).filter(([, member]) => member !== undefined));
  return enclosed(
    '{}',
    members.map(([key, member]) => inside + JSON.stringify(key) + colon + writeExactly(member, inside, step)),
    line,
  );
}

const isIndex = /^\d+$/;

/** An object with a number for a name is a map, whose names Go writes in the order of their bytes. Numbers come first here, so that the first name tells. */
function inOrderOfBytes(members: [string, unknown][]): [string, unknown][] {
  return isIndex.test(members[0]?.[0] ?? '') ? members.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : members;
}

function enclosed(brackets: string, parts: readonly string[], line: string): string {
  return parts.length === 0 ? brackets : brackets[0] + parts.join(',') + line + brackets[1];
}
