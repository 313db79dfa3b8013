import type { KubeObject } from '../../../../api/meta/object.ts';
import type { Schema } from '../../../../openapi/schema.ts';
import { sameJson } from '../../json-equal.ts';
import { plainError } from '../error.ts';
import { checkObject, joinMessages } from './check.ts';
import { type Comparison, compare, ignoring } from './compare.ts';
import { FieldSet } from './field-set.ts';
import { identityFields, type ManagedSet, type Managers, managerId } from './managed-fields.ts';
import { mergeObjects } from './merge-objects.ts';
import { removeFields } from './remove.ts';
import { fieldSetOf, withNamedFields } from './set-of.ts';
import { ShapeMemo } from './shape-memo.ts';
import type { ManagerContext } from './types.ts';

/** What one write reads of its context, with the ignored paths as a set. */
export interface Terms extends ManagerContext {
  readonly ignored: FieldSet | undefined;
}

export function termsOf(context: ManagerContext): Terms {
  // Field by field: a spread of what has optional fields takes as long as the rest of a create's tracking.
  const { schema, apiVersion, kind, manager, subresource, now, resetFields, versions, typed } = context;
  const ignored = resetFields?.length ? FieldSet.of(...resetFields.map((path) => path.map((name) => `f:${name}`))) : undefined;
  return { schema, apiVersion, kind, manager, subresource, now, resetFields, versions, typed, ignored };
}

/** A manager's fields that another manager's write would take. */
export interface Conflicts {
  readonly id: string;
  readonly owner: ManagedSet;
  readonly set: FieldSet;
}

/**
 * Takes what a write changed from the other managers, and what it removed from everybody.
 * @param self whose write it is: its own entry only loses what was removed
 * @returns conflicts; unless `force`, nothing was changed if there are any
 */
function disown(
  live: KubeObject,
  updated: KubeObject,
  terms: Terms,
  managers: Managers,
  self: string,
  force: boolean,
): { conflicts: Conflicts[]; changes: Comparison } {
  const changes = ignoring(compare(live, updated, terms.schema), terms.ignored);
  const byVersion = new Map([[terms.apiVersion, changes]]);
  const conflicts: Conflicts[] = [];
  const losses = new Map<string, FieldSet>();
  for (const [id, owner] of managers) {
    if (id === self) continue;
    const seen = changesIn(owner.apiVersion, live, updated, terms, byVersion);
    if (seen === undefined) {
      managers.delete(id);
      continue;
    }
    const taken = owner.set.intersection(seen.modified.union(seen.added));
    if (!taken.isEmpty()) conflicts.push({ id, owner, set: taken });
    const lost = taken.union(seen.removed);
    if (!lost.isEmpty()) losses.set(id, lost);
  }
  if (conflicts.length > 0 && !force) return { conflicts, changes };
  for (const [id, lost] of losses) {
    const owner = managers.get(id)!;
    const set = owner.set.difference(lost);
    if (set !== owner.set) managers.set(id, { ...owner, set });
  }
  for (const [id, { set }] of managers) if (set.isEmpty()) managers.delete(id);
  return { conflicts, changes };
}

/** The comparison in another version, or undefined if that is not served any more. @throws PatchError if that is no version, or cannot hold the objects */
function changesIn(
  apiVersion: string,
  live: KubeObject,
  updated: KubeObject,
  terms: Terms,
  known: Map<string, Comparison>,
): Comparison | undefined {
  const found = known.get(apiVersion);
  if (found !== undefined) return found;
  if (apiVersion.split('/').length > 2) throw plainError(`unexpected GroupVersion string: ${apiVersion}`);
  const schema = terms.versions?.schema(apiVersion);
  if (schema === undefined) return undefined;
  const convert = (object: KubeObject, failure: string) => {
    const converted = terms.versions!.convert(object, apiVersion);
    const errors = checkObject(converted, schema);
    if (errors.length > 0) throw plainError(failure + joinMessages(errors));
    return converted;
  };
  // Upstream has converted the live object once before, and says nothing of that.
  const all = compare(convert(live, ''), convert(updated, 'failed to convert new object: '), schema);
  const changes = terms.versions!.ignores(apiVersion) ? ignoring(all, terms.ignored) : all;
  known.set(apiVersion, changes);
  return changes;
}

/** Records an update: the manager now owns what it added or changed. `managers` is changed. */
export function recordUpdate(live: KubeObject, updated: KubeObject, terms: Terms, managers: Managers): { id: string; changed: boolean } {
  const entry: ManagedSet = {
    manager: terms.manager,
    operation: 'Update',
    apiVersion: terms.apiVersion,
    subresource: terms.subresource,
    time: terms.now,
    set: FieldSet.empty,
  };
  const id = managerId(entry);
  const { changes } = disown(live, updated, terms, managers, '', true);
  const set = changes.modified.union(changes.added);
  if (set.isEmpty()) return { id, changed: false };
  // Stripped before it joins the manager's earlier fields, as identity fields alone make no entry and no new time.
  return { id, changed: ownMore(managers, id, entry, set) };
}

function ownMore(managers: Managers, id: string, entry: ManagedSet, gained: FieldSet): boolean {
  const set = gained.difference(identityFields);
  if (set.isEmpty()) return false;
  managers.set(id, { ...entry, set: joined(managers.get(id)?.set ?? FieldSet.empty, set) });
  return true;
}

/** For sets that several objects share: what was joined to each of them last, and what came of it, so that it is encoded once as well. */
const joins = new WeakMap<FieldSet, { readonly gained: FieldSet; readonly result: FieldSet }>();

