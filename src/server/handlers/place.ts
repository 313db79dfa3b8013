import type { ResourceDefinition } from '../../../api/define.ts';
import type { RequestInfo } from '../context.ts';

/** Whether a path can be one of the resource: with a namespace only where it has one, and for one object not without. */
export function isPlace(definition: ResourceDefinition, info: RequestInfo): boolean {
  if (definition.scope === 'Cluster') return info.namespace === '' || info.namespace === info.name;
  const named = info.name !== '' && info.verb !== 'list' && info.verb !== 'watch';
  return info.namespace !== '' || !named;
}
