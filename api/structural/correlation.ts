import { isJsonObject, sameJson } from '../meta/json.ts';
import { jsonText } from '../meta/json-text.ts';
import type { Structural } from './structural.ts';

/**
 * A value of an updated object beside what it was before: what did not change may break rules that came later (validation ratcheting,
 * https://github.com/kubernetes/enhancements/issues/4008). Items of a list are told apart only by the keys of a `map` list.
 */
export class Correlation {
  private readonly value: unknown;
  private readonly old: unknown;
  private readonly schema: Structural;
  private unchanged: boolean | undefined;
  private byKey: ReadonlyMap<string, unknown> | undefined;

  constructor(value: unknown, old: unknown, schema: Structural) {
    this.value = value;
    this.old = old;
    this.schema = schema;
  }

  /** A member of both objects; undefined if it is new or has no schema. */
  key(name: string): Correlation | undefined {
    const { value, old } = this;
    if (!isJsonObject(value) || !isJsonObject(old) || !Object.hasOwn(value, name) || !Object.hasOwn(old, name)) return undefined;
    const schema = this.schema.member(name);
    return schema && new Correlation(value[name], old[name], schema);
  }

  /** An item of both lists. */
  index(index: number): Correlation | undefined {
    const { value, old, schema } = this;
    if (!Array.isArray(value) || !Array.isArray(old) || !schema.items || schema.listType !== 'map') return undefined;
    this.byKey ??= indexByKeys(old, schema.listMapKeys);
    const key = keyOf(value[index], schema.listMapKeys);
    const before = key === undefined ? undefined : this.byKey.get(key);
    return before === undefined ? undefined : new Correlation(value[index], before, schema.items);
  }

  isUnchanged(): boolean {
    return (this.unchanged ??= this.compare());
  }

  private compare(): boolean {
    const { value, old, schema } = this;
    if (Array.isArray(value) && Array.isArray(old) && schema.listType === 'map') {
      return value.length === old.length && value.every((_, i) => this.index(i)?.isUnchanged() ?? false);
    }
    if (!isJsonObject(value) || !isJsonObject(old)) return sameJson(value, old);
    const names = Object.keys(value);
    return names.length === Object.keys(old).length && names.every((name) => this.key(name)?.isUnchanged() ?? false);
  }
}

function indexByKeys(items: readonly unknown[], keys: readonly string[]): ReadonlyMap<string, unknown> {
  const index = new Map<string, unknown>();
  for (const item of items) {
    const key = keyOf(item, keys);
    if (key !== undefined && !index.has(key)) index.set(key, item);
  }
  return index;
}

function keyOf(item: unknown, keys: readonly string[]): string | undefined {
  if (!isJsonObject(item) || keys.length === 0) return undefined;
  const values = keys.map((key) => (Object.hasOwn(item, key) ? item[key] : null));
  return values.some((value) => typeof value === 'object') ? undefined : jsonText(values);
}
