import { GoValue } from '../../../api/cel/policy/go-native.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { WrittenNumber } from '../../../api/meta/json-text.ts';
import type { Field, Schema } from '../../../openapi/schema.ts';
import { sameJson } from '../json-equal.ts';
import { isJsonObject, setOwn } from '../json-object.ts';
import { badPatch, PatchError, plainError } from './error.ts';
import { goText, goType, goValue } from './go-format.ts';
import { mergeSorted, partition, sortLike } from './list-order.ts';

const directive = '$patch';
const retainKeys = '$retainKeys';
const elementOrder = '$setElementOrder';
const deleteFromPrimitives = '$deleteFromPrimitiveList';

type JsonObject = Record<string, any>;

/**
 * Strategic merge patch with all of its directives. The result shares parts with both; neither is changed.
 * @throws PatchError in kube-apiserver's words
 */
export function strategicMergePatch(target: unknown, patch: unknown, schema: Schema): unknown {
  if (!isMap(patch)) throw badPatch('invalid JSON document');
  return mergeMap(isMap(target) ? target : {}, patch, schema);
}

function mergeMap(original: JsonObject, given: JsonObject, schema: Schema): JsonObject {
  if (directive in given) return replaceMap(given);
  const patch = { ...given };
  const result = retained(original, patch);
  mergeOrderedLists(result, patch, schema);
  for (const key of Object.keys(patch)) {
    const isDeletion = key.startsWith(deleteFromPrimitives);
    const name = isDeletion ? listNamed(key, deleteFromPrimitives, 'primitive list') : key;
    const value = patch[key];
    if (value === null) delete result[name];
    else if (!Object.hasOwn(result, name) || goKindOf(result[name]) !== goKindOf(value)) {
      // What was to replace or to delete goes with its directive.
      if (!isDeletion && !(isMap(value) && directive in value)) setOwn(result, name, withoutDirectives(value));
    } else setOwn(result, name, mergeValue(result[name], value, fieldOf(schema, name), isDeletion));
  }
  return result;
}

function replaceMap(patch: JsonObject): JsonObject {
  const { [directive]: kind, ...rest } = patch;
  if (kind === 'replace') return rest;
  if (kind === 'delete') return {};
  throw unknownDirective(kind, patch);
}

function unknownDirective(kind: unknown, patch: JsonObject): PatchError {
  return plainError(`unknown patch type: ${goText(kind)} in map: ${goValue(patch)}`);
}

function goKindOf(value: unknown): string {
  return typeof value === 'number' ? 'number' : goType(value);
}

interface Merging {
  readonly strategy: 'merge' | 'replace' | undefined;
  readonly mergeKey: string;
  readonly schema: Schema;
}

const anything: Schema = { type: 'any' };

/** How a field merges; what has no schema merges as maps and replaces lists. */
function fieldOf(schema: Schema, name: string): Merging {
  if (schema.type === 'map') return { strategy: undefined, mergeKey: '', schema: schema.values };
  const field: Field | undefined = schema.type === 'object' ? schema.fields.get(name) : undefined;
  if (field === undefined) return { strategy: undefined, mergeKey: '', schema: anything };
  const strategy = field.patchStrategy?.find((each) => each !== 'retainKeys') as Merging['strategy'];
  return { strategy, mergeKey: field.patchMergeKey ?? '', schema: field.schema };
}

function itemsOf(schema: Schema): Schema {
  return schema.type === 'list' ? schema.items : anything;
}

function mergeValue(original: unknown, patch: unknown, merging: Merging, isDeletion: boolean): unknown {
  if (isMap(patch)) return merging.strategy === 'replace' ? patch : mergeMap(original as JsonObject, patch, merging.schema);
  if (!Array.isArray(patch)) return patch;
  return merging.strategy === 'merge' ? mergeList(original as unknown[], patch, merging, isDeletion) : patch;
}

/** `$retainKeys`: takes away what is not listed; all that the patch sets must be. @returns a copy of the original to work on */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  if (!(retainKeys in patch)) return { ...original };
  const wanted = patch[retainKeys];
  delete patch[retainKeys];
  const malformed = () => badPatch('invalid patch format of retainKeys');
  if (!Array.isArray(wanted)) throw malformed();
  const keys = new Set(wanted);
  for (const key of Object.keys(patch)) {
    if (patch[key] === null || key.startsWith(deleteFromPrimitives) || key.startsWith(elementOrder)) continue;
    if (!keys.has(key)) throw malformed();
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.has(key)));
}

