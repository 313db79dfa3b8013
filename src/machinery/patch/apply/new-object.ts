import type { KubeObject, ManagedFieldsEntry } from '../../../../api/meta/object.ts';
import type { Schema } from '../../../../openapi/schema.ts';
import { sortedKeys } from '../../schema/key-order.ts';
import { absentObject, withManagedFields } from './live-object.ts';
import { encodeManagedFields, entryOf, type Managers } from './managed-fields.ts';
import { ShapeMemo } from './shape-memo.ts';
import type { ManagerContext } from './types.ts';
import { recordUpdate, termsOf } from './update.ts';

/** The fields that the creator of an object of some shape owns; `last` are the entries that were made of them last. */
interface OwnedFields {
  readonly fieldsV1: ManagedFieldsEntry['fieldsV1'];
  last: ManagedFieldsEntry[] | undefined;
}

interface Memo {
  readonly resetFields: ManagerContext['resetFields'];
  readonly apiVersion: string;
  readonly shapes: ShapeMemo<OwnedFields>;
}

const memos = new WeakMap<Schema, Memo>();
const texts = new WeakMap<readonly ManagedFieldsEntry[], string>();

/** The managedFields of an object that did not exist before: its creator owns all that is set. Objects of one shape share them. */
export function entriesOfNew(context: ManagerContext, created: KubeObject): ManagedFieldsEntry[] | undefined {
  const { schema } = context;
  const object = withManagedFields(created, undefined);
  const { shapes } = memoOf(context);
  const known = shapes.find(object, schema)?.result;
  if (known) return known.fieldsV1 && sharedEntries(known, context);
  const managers: Managers = new Map();
  const absent = absentObject(context);
  recordUpdate(absent, object, termsOf(context), managers);
  const entries = encodeManagedFields(managers);
  shapes.remember(object, absent, schema, { fieldsV1: entries?.[0]?.fieldsV1, last: undefined });
  return entries;
}

/** The JSON of entries that several objects share, if it has been kept. */
export function sharedText(entries: readonly ManagedFieldsEntry[]): string | undefined {
  return texts.get(entries);
}

function memoOf({ schema, resetFields, apiVersion }: ManagerContext): Memo {
  let memo = memos.get(schema);
  if (!memo || memo.resetFields !== resetFields || memo.apiVersion !== apiVersion) {
    memo = { resetFields, apiVersion, shapes: new ShapeMemo() };
    memos.set(schema, memo);
  }
  return memo;
}

/** Objects that one manager creates within a second have the same entries. */
function sharedEntries(known: OwnedFields, { manager, apiVersion, now, subresource, schema }: ManagerContext): ManagedFieldsEntry[] {
  const last = known.last?.[0];
  if (last && last.time === now && (last.manager ?? '') === manager && (last.subresource ?? '') === subresource) return known.last!;
  const entry = entryOf({ manager, operation: 'Update', apiVersion, time: now, subresource }, known.fieldsV1!);
  // As they are stored, so that objects share them there too.
  known.last = [schema.type === 'object' && schema.decode ? sortedKeys(entry) : entry];
  texts.set(known.last, JSON.stringify(known.last));
  return known.last;
}
