import { CelError } from './errors.ts';
import { MapValue, Uint, type Value } from './values.ts';

/** A map made by an expression. Keys are strings, bools and numbers; a number finds an equal one of another type. */
export class LiteralMap extends MapValue {
  private readonly entries = new Map<unknown, { key: Value; value: Value }>();

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    super();
    for (const [key, value] of entries) this.entries.set(normalize(key), { key, value });
  }

  get size(): number {
    return this.entries.size;
  }

  find(key: Value): Value | undefined {
    return this.entries.get(normalize(key))?.value;
  }

  /** Only for a loop that makes the map, before anyone sees it. */
  insert(key: Value, value: Value): void {
    this.entries.set(normalize(key), { key, value });
  }

  *keys(): Iterable<Value> {
    for (const { key } of this.entries.values()) yield key;
  }
}

// Whole numbers of all three types are one key.
function normalize(key: Value): unknown {
  if (typeof key === 'number' && Number.isInteger(key)) return BigInt(key);
  return key instanceof Uint ? key.value : key;
}

/** @throws CelError unless the value can be a map's key */
export function checkKey(key: Value): void {
  if (typeof key === 'string' || typeof key === 'bigint' || typeof key === 'boolean' || key instanceof Uint) return;
  throw new CelError('unsupported key type');
}