function joined(owned: FieldSet, gained: FieldSet): FieldSet {
  if (owned.isEmpty()) return gained;
  const last = joins.get(owned);
  if (last?.gained.equals(gained)) return last.result;
  const result = gained.union(owned);
  joins.set(owned, { gained, result });
  return result;
}

const configurations = new WeakMap<Schema, ShapeMemo<FieldSet>>();

/** What a manager owns who applies `config`; configurations of one shape have one set. */
function ownedBy(config: KubeObject, schema: Schema): FieldSet {
  let shapes = configurations.get(schema);
  if (!shapes) configurations.set(schema, (shapes = new ShapeMemo()));
  const known = shapes.find(config, schema);
  if (known) return known.result;
  const set = fieldSetOf(config, schema);
  shapes.remember(config, undefined, schema, set);
  return set;
}

/** @returns what the apply did, or its conflicts, with `managers` then as they were */
export function recordApply(
  live: KubeObject,
  config: KubeObject,
  terms: Terms,
  managers: Managers,
  force: boolean,
): { merged: KubeObject; changed: boolean } | { conflicts: Conflicts[] } {
  const merged = mergeObjects(live, config, terms.schema) as KubeObject;
  const owned = ownedBy(config, terms.schema);
  const set = terms.ignored ? owned.withoutSubtrees(terms.ignored) : owned;
  const { manager, apiVersion, subresource } = terms;
  const entry = { manager, operation: 'Apply' as const, apiVersion, subresource };
  const id = managerId(entry);
  const last = managers.get(id);
  managers.set(id, { ...entry, time: last?.time, set });
  const pruned = prune(merged, terms, managers, last);
  // Nobody else's fields can have been taken.
  if (managers.size === 1) {
    if (set.isEmpty()) managers.delete(id);
  } else {
    const { conflicts } = disown(live, pruned, terms, managers, id, force);
    if (conflicts.length > 0 && !force) return { conflicts };
  }
  return { merged: pruned, changed: !sameJson(live, pruned) };
}

/** Removes what the manager applied last time and not now, if nobody else claims it. */
function prune(merged: KubeObject, terms: Terms, managers: Managers, last: ManagedSet | undefined): KubeObject {
  if (last === undefined || last.set.isEmpty()) return merged;
  const own = managers.get(managerId(last))!;
  if (last.apiVersion === own.apiVersion && last.set.difference(own.set).isEmpty()) return merged;
  const at = versioned(merged, terms, last.apiVersion);
  if (at === undefined) return merged;
  const full = withNamedFields(fieldSetOf(at.object, at.schema), at.schema);
  const lastSet = withNamedFields(last.set, at.schema);
  const kept = keepOwned(removeFields(at.object, lastSet, at.schema) as KubeObject, at.object, terms, managers, last.apiVersion);
  const keptSet = withNamedFields(fieldSetOf(kept, at.schema), at.schema);
  // What nobody owns, or only updaters, was removed along with its parent: only what this manager had applied may go.
  const pruned = removeFields(at.object, full.difference(keptSet).intersection(lastSet), at.schema) as KubeObject;
  return last.apiVersion === terms.apiVersion ? pruned : terms.versions!.convertBack(pruned, last.apiVersion);
}

function versioned(object: KubeObject, terms: Terms, apiVersion: string): { object: KubeObject; schema: Schema } | undefined {
  if (apiVersion === terms.apiVersion) return { object, schema: terms.schema };
  const schema = terms.versions?.schema(apiVersion);
  return schema === undefined ? undefined : { object: terms.versions!.convert(object, apiVersion), schema };
}

/** Puts back what was removed but is claimed by a manager, in each version that managers have, `apiVersion` (of the objects given) first. */
function keepOwned(pruned: KubeObject, merged: KubeObject, terms: Terms, managers: Managers, apiVersion: string): KubeObject {
  const claimed = new Map<string, FieldSet>([[apiVersion, FieldSet.empty]]);
  for (const owner of managers.values()) claimed.set(owner.apiVersion, owner.set.union(claimed.get(owner.apiVersion) ?? FieldSet.empty));
  let kept = pruned;
  for (const [version, set] of claimed) {
    if (set.isEmpty()) continue;
    const whole = inVersion(merged, terms, apiVersion, version);
    const part = inVersion(kept, terms, apiVersion, version);
    if (whole === undefined || part === undefined) continue;
    const all = withNamedFields(fieldSetOf(whole.object, whole.schema), whole.schema);
    const left = withNamedFields(fieldSetOf(part.object, whole.schema), whole.schema).union(withNamedFields(set, whole.schema));
    const result = removeFields(whole.object, all.difference(left), whole.schema) as KubeObject;
    kept = version === apiVersion ? result : fromVersion(result, terms, version, apiVersion);
  }
  return kept;
}

function inVersion(object: KubeObject, terms: Terms, from: string, to: string): { object: KubeObject; schema: Schema } | undefined {
  if (from === to) return { object, schema: from === terms.apiVersion ? terms.schema : terms.versions!.schema(from)! };
  return versioned(from === terms.apiVersion ? object : terms.versions!.convertBack(object, from), terms, to);
}

function fromVersion(object: KubeObject, terms: Terms, from: string, to: string): KubeObject {
  const own = from === terms.apiVersion ? object : terms.versions!.convertBack(object, from);
  return to === terms.apiVersion ? own : terms.versions!.convert(own, to);
}
