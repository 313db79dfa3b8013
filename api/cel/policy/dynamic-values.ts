import { goQuote } from '../../meta/go-quote.ts';
import { CelError } from '../runtime/errors.ts';
import { printValue } from '../runtime/operations.ts';
import { Duration, ListValue, MapValue, Timestamp, typeName, Uint, type Value } from '../runtime/values.ts';

/** JSON without a schema as expressions see it: whole numbers are ints. */
export function dynamicValue(json: unknown): Value {
  switch (typeof json) {
    case 'string':
    case 'boolean':
      return json;
    case 'number':
      return Number.isSafeInteger(json) ? BigInt(json) : json;
    case 'bigint':
      return json;
    case 'object':
      if (json === null) return null;
      return Array.isArray(json) ? new DynamicList(json) : new DynamicMap(json as Record<string, unknown>);
    default:
      return null;
  }
}

export class DynamicList extends ListValue {
  readonly json: readonly unknown[];

  constructor(json: readonly unknown[]) {
    super();
    this.json = json;
  }

  get size(): number {
    return this.json.length;
  }

  at(index: number): Value {
    return dynamicValue(this.json[index]);
  }
}

export class DynamicMap extends MapValue {
  readonly json: Readonly<Record<string, unknown>>;

  constructor(json: Readonly<Record<string, unknown>>) {
    super();
    this.json = json;
  }

  get size(): number {
    return Object.keys(this.json).length;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.json, key)) return undefined;
    const value = this.json[key];
    return value === undefined ? undefined : dynamicValue(value);
  }

  keys(): string[] {
    return Object.keys(this.json);
  }
}

/** @throws CelError */
function textOf(value: Value): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Duration || value instanceof Timestamp) return printValue(value)!;
  throw new CelError(`unsupported value of type ${typeName(value)}`);
}

/** A value as JSON. @throws CelError for what JSON has no form of */
export function jsonOf(value: Value): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof DynamicList || value instanceof DynamicMap) return value.json;
  if (value instanceof ListValue) return Array.from(value, jsonOf);
  if (value instanceof MapValue) {
    const entries = Array.from(value.keys(), (key) => {
      if (typeof key !== 'string') throw new CelError(`map key ${goQuote(String(key))} is not a string`);
      return [key, jsonOf(value.find(key)!)] as const;
    });
    return Object.fromEntries(entries);
  }
  return textOf(value);
}
