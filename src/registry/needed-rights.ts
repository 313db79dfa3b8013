import type { NeededRight } from '../../api/define.ts';
import type { FieldError } from '../../api/meta/field.ts';
import { accessForbidden } from './access-forbidden.ts';
import type { Operation } from './operation.ts';
import type { ResourceStore } from './resource-store.ts';

/** What is wrong with a write for the rights that its user lacks, in their order. */
export async function refusals(store: ResourceStore, needed: readonly NeededRight[], operation: Operation): Promise<FieldError[]> {
  const errors: FieldError[] = [];
  for (const right of needed) {
    const denial = await denialOf(store, right, operation);
    if (denial !== undefined) errors.push(right.refusal(denial));
  }
  return errors;
}

/** Why none of the verbs is allowed: what is said of the first. */
async function denialOf(
  { definition, parts }: ResourceStore,
  { subresource, verbs, namespace, name }: NeededRight,
  { user }: Operation,
): Promise<string | undefined> {
  const { group, version, plural: resource } = definition;
  let first: string | undefined;
  for (const verb of verbs) {
    const asked = { user, resourceRequest: true, path: '', group, version, resource, verb, subresource, namespace, name };
    const { decision, reason } = await parts.authorizer.authorize(asked);
    if (decision === 'allow') return undefined;
    first ??= accessForbidden(asked, reason).message;
  }
  return first;
}
