import type { KubeObject, ManagedFieldsEntry } from '../../../../api/meta/object.ts';
import { sameJson } from '../../json-equal.ts';
import { PatchError } from '../error.ts';
import { checkObject } from './check.ts';
import { absentObject, withManagedFields } from './live-object.ts';
import { capUpdaters, decodeManagedFields, encodeManagedFields, type Managers } from './managed-fields.ts';
import { entriesOfNew } from './new-object.ts';
import { ShapeError } from './shape.ts';
import type { ManagerContext } from './types.ts';
import { recordUpdate, termsOf } from './update.ts';

/**
 * Works out managedFields for a create, replace or non-apply patch: called after the body is decoded and defaulted, before mutating admission.
 * @param live what is stored, in the request's version; absent on create. Never changed
 * @param updated what is to be stored; may carry managedFields of the client's. Never changed
 * @returns `updated` with its new managedFields (a copy down to metadata; the rest is shared)
 */
export function trackUpdate(context: ManagerContext, live: KubeObject | undefined, updated: KubeObject): KubeObject {
  try {
    return track(context, live, updated);
  } catch (error) {
    // What no set of fields can be made of (a list's element without its key, a field that another manager's version does not know) is stored
    // without, as upstream does.
    if (error instanceof ShapeError || error instanceof PatchError) return withManagedFields(updated, undefined);
    throw error;
  }
}

function track(context: ManagerContext, live: KubeObject | undefined, updated: KubeObject): KubeObject {
  const { schema } = context;
  // Custom objects are judged later. What their schema cannot hold has no fields; it may be in a part that this request does not change.
  if (schema.type === 'object' && schema.decode && checkObject(updated, schema).length > 0) return withManagedFields(updated, undefined);
  const managers = currentManagers(context, live, updated);
  if (!live && managers.size === 0) return withManagedFields(updated, entriesOfNew(context, updated));
  // An object whose managedFields were cleared stays without, until something is applied to it.
  if (managers.size === 0 && live?.metadata?.uid) return withManagedFields(updated, undefined);
  const before = withManagedFields(live ?? absentObject(context), undefined);
  recordUpdate(before, withManagedFields(updated, undefined), termsOf(context), managers);
  capUpdaters(managers);
  return withManagedFields(updated, encodeManagedFields(managers));
}

/** A client may write managedFields itself, though not through a subresource; what cannot be read counts as not given. */
function currentManagers({ subresource }: ManagerContext, live: KubeObject | undefined, updated: KubeObject): Managers {
  const given = updated.metadata?.managedFields;
  const stored = live?.metadata?.managedFields;
  if (subresource !== '' || !given || given === stored) return readable(stored);
  if (isReset(given)) return new Map();
  const managers = readable(given, 'any');
  return managers.size > 0 ? managers : readable(stored);
}

function readable(entries: readonly ManagedFieldsEntry[] | undefined, form: 'ours' | 'any' = 'ours'): Managers {
  try {
    return decodeManagedFields(entries, form);
  } catch {
    // Upstream goes on without the entries that it cannot read, as they must not make an object immutable.
    return new Map();
  }
}

/** An empty list, or one empty entry, asks for managedFields to be cleared. */
function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0]!).length === 0);
}

/**
 * If nothing but times in managedFields differs, returns `updated` with the live times, so that the write is none. Called after admission.
 */
export function keepTimesIfUnchanged(live: KubeObject, updated: KubeObject): KubeObject {
  const before = live.metadata?.managedFields ?? [];
  const after = updated.metadata?.managedFields ?? [];
  if (before.length === 0 || before.length !== after.length) return updated;
  if (before.every((entry, i) => entry.time === after[i]!.time)) return updated;
  if (!before.every((entry, i) => sameJson({ ...entry, time: '' }, { ...after[i], time: '' }))) return updated;
  const restored = withManagedFields(updated, [...before]);
  const resourceVersion = live.metadata?.resourceVersion;
  return sameJson(live, { ...restored, metadata: { ...restored.metadata, resourceVersion } }) ? restored : updated;
}

const maxManagerBytes = 128;

/** The manager of a request: `fieldManager`, or the user agent up to its first slash, cut to 128 bytes of printable characters. */
export function managerName(fieldManager: string | undefined, userAgent: string | undefined): string {
  if (fieldManager) return fieldManager;
  let name = '';
  let bytes = 0;
  for (const character of (userAgent ?? '').split('/')[0]!) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxManagerBytes) break;
    if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) name += character;
  }
  return name;
}
