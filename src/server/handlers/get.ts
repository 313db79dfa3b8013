import { getObject } from '../../registry/get.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { storedAnswer } from './answers.ts';
import { getOptions } from './options.ts';
import type { Scope } from './scope.ts';

/** GET of one object, or of the whole object through one of its parts. */
export async function get(scope: Scope, context: RequestContext): Promise<Answer> {
  const { resourceVersion } = getOptions(context.request.query);
  return storedAnswer(scope, await getObject(scope.store, context.info.namespace, context.info.name, resourceVersion));
}
