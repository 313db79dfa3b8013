import { apply_patch } from 'jsonpatch';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { sameJson } from '../json-equal.ts';
import { setOwn } from '../json-object.ts';
import { readJson } from '../schema/json-numbers.ts';
import { hasDuplicates, strictErrorsOf } from '../schema/strict.ts';
import { parsePatchJson } from './body.ts';
import { badPatch, PatchError } from './error.ts';
import { goKind } from './go-format.ts';

export interface JsonPatch {
  readonly operations: readonly JsonPatchOperation[];
  /** Strict errors of the patch itself: `json patch duplicate field "[0].path"`, `json patch unknown field "[0].foo"`. */
  readonly strictErrors: readonly string[];
}

export interface JsonPatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

const maxOperations = 10_000;
/** Up to so many operations are left to the library, which copies the object or list that it changes, and what that lies in, for each of them. */
const shortPatch = 32;
/** What `copy` adds to the document, in bytes of JSON, over all operations of a patch. */
const maxCopied = 3 * 1024 * 1024;

const patchSchema: Schema = {
  type: 'list',
  listType: 'atomic',
  mapKeys: [],
  items: {
    type: 'object',
    mapType: 'granular',
    fields: new Map(
      ['op', 'from', 'path', 'value'].map((name) => [
        name,
        { name, required: false, schema: name === 'value' ? { type: 'any', name: 'RawMessage' } : { type: 'string' } },
      ]),
    ),
  },
};

/**
 * @param limit how many operations it may have
 * @param type Go's name of what it is decoded into
 * @throws PatchError 400 (not JSON, not a list of operations), 413 (too many operations)
 */
export function parseJsonPatch(text: string | Buffer, limit = maxOperations, type = '[]handlers.jsonPatchOp'): JsonPatch {
  const body = parsePatchJson(text);
  const operations = body.value ?? [];
  if (!Array.isArray(operations)) throw wrongType(operations, `Go value of type ${type}`);
  let unknown = false;
  for (const operation of operations) unknown = checkOperation(operation) || unknown;
  if (operations.length > limit) {
    const message = `Request entity too large: The allowed maximum operations in a JSON patch is ${limit}, got ${operations.length}`;
    throw new PatchError(413, 'RequestEntityTooLarge', message);
  }
  const suspect = unknown || hasDuplicates(body);
  return { operations, strictErrors: suspect ? strictErrorsOf(operations, patchSchema, body).map((error) => `json patch ${error}`) : [] };
}

/** @returns whether it has fields that are none of an operation's */
function checkOperation(operation: unknown): boolean {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
    throw wrongType(operation, 'Go value of type handlers.jsonPatchOp');
  }
  let unknown = false;
  for (const [name, value] of Object.entries(operation)) {
    if (name === 'op' || name === 'path' || name === 'from') {
      if (typeof value !== 'string' && value !== null) throw wrongType(value, `Go struct field jsonPatchOp.${name} of type string`);
    } else if (name !== 'value') unknown = true;
  }
  return unknown;
}

function wrongType(value: unknown, target: string): PatchError {
  return badPatch(`error decoding patch: json: cannot unmarshal ${goKind(value)} into ${target}`);
}

/**
 * Applies RFC 6902 operations, as leniently as kube-apiserver's library: negative indices count from the end, `replace` and `copy` take keys that are
 * not there, a path need not begin with a slash. The result shares parts with `document`, which is not changed.
 * @throws PatchError 422 if any operation fails
 */
export function applyJsonPatch(document: unknown, patch: JsonPatch): unknown {
  const editing: Editing = { isShort: patch.operations.length <= shortPatch, own: new Set(), copied: 0 };
  let result = document;
  for (const operation of patch.operations) result = applyOperation(result, operation, editing);
  return result;
}

/** What the operations of one patch have in common. */
interface Editing {
  readonly isShort: boolean;
  /** Objects and lists that this patch has made, each at one place of the document: they may be changed. */
  readonly own: Set<object>;
  copied: number;
}

