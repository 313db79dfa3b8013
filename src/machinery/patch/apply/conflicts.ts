import { goQuote } from '../../../../api/meta/go-quote.ts';
import { PatchError, type PatchErrorCause } from '../error.ts';
import { FieldSet, printPath } from './field-set.ts';
import type { ManagedSet } from './managed-fields.ts';
import type { Conflicts } from './update.ts';

/** 409 that names who owns what, in upstream's words. */
export function conflictError(conflicts: readonly Conflicts[]): PatchError {
  const sorted = [...conflicts].sort((a, b) => (a.id < b.id ? -1 : 1));
  const causes: PatchErrorCause[] = [];
  const lines: string[] = [];
  for (const { owner, set } of sorted) {
    const name = printOwner(owner);
    lines.push(`conflicts with ${name}:`);
    set.forEach((path) => {
      const field = printPath(path);
      lines.push(`- ${field}`);
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field });
    });
  }
  const [only] = causes;
  const text = causes.length === 1 ? `1 conflict: ${only!.message}: ${only!.field}` : `${causes.length} conflicts: ${lines.join('\n')}`;
  return new PatchError(409, 'Conflict', `Apply failed with ${text}`, causes);
}

function printOwner({ manager, subresource, operation, apiVersion }: ManagedSet): string {
  let name = goQuote(manager);
  if (subresource !== '') name += ` with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/** All fields in conflict. */
export function conflictSet(conflicts: readonly Conflicts[]): FieldSet {
  return conflicts.reduce((all, { set }) => all.union(set), FieldSet.empty);
}

/** Conflicts without those over `allowed`. */
export function conflictsWithout(conflicts: readonly Conflicts[], allowed: FieldSet): Conflicts[] {
  return conflicts.map((conflict) => ({ ...conflict, set: conflict.set.difference(allowed) })).filter(({ set }) => !set.isEmpty());
}