/** The list that a directive names: `$setElementOrder/<list>`. @throws PatchError 400 if it names none */
function listNamed(key: string, prefix: string, what: string): string {
  if (key[prefix.length] !== '/') throw badPatch(`invalid patch format of ${what}`);
  return key.slice(prefix.length + 1);
}

/** `$setElementOrder/<list>`, together with the list of that name in the patch. Both are taken out of the patch. */
function mergeOrderedLists(result: JsonObject, patch: JsonObject, schema: Schema): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(elementOrder)) continue;
    const order = patch[key];
    delete patch[key];
    expectList(order);
    const name = listNamed(key, elementOrder, 'setElementOrder list');
    const original = result[name];
    const given = patch[name];
    if (original !== undefined) expectList(original);
    if (given !== undefined) expectList(given);
    const merging = orderedField(schema, name);
    checkOrder(given, order, merging.mergeKey);
    if (original === undefined && given === undefined) continue;
    const merged = mergeForOrder(original, given, merging);
    const stranger = merging.mergeKey === '' ? -1 : order.findIndex((item: unknown) => !isMap(item));
    if (stranger >= 0 && merged.length > 0) throw plainError(`value for key ${stranger} is not a map`);
    const same = sameItem(merging.mergeKey);
    const [listed, others] = partition(merged, order, same);
    result[name] = mergeSorted(sortLike(others, original ?? [], same), sortLike(listed, order, same), original ?? [], same);
    delete patch[name];
  }
}

function expectList(value: unknown): void {
  if (!Array.isArray(value)) throw plainError(`expected a []interface {}, but received a ${value === null ? '%!s(<nil>)' : goType(value)}`);
}

function orderedField(schema: Schema, name: string): Merging {
  if (schema.type === 'object' && !schema.fields.has(name)) {
    const struct = schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? '';
    throw plainError(`unable to find api field in struct ${struct} for the json field ${goQuote(name)}`);
  }
  const merging = fieldOf(schema, name);
  if (schema.type === 'object' && merging.schema.type !== 'list') throw plainError('expected slice or array type, but got: struct');
  return merging;
}

function mergeForOrder(original: unknown[] | undefined, given: unknown[] | undefined, merging: Merging): unknown[] {
  if (given === undefined) return original!;
  if (original === undefined) return withoutDirectives(given) as unknown[];
  return merging.strategy === 'merge' ? mergeList(original, given, merging, false) : given;
}

/** The items of the patch's list, deletions apart, must come in the order given. */
function checkOrder(given: unknown[] | undefined, order: unknown[], mergeKey: string): void {
  if (!given?.length || order.length === 0) return;
  const same = sameItem(mergeKey);
  const kept = mergeKey === '' ? given : given.filter((item) => !(isMap(item) && item[directive] === 'delete'));
  let found = 0;
  for (let i = 0; i < order.length && found < kept.length; i++) if (same(kept[found], order[i])) found++;
  if (found < kept.length) {
    throw plainError(`The order in patch list:\n${goValue(given)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`);
  }
}

type Same = (a: unknown, b: unknown) => boolean;

function sameItem(mergeKey: string): Same {
  if (mergeKey === '') return sameJson;
  return (a, b) => keyOf(a, mergeKey) === keyOf(b, mergeKey);
}

