import { jsonText, WrittenNumber } from '../../../api/meta/json-text.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { isJsonObject } from '../json-object.ts';
import type { JsonPatch } from './json.ts';

/**
 * Where a patch went through an object. kube-apiserver's library decodes what a patch goes through and leaves the rest as it stood; what it decoded is
 * encoded again with its keys sorted.
 */
interface Touched {
  readonly inside: Map<string, Touched>;
  /** The value came with the patch: `raw` as it was written, `decoded` with the nulls of objects taken out and all keys sorted. */
  given?: 'raw' | 'decoded';
  /** An object that a merge patch went into, whether or not it had anything to do there. */
  opened?: boolean;
}

/** The text of an object after a merge patch, as messages show it. */
export function mergePatchedText(target: unknown, patch: unknown, patched: unknown, schema: Schema): string {
  return textOf(patched, schema, touchedByMerge(target, patch));
}

function touchedByMerge(target: unknown, patch: unknown): Touched {
  const touched: Touched = { inside: new Map() };
  if (!isJsonObject(target)) touched.given = 'decoded';
  else if (!isJsonObject(patch) || patch instanceof WrittenNumber) touched.given = 'raw';
  else {
    touched.opened = true;
    for (const [key, value] of Object.entries(patch)) {
      const old = target[key];
      const isNew = old === undefined || old === null;
      touched.inside.set(key, isNew ? { inside: new Map(), given: 'decoded' } : touchedByMerge(old, value));
    }
  }
  return touched;
}

/** The text of an object after a JSON patch, as messages show it. */
export function jsonPatchedText(patched: unknown, { operations }: JsonPatch, schema: Schema): string {
  const root: Touched = { inside: new Map() };
  for (const { op, path } of operations) {
    let at = root;
    for (const segment of path.split('/').slice(1)) {
      const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
      let next = at.inside.get(name);
      if (!next) at.inside.set(name, (next = { inside: new Map() }));
      at = next;
    }
    if (op === 'add' || op === 'replace') at.given = 'raw';
  }
  return textOf(patched, schema, root);
}

function textOf(value: unknown, schema: Schema, touched: Touched | undefined): string {
  if (touched?.given === 'raw' && touched.inside.size === 0) return jsonText(value);
  if (touched?.given === 'decoded') return sortedText(value);
  if (Array.isArray(value)) {
    const items = schema.type === 'list' ? schema.items : anything;
    return `[${value.map((item, i) => textOf(item, items, touched?.inside.get(String(i)))).join(',')}]`;
  }
  if (!isJsonObject(value) || value instanceof WrittenNumber) return jsonText(value);
  const isTouched = touched !== undefined && (touched.opened || touched.inside.size > 0);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const ordered = isTouched || schema.type !== 'object' ? keys.sort() : inFieldOrder(keys, schema.fields);
  const entries = ordered.map((key) => {
    const inside = schema.type === 'object' ? schema.fields.get(key)?.schema : schema.type === 'map' ? schema.values : undefined;
    return `${JSON.stringify(key)}:${textOf(value[key], inside ?? anything, touched?.inside.get(key))}`;
  });
  return `{${entries.join(',')}}`;
}

const anything: Schema = { type: 'any' };

function inFieldOrder(keys: readonly string[], fields: ReadonlyMap<string, unknown>): string[] {
  const present = new Set(keys);
  const known = [...fields.keys()].filter((key) => present.delete(key));
  return [...known, ...present];
}

function sortedText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`;
  if (!isJsonObject(value) || value instanceof WrittenNumber) return jsonText(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sortedText(value[key])}`).join(',')}}`;
}