function applyOperation(document: unknown, { op, path, from, value = null }: JsonPatchOperation, editing: Editing): unknown {
  // An absent name and null are the same.
  if (typeof path !== 'string') throw refused(`${op} operation does not apply: operation missing path field: missing value`);
  if (op === 'copy' || op === 'move') return transfer(document, op, from, path, editing);
  const words = wordsOf(op, path, 'path');
  const target = resolve(document, path, op === 'add', words);
  switch (op) {
    case 'add':
      return insert(document, target, value, editing, words);
    case 'replace':
      if (target.last === undefined) {
        if (typeof value !== 'object' || value === null) throw refused('replace operation value must be object or array: %!w(<nil>)');
        return value;
      }
      return edit(document, { op: Array.isArray(target.parent) ? 'replace' : 'add', path: target.pointer, value }, editing);
    case 'remove':
      if (target.last === undefined) throw refused(`remove operation does not apply: doc is missing path: ${goQuote(path)}: missing value`);
      if (!target.exists) {
        throw refused(`error in remove for path: '${path}': Unable to remove nonexistent key: ${target.last ?? ''}: missing value`);
      }
      return edit(document, { op: 'remove', path: target.pointer }, editing);
    case 'test':
      if (!sameJson(target.value ?? null, value)) throw refused(`testing value ${path} failed: test failed`);
      return document;
    default:
      throw refused(`Unexpected kind: ${op ?? 'unknown'}`);
  }
}

/** Copies or moves a value: what is wrong with where it comes from is told first. */
function transfer(document: unknown, op: 'copy' | 'move', from: string | undefined, path: string, editing: Editing): unknown {
  const words = wordsOf(op, path, 'destination path');
  const source = sourceOf(document, op, from);
  if (op === 'copy') {
    const target = resolve(document, path, true, words);
    return insert(document, target, copyOf(source.value ?? null, editing), editing, words);
  }
  if (source.last === undefined) throw refused(missing(op, from!, 'from path'));
  if (!source.exists) {
    throw refused(`error in move for path: '${source.last}': Unable to remove nonexistent key: ${source.last}: missing value`);
  }
  const without = edit(document, { op: 'remove', path: source.pointer }, editing);
  return insert(without, resolve(without, path, true, words), source.value, editing, words);
}

function sourceOf(document: unknown, op: string, from: string | undefined): Target {
  if (typeof from !== 'string') throw refused(`${op} operation failed to decode from: operation, missing from field: missing value`);
  return resolve(document, from, false, wordsOf(op, from, 'from path'));
}

/** What is said of a path that leads nowhere. */
interface Words {
  /** What the last part should be in is not there. */
  missing(): string;
  /** The last part is no index of its list. */
  index(part: string, cause: string): string;
}

function wordsOf(op: string, path: string, place: 'path' | 'from path' | 'destination path'): Words {
  return {
    missing: () => missing(op, path, place),
    index: (part, cause) => {
      if (op === 'replace') return `replace operation does not apply: doc is missing key: ${path}: missing value`;
      if (op === 'copy')
        return `${place === 'from path' ? `error in copy for from: '${path}'` : 'error while adding value during copy'}: ${cause}`;
      return `error in ${op} for path: '${op === 'move' && place === 'from path' ? part : path}': ${cause}`;
    },
  };
}

/** Clients are told no more than that it failed. */
function refused(detail: string): PatchError {
  return new PatchError(422, 'Invalid', 'the server rejected our request due to an error in our request', undefined, detail);
}

function missing(op: string, path: string, place: string): string {
  if (op === 'test') return `test operation does not apply: is missing path: ${path}: missing value`;
  return `${op} operation does not apply: doc is missing ${place}: ${op === 'add' || op === 'remove' ? JSON.stringify(path) : path}: missing value`;
}

interface Target {
  readonly parent: unknown;
  /** Undefined for the document itself. */
  readonly last: string | undefined;
  readonly exists: boolean;
  readonly value: unknown;
  /** In the form of RFC 6901, indices counted from the start. */
  readonly pointer: string;
}