function keyOf(item: unknown, mergeKey: string): unknown {
  if (!isMap(item)) throw plainError(`expected a map[string]interface {}, but received a ${goType(item)}`);
  if (!Object.hasOwn(item, mergeKey)) throw plainError(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`);
  return item[mergeKey];
}

function mergeList(original: unknown[], patch: unknown[], merging: Merging, isDeletion: boolean): unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  const all = [...original, ...patch];
  const type = goType(all[0]);
  if (type !== '[]interface {}' && all.some((item) => goType(item) !== type)) {
    throw plainError(`list element types are not identical: ${goValue([original, patch])}`);
  }
  if (all.some(Array.isArray)) throw new PatchError(422, 'Invalid', 'the server rejected our request due to an error in our request');
  const same = sameItem(merging.mergeKey);
  if (!isMap(all[0])) {
    if (isDeletion) return original.filter((item) => !patch.some((other) => sameJson(item, other)));
    const unique = all.filter((item, i) => all.findIndex((other) => sameJson(item, other)) === i);
    return inOrder(unique, patch, original, sameJson);
  }
  if (merging.mergeKey === '') throw plainError(`cannot merge lists without merge key for ${merging.schema.name ?? ''}`);
  const { kept, rest, replace } = applyItemDirectives(original, patch, merging.mergeKey);
  if (replace) return rest;
  return inOrder(mergeItems(kept, rest, merging), rest, kept, same);
}

/** Items of the patch in its order, the others where they stood in the original. */
function inOrder(merged: unknown[], patch: unknown[], original: unknown[], same: Same): unknown[] {
  const [patched, others] = partition(merged, patch, same);
  return mergeSorted(sortLike(others, original, same), sortLike(patched, patch, same), original, same);
}

/** Items that carry `$patch`: deletions of items, and the replacement of the whole list by the patch's other items. */
function applyItemDirectives(
  original: unknown[],
  patch: unknown[],
  mergeKey: string,
): { kept: unknown[]; rest: unknown[]; replace: boolean } {
  let kept = original;
  let replace = false;
  const rest: unknown[] = [];
  for (const item of patch) {
    const kind = isMap(item) ? item[directive] : undefined;
    if (kind === undefined) {
      rest.push(item);
    } else if (kind === 'delete') {
      const key = keyOf(item, mergeKey);
      kept = kept.filter((other) => keyOf(other, mergeKey) !== key);
    } else if (kind === 'replace') {
      replace = true;
    } else if (kind === 'merge') {
      throw plainError('merging lists cannot yet be specified in the patch');
    } else throw unknownDirective(kind, item as JsonObject);
  }
  return { kept, rest, replace };
}

function mergeItems(original: unknown[], patch: unknown[], { mergeKey, schema }: Merging): unknown[] {
  const result = [...original];
  // Where two items have one key (ports of one number), the first is meant.
  const places = new Map<unknown, number>();
  for (let i = original.length - 1; i >= 0; i--) places.set(keyOf(original[i], mergeKey), i);
  for (const item of patch) {
    const place = places.get(keyOf(item, mergeKey));
    if (place !== undefined) result[place] = mergeMap(result[place] as JsonObject, item as JsonObject, itemsOf(schema));
    else {
      const key = keyOf(item, mergeKey);
      places.set(key, result.length);
      // A null key is one too.
      result.push({ ...(withoutDirectives(item) as JsonObject), [mergeKey]: key });
    }
  }
  return result;
}

/** The patch as kube-apiserver's messages show it after it was applied: without the nulls of what the original lacks. */
export function withoutUnmatchedNulls(original: unknown, patch: unknown, schema: Schema): unknown {
  if (!isMap(patch)) return patch;
  const old = isMap(original) ? original : {};
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeys || key.startsWith(elementOrder)) continue;
    const { schema: inside, strategy, mergeKey } = fieldOf(schema, key);
    if (value === null || (isMap(value) && isMap(old[key]))) result[key] = withoutUnmatchedNulls(old[key], value, inside);
    else if (!Array.isArray(value) || !Array.isArray(old[key]) || strategy !== 'merge') {
      result[key] = Array.isArray(value) && Array.isArray(old[key]) ? value : withoutNulls(value);
    } else {
      const matching = (item: unknown) => old[key].find((other: any) => isMap(item) && other?.[mergeKey] === item[mergeKey]);
      result[key] = value.map((item) => {
        const match = matching(item);
        return match === undefined ? item : withoutUnmatchedNulls(match, item, itemsOf(inside));
      });
    }
  }
  return result;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([, inside]) => inside !== null);
  return Object.fromEntries(kept.map(([key, inside]) => [key, withoutNulls(inside)]));
}

/** A part of the patch that meets nothing in the original: nulls and directives have nothing to do. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kept = value.filter((item) => !(isMap(item) && directive in item));
    return kept.map((item) => withoutDirectives(item));
  }
  if (!isMap(value)) return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value)) {
    if (isMap(value[key]) && directive in value[key]) continue;
    const isDirective = key === directive || key === retainKeys || key.startsWith(elementOrder) || key.startsWith(deleteFromPrimitives);
    if (!isDirective && value[key] !== null) setOwn(result, key, withoutDirectives(value[key]));
  }
  return result;
}

/** An object that is none of the forms in which numbers are kept. */
function isMap(value: unknown): value is JsonObject {
  return isJsonObject(value) && !(value instanceof WrittenNumber || value instanceof GoValue);
}
