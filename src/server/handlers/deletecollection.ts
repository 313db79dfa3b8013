import { deleteCollection } from '../../registry/delete-collection.ts';
import { badRequest } from '../../registry/errors.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { deleteOptionsObject, readDeleteOptions, warnOfDelete } from './delete.ts';
import { readListRequest } from './list.ts';
import { operationOf, type Scope } from './scope.ts';

/** DELETE of what selectors select of a collection. */
export async function removeCollection(scope: Scope, context: RequestContext): Promise<Answer> {
  const { options: list, selection } = readListRequest(scope, context);
  const options = await readDeleteOptions(scope.parts, context);
  const operation = operationOf(context, scope, (options.dryRun?.length ?? 0) > 0, deleteOptionsObject(options));
  warnOfDelete(scope, options, operation);
  // It would be every namespace's.
  if (context.info.emptyNamespace && scope.definition.scope !== 'Cluster') throw badRequest('Namespace parameter required.');
  const { items, metadata } = await deleteCollection(scope.store, selection, list, options, operation);
  return { type: 'list', definition: scope.definition, items, metadata };
}
