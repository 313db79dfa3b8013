import type { KubeObject, ManagedFieldsEntry } from '../../../../api/meta/object.ts';
import { keepSentEmpty } from '../../../../api/meta/sent-empty.ts';
import type { Schema } from '../../../../openapi/schema.ts';
import { withMember, without } from '../../json-object.ts';
import { conform } from '../../schema/conform.ts';
import type { ManagerContext } from './types.ts';

const zeroObjects = new WeakMap<Schema, KubeObject>();

/** What an absent object is compared with: for built-in kinds the empty Go struct, whose structs that are no pointers are there. */
export function absentObject({ schema, apiVersion, kind, typed = true }: ManagerContext): KubeObject {
  if (!typed) return { apiVersion, kind };
  let zero = zeroObjects.get(schema);
  if (zero === undefined) {
    zero = conform({}, schema, { defaults: false }).object as KubeObject;
    zeroObjects.set(schema, zero);
  }
  return zero;
}

/** The object with other managedFields (none if undefined): a copy down to metadata, which comes in the order of Go's struct. */
export function withManagedFields(object: KubeObject, entries: ManagedFieldsEntry[] | undefined): KubeObject {
  const had = object.metadata?.managedFields !== undefined;
  if (entries === undefined && !had) return object;
  const metadata = had ? without(object.metadata!, 'managedFields') : { ...object.metadata };
  if (had) keepSentEmpty(object.metadata!, metadata);
  if (entries !== undefined) metadata.managedFields = entries;
  return withMember(object, 'metadata', metadata);
}