/** @param inserting an index may be one past the end, and `-` stands for that. @throws PatchError if the parent is not there */
function resolve(document: unknown, path: string, inserting: boolean, words: Words): Target {
  if (path === '') return { parent: undefined, last: undefined, exists: true, value: document, pointer: '' };
  const parts = path.split('/').slice(1).map(unescapePart);
  let parent: unknown = document;
  let pointer = '';
  const last = parts.pop();
  for (const part of parts) {
    const step = child(parent, part, false);
    if (typeof step === 'string' || !step?.exists) throw refused(words.missing());
    parent = step.value;
    pointer += `/${escapePart(step.key)}`;
  }
  const found = last === undefined ? undefined : child(parent, last, inserting);
  if (found === undefined) throw refused(words.missing());
  if (typeof found === 'string') throw refused(words.index(last!, found));
  return { parent, last: found.key, exists: found.exists, value: found.value, pointer: `${pointer}/${escapePart(found.key)}` };
}

/** @returns undefined where the parent is neither list nor object; why a part is no index of a list */
function child(parent: unknown, part: string, inserting: boolean): { key: string; exists: boolean; value: unknown } | string | undefined {
  if (Array.isArray(parent)) {
    const index = arrayIndex(parent, part, inserting);
    return typeof index === 'string' ? index : { key: String(index), exists: index < parent.length, value: parent[index] };
  }
  if (typeof parent !== 'object' || parent === null) return undefined;
  const exists = Object.hasOwn(parent, part);
  return { key: part, exists, value: exists ? (parent as Record<string, unknown>)[part] : undefined };
}

function arrayIndex(list: readonly unknown[], part: string, inserting: boolean): number | string {
  const size = inserting ? list.length + 1 : list.length;
  if (part === '-' && inserting) return list.length;
  if (!/^[-+]?\d+$/.test(part)) {
    const cause = `strconv.Atoi: parsing ${goQuote(part)}: invalid syntax`;
    return inserting ? `value was not a proper array index: '${part}': ${cause}` : cause;
  }
  const index = Number(part) < 0 ? size + Number(part) : Number(part);
  return index < 0 || index >= size ? `Unable to access invalid index: ${Number(part)}: invalid index referenced` : index;
}

function unescapePart(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function escapePart(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function insert(document: unknown, target: Target, value: unknown, editing: Editing, words: Words): unknown {
  // The document itself is in nothing that something could be added to.
  if (target.last === undefined) throw refused(words.missing());
  return edit(document, { op: 'add', path: target.pointer, value }, editing);
}

/** A value for a second place. @throws PatchError 422 when copies have made the document too large */
function copyOf(value: unknown, editing: Editing): unknown {
  const text = jsonText(value);
  editing.copied += text.length;
  if (editing.copied > maxCopied) {
    throw refused(
      `Unable to complete the copy, the accumulated size increase of copy is ${editing.copied}, exceeding the limit ${maxCopied}`,
    );
  }
  return readJson(text);
}

/** An operation whose path is known to lead somewhere. */
interface Edit {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** @returns the document with the change */
function edit(document: unknown, operation: Edit, { isShort, own }: Editing): unknown {
  // The library would change prototypes.
  return isShort && !operation.path.includes('__proto__')
    ? apply_patch(document, [operation] as Parameters<typeof apply_patch>[1])
    : editOwned(document, operation, own);
}

/** Each object and list on the way to the change is copied once for all operations of the patch. */
function editOwned(document: unknown, { op, path, value }: Edit, own: Set<object>): unknown {
  const owned = <T>(one: T): T => {
    if (own.has(one as object)) return one;
    const copy = (Array.isArray(one) ? [...one] : { ...one }) as T & object;
    own.add(copy);
    return copy;
  };
  const parts = path.split('/').slice(1).map(unescapePart);
  const last = parts.pop()!;
  const result = owned(document);
  let parent = result as Record<string, unknown>;
  for (const part of parts) {
    const next = owned(parent[part] as Record<string, unknown>);
    setOwn(parent, part, next);
    parent = next;
  }
  if (Array.isArray(parent)) parent.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]));
  else if (op === 'remove') delete parent[last];
  else setOwn(parent, last, value);
  return result;
}
