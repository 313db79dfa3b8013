import { WrittenNumber } from '../../../api/meta/json-text.ts';
import { isJsonObject, setOwn } from '../json-object.ts';

/**
 * RFC 7386: null removes, objects merge, the rest replaces. As kube-apiserver's library does it, they go from objects in lists, too.
 * The result shares parts with both; neither is changed.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(target)) return withoutNulls(patch);
  if (!isJsonObject(patch) || patch instanceof WrittenNumber) return patch;
  const result: Record<string, unknown> = { ...target };
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) delete result[key];
    else setOwn(result, key, mergePatch(result[key], value));
  }
  return result;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value) || value instanceof WrittenNumber) return value;
  const result: Record<string, unknown> = {};
  // What comes from the patch goes through maps of Go, which have their keys sorted: it stays so in data that no type describes.
  for (const key of Object.keys(value).sort()) if (value[key] !== null) setOwn(result, key, withoutNulls(value[key]));
  return result;
}
