import { goQuote } from '../../../../api/meta/go-quote.ts';
import type { ManagedFieldsEntry } from '../../../../api/meta/object.ts';
import { decodeFieldSet, encodeFieldSet, FieldSet } from './field-set.ts';

/** One manager's part of an object: an entry of managedFields, decoded. */
export interface ManagedSet {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly set: FieldSet;
}

/** All managers of an object by `managerId`. Changed in place while one request is worked on. */
export type Managers = Map<string, ManagedSet>;

/** Who an entry belongs to. An applier is one whatever version it applied; an updater is another one in each version. */
export function managerId(entry: Pick<ManagedSet, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const { manager, operation, apiVersion, subresource } = entry;
  let id = manager === '' ? '{' : `{"manager":${JSON.stringify(manager)},`;
  id += `"operation":"${operation}"`;
  if (operation === 'Update') id += `,"apiVersion":${JSON.stringify(apiVersion)}`;
  if (subresource !== '') id += `,"subresource":${JSON.stringify(subresource)}`;
  return `${id}}`;
}

/** Field sets that were read or written, by the fieldsV1 object they belong to: an entry that does not change is decoded and encoded once. */
const decoded = new WeakMap<object, FieldSet>();
const encoded = new WeakMap<FieldSet, Record<string, unknown>>();

/** The sets of the latest texts: objects that were written in series share one, also after they have been parsed again, and what is made of it. */
const byText = new Map<string, FieldSet>();
const maxTexts = 200;
const longestText = 8 * 1024;

/**
 * @param form of sets that a client has written, not we: they may stand in another form than ours
 * @throws Error in upstream's words for the first entry that cannot be read
 */
export function decodeManagedFields(entries: readonly ManagedFieldsEntry[] | null | undefined, form: 'ours' | 'any' = 'ours'): Managers {
  const managers: Managers = new Map();
  if (!entries) return managers;
  entries.forEach((entry, index) => {
    const decodedEntry = decodeEntry(entry, index, form);
    managers.set(managerId(decodedEntry), decodedEntry);
  });
  return managers;
}

function decodeEntry(entry: ManagedFieldsEntry, index: number, form: 'ours' | 'any'): ManagedSet {
  const { operation, apiVersion, fieldsType, time } = entry;
  if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
  if (!apiVersion) throw new Error('apiVersion must not be empty');
  if (!fieldsType) throw new Error(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1') throw new Error(`invalid fieldsType ${goQuote(fieldsType)} in managed fields entry ${index}`);
  const { manager = '', subresource = '' } = entry;
  return { manager, operation, apiVersion, subresource, time, set: decodeSet(entry.fieldsV1, form) };
}

function decodeSet(fields: Record<string, unknown> | undefined, form: 'ours' | 'any'): FieldSet {
  if (typeof fields !== 'object' || fields === null) return decodeFieldSet(fields);
  const known = decoded.get(fields);
  if (known !== undefined) return known;
  const text = JSON.stringify(fields);
  let set = byText.get(text);
  if (set === undefined) {
    set = decodeFieldSet(fields);
    if (form === 'ours' && !set.isEmpty() && !encoded.has(set)) encoded.set(set, fields);
    if (byText.size >= maxTexts) byText.clear();
    if (text.length <= longestText) byText.set(text, set);
  }
  decoded.set(fields, set);
  return set;
}

/** @returns entries in upstream's order: applies first, then by time, manager, version, subresource; undefined if there are none */
export function encodeManagedFields(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  const entries = [...managers.values()];
  if (entries.length > 1) entries.sort(compareEntries);
  return entries.map(encodeEntry);
}

function compareEntries(a: ManagedSet, b: ManagedSet): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encodeEntry(entry: ManagedSet): ManagedFieldsEntry {
  return entryOf(entry, encodeSet(entry.set));
}

/** An entry in the order of Go's struct. */
export function entryOf(
  { manager, operation, apiVersion, time, subresource }: Omit<ManagedSet, 'set'>,
  fieldsV1: Record<string, unknown>,
): ManagedFieldsEntry {
  const entry: ManagedFieldsEntry = {};
  if (manager !== '') entry.manager = manager;
  entry.operation = operation;
  entry.apiVersion = apiVersion;
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = fieldsV1;
  if (subresource !== '') entry.subresource = subresource;
  return entry;
}

function encodeSet(set: FieldSet): Record<string, unknown> {
  const known = encoded.get(set);
  if (known !== undefined) return known;
  const fields = encodeFieldSet(set);
  encoded.set(set, fields);
  decoded.set(fields, set);
  return fields;
}

const maxUpdaters = 10;
const oldUpdates = 'ancient-changes';

/** Merges the oldest entries of updates, a bucket for each version, until there are no more than ten. */
export function capUpdaters(managers: Managers): void {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  let excess = updaters.length - maxUpdaters;
  if (excess <= 0) return;
  updaters.sort(([aId, a], [bId, b]) => compareText(a.time ?? '', b.time ?? '') || compareText(aId, bId));
  const firstOfVersion = new Map<string, string>();
  for (const [id, entry] of updaters) {
    if (excess === 0) return;
    const { apiVersion } = entry;
    const first = firstOfVersion.get(apiVersion);
    if (first === undefined) {
      firstOfVersion.set(apiVersion, id);
      continue;
    }
    const bucket: ManagedSet = {
      manager: oldUpdates,
      operation: 'Update',
      apiVersion,
      subresource: '',
      time: entry.time,
      set: FieldSet.empty,
    };
    const bucketId = managerId(bucket);
    const before = managers.get(bucketId) ?? managers.get(first)!;
    if (!managers.has(bucketId)) managers.delete(first);
    managers.delete(id);
    managers.set(bucketId, { ...bucket, set: entry.set.union(before.set) });
    excess--;
  }
}

/** Identity and what the server keeps: nobody's. */
export const identityFields = FieldSet.of(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    (name) => ['f:metadata', `f:${name}`],
  ),
);

/** For sets that are applied again and again. */
const withoutIdentity = new WeakMap<FieldSet, FieldSet>();

/** Takes the identity fields out of an entry, and the entry away if nothing is left. */
export function stripIdentity(managers: Managers, id: string): void {
  const entry = managers.get(id);
  if (entry === undefined) return;
  let set = withoutIdentity.get(entry.set);
  if (set === undefined) {
    set = entry.set.difference(identityFields);
    withoutIdentity.set(entry.set, set);
  }
  if (set.isEmpty()) managers.delete(id);
  else if (set !== entry.set) managers.set(id, { ...entry, set });
}
