import { listObjects } from '../../registry/list.ts';
import type { ListOptions } from '../../registry/options.ts';
import { parseSelection, parseSelectors, type Selection } from '../../registry/selection.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext, RequestInfo } from '../context.ts';
import { listOptions, validateListOptions } from './options.ts';
import type { Scope } from './scope.ts';

/** GET of a collection. */
export async function list(scope: Scope, context: RequestContext): Promise<Answer> {
  const { options, selection } = readListRequest(scope, context);
  const { items, metadata } = await listObjects(scope.store, selection, options);
  return { type: 'list', definition: scope.definition, items, metadata };
}

// The name of a request to `…/watch/…/<name>`; a name that only a selector gives is the selector's matter.
function pathName({ name, path }: RequestInfo): string {
  return name !== '' && path.endsWith(`/${name}`) ? name : '';
}

/** The options and selection of a list, watch or deletecollection. @throws ApiError 400, 422 */
export function readListRequest(scope: Scope, context: RequestContext): { options: ListOptions; selection: Selection } {
  const { info, request } = context;
  const parsed = listOptions(request.query);
  const selectors = parseSelectors(parsed.labelSelector, parsed.fieldSelector);
  // What is a watch by its path alone is judged as the list that its parameters ask for.
  const options = { ...validateListOptions(parsed), watch: info.verb === 'watch' };
  const namespace = scope.definition.scope === 'Namespaced' ? info.namespace : '';
  return { options, selection: parseSelection(scope.store, namespace, selectors, pathName(info)) };
}
