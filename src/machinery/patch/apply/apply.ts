import type { KubeObject } from '../../../../api/meta/object.ts';
import { conform, DecodeError } from '../../schema/conform.ts';
import { explainRestore } from '../../schema/restore.ts';
import { badPatch, plainError } from '../error.ts';
import { checkConfiguration, checkObject, joinMessages } from './check.ts';
import { conflictError, conflictSet, conflictsWithout } from './conflicts.ts';
import { clientSideApplied, kubectlManager, syncLastApplied } from './last-applied.ts';
import { absentObject, withManagedFields } from './live-object.ts';
import { capUpdaters, decodeManagedFields, encodeManagedFields, type Managers, managerId, stripIdentity } from './managed-fields.ts';
import { ShapeError } from './shape.ts';
import type { ApplyInput } from './types.ts';
import { recordApply, recordUpdate, type Terms, termsOf } from './update.ts';

const beforeFirstApply = 'before-first-apply';

/**
 * Server-side apply: merges the configuration into the live object (or an empty one), takes away what the manager gave up, and keeps managedFields.
 * For built-in kinds the result is conformed to the schema, with its defaults; the kind's own `defaults` are the caller's to run.
 * @throws PatchError 409 Conflict with causes, 400 for another kind or managedFields in the body, 500 for what is not of the schema
 */
export function applyPatch(input: ApplyInput): KubeObject {
  return applyConfiguration(input).object;
}

/** As `applyPatch`. What changed knows which empty lists and maps it was given (`asSent`), what did not is the live object. */
export function applyConfiguration(input: ApplyInput): { readonly object: KubeObject; readonly changed: boolean } {
  const { applied, schema } = input;
  checkKind(input);
  const live = withManagedFields(input.live ?? absentObject(input), undefined);
  const terms = termsOf(input);
  const managers = liveManagers(input, live, terms);
  if ((applied.metadata?.managedFields ?? null) !== null) throw badPatch('metadata.managedFields must be nil');
  const errors = checkConfiguration(applied, schema);
  if (errors.length > 0) throw plainError(`failed to create typed patch object (${describeApplied(applied)}): ${joinMessages(errors)}`);
  refuseMisfit(input, live, 'failed to create typed live object');
  const { merged, changed } = withReadableShape(input, live, 'failed to create typed live object', '', () =>
    mergeOrRefuse(input, live, terms, managers),
  );
  const id = managerId({ ...input, operation: 'Apply' });
  stripIdentity(managers, id);
  const own = managers.get(id);
  if (changed && own !== undefined) managers.set(id, { ...own, time: input.now });
  capUpdaters(managers);
  const synced = input.manager === kubectlManager ? syncLastApplied(merged, applied) : merged;
  const object = withManagedFields(changed ? conformed(synced, input) : synced, encodeManagedFields(managers));
  return { object, changed };
}

function liveManagers(input: ApplyInput, live: KubeObject, terms: Terms): Managers {
  let managers: Managers;
  try {
    managers = decodeManagedFields(input.live?.metadata?.managedFields);
  } catch (error) {
    throw plainError(`failed to decode managed fields: ${(error as Error).message}`);
  }
  // What an object without managedFields holds is an unnamed updater's, so that applying over it can conflict.
  if (managers.size === 0 && input.live !== undefined) {
    const head = 'failed to create manager for existing fields: failed to convert new object';
    const tail = ' to smd typed';
    refuseMisfit(input, live, head, tail);
    withReadableShape(input, live, head, tail, () =>
      recordUpdate(absentObject(input), live, { ...terms, manager: beforeFirstApply }, managers),
    );
  }
  return managers;
}

// Only custom objects can be stored in a form that is not of their schema: it may have come later.
function refuseMisfit(input: ApplyInput, live: KubeObject, head: string, tail = ''): void {
  const { schema } = input;
  const misfits = schema.type === 'object' && schema.decode ? checkObject(live, schema) : [];
  if (misfits.length > 0) throw misfit(misfits, input, live, head, tail);
}

// Upstream reads the whole live object first, here it is found out where it differs: elements of lists that lack their keys, which an update may store.
function withReadableShape<T>({ schema, apiVersion, kind }: ApplyInput, live: KubeObject, head: string, tail: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw misfit(checkConfiguration(live, schema), { apiVersion, kind }, live, head, tail);
  }
}

function misfit(
  problems: readonly string[],
  { apiVersion, kind }: Pick<ApplyInput, 'apiVersion' | 'kind'>,
  live: KubeObject,
  head: string,
  tail = '',
): Error {
  return plainError(`${head} (${describeApplied({ ...live, apiVersion, kind })})${tail}: ${joinMessages(problems)}`);
}

/** Applies; kubectl's apply takes over by force what its client-side apply owns. */
function mergeOrRefuse(input: ApplyInput, live: KubeObject, terms: Terms, managers: Managers): { merged: KubeObject; changed: boolean } {
  const before = new Map(managers);
  const result = recordApply(live, input.applied, terms, managers, input.force);
  if (!('conflicts' in result)) return result;
  const allowed = input.manager === kubectlManager ? clientSideApplied(live, input) : undefined;
  if (allowed === undefined) throw conflictError(result.conflicts);
  if (!conflictSet(result.conflicts).difference(allowed).isEmpty()) throw conflictError(conflictsWithout(result.conflicts, allowed));
  managers.clear();
  for (const [id, entry] of before) managers.set(id, entry);
  return recordApply(live, input.applied, terms, managers, true) as { merged: KubeObject; changed: boolean };
}

function checkKind({ applied, apiVersion, kind }: ApplyInput): void {
  if (applied.apiVersion === apiVersion && applied.kind === kind) return;
  throw badPatch(`invalid object type: ${groupVersionKind(applied)}`);
}

/** The body is a client's: it may say anything here. What is no version (not text, or with a second slash) is none. */
function groupVersionKind({ apiVersion, kind }: { readonly apiVersion?: unknown; readonly kind?: unknown }): string {
  const parts = typeof apiVersion === 'string' ? apiVersion.split('/') : [];
  if (parts.length > 2) return '/, Kind=';
  const version = parts.length === 2 ? apiVersion : `/${parts.length === 1 ? apiVersion : ''}`;
  return `${version}, Kind=${typeof kind === 'string' ? kind : ''}`;
}

/** An applied configuration's namespace, name and kind, as upstream's messages have them. */
export function describeApplied(object: KubeObject): string {
  const { namespace, name } = object.metadata ?? {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return `${text(namespace)}/${text(name)}; ${groupVersionKind(object)}`;
}

function conformed(merged: KubeObject, { schema, applied, typed = true }: ApplyInput): KubeObject {
  if (!typed) return merged;
  try {
    // Whole numbers beyond what a field holds lose their upper bits, as Go's conversion of numbers does.
    return conform(merged, schema, { wraps: true }).object;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const kind = groupVersionKind(applied);
    throw plainError(
      `failed to convert new object (${describeApplied(applied)}) to proper version: unable to convert unstructured object to ${kind}: ${explainRestore(merged, schema) ?? error.message}`,
    );
  }
}
