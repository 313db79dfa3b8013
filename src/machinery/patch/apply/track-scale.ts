import type { KubeObject } from '../../../../api/meta/object.ts';
import { sameJson } from '../../json-equal.ts';
import { FieldSet } from './field-set.ts';
import { withManagedFields } from './live-object.ts';
import { decodeManagedFields, encodeManagedFields, type ManagedSet, managerId } from './managed-fields.ts';
import type { TrackUpdateInput } from './types.ts';

/**
 * Works out managedFields for a change of a custom object's replicas through its Scale: who changes them takes them from their owners, without a time.
 * Replicas that nobody owned stay nobody's.
 */
export function trackScale(input: TrackUpdateInput, path: readonly string[]): KubeObject {
  const { live, updated, manager, apiVersion, subresource } = input;
  const before = live?.metadata?.managedFields;
  const managers = decodeManagedFields(before);
  const place = path.map((name) => `f:${name}`);
  const owners = [...managers].filter(([, { set }]) => set.has(place));
  if (owners.length === 0 || sameJson(valueAt(live, path), valueAt(updated, path))) return withManagedFields(updated, before);
  const taken = FieldSet.of(place);
  for (const [id, owner] of owners) {
    const set = owner.set.difference(taken);
    if (set.isEmpty()) managers.delete(id);
    else managers.set(id, { ...owner, set });
  }
  const own: ManagedSet = { manager, operation: 'Update', apiVersion, subresource, time: undefined, set: taken };
  managers.set(managerId(own), own);
  return withManagedFields(updated, encodeManagedFields(managers));
}

function valueAt(object: KubeObject | undefined, path: readonly string[]): unknown {
  let value: any = object;
  for (const name of path) value = value?.[name];
  return value ?? null;
}
