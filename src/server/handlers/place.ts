import type { ResourceDefinition } from '../../../api/define.ts';
import type { RequestInfo } from '../context.ts';
import { isCustom } from '../encoding/list-json.ts';

/** Whether a path can be one of the resource: with a namespace only where it has one, and for one object not without. */
export function isPlace(definition: ResourceDefinition, info: RequestInfo): boolean {
  if (info.name !== '' && info.subresource === '' && isOnlyCreated(definition)) return false;
  if (info.verb === 'watch' && isWatchPath(info) && !isWatched(definition, info)) return false;
  if (info.emptyNamespace && !isCustom(definition)) return definition.scope !== 'Cluster';
  if (definition.scope === 'Cluster') return info.namespace === '' || info.namespace === info.name;
  // What is only ever created has no path across namespaces.
  if (info.namespace === '' && isOnlyCreated(definition)) return false;
  const named = info.name !== '' && info.verb !== 'list' && info.verb !== 'watch';
  return info.namespace !== '' || !named;
}

/** Whether it is a watch by its path (`/api/v1/watch/…`), not by a parameter. */
function isWatchPath(info: RequestInfo): boolean {
  return info.path.startsWith(watchPrefix(info));
}

function watchPrefix({ apiPrefix, group, version }: RequestInfo): string {
  return `/${apiPrefix}/${group === '' ? '' : `${group}/`}${version}/watch/`;
}

/** Whether there is such a path: of objects that can be watched, not of parts of them; one of a namespace is not watched across namespaces. */
function isWatched(definition: ResourceDefinition, info: RequestInfo): boolean {
  if (isCustom(definition)) return true;
  if (!definition.verbs.includes('watch') || info.subresource !== '') return false;
  const isNamed = /\/[^/]/.test(info.path.slice(watchPrefix(info).length));
  return definition.scope === 'Cluster' || info.namespace !== '' || !isNamed;
}

const isOnlyCreated = ({ verbs }: ResourceDefinition): boolean => verbs.length === 1 && verbs[0] === 'create';

/** Whether a method that the resource has may be used at a path. */
export function isAllowedAt(definition: ResourceDefinition, info: RequestInfo, method: string): boolean {
  switch (info.verb) {
    case 'create':
      return info.name === '' && hasOwnScope(definition, info);
    case 'update':
    case 'patch':
      return info.name !== '';
    case 'deletecollection':
      return hasOwnScope(definition, info);
    case 'watch':
      return method === 'GET';
    default:
      return true;
  }
}

/** Not across namespaces. A namespace without a name has these methods, too; the registry finds out that it is none. */
function hasOwnScope({ scope }: ResourceDefinition, { namespace, emptyNamespace }: RequestInfo): boolean {
  return scope === 'Cluster' || namespace !== '' || emptyNamespace === true;
}

/** Whether a subresource takes a method that is no verb, or one that asks for no body, because it passes it on. */
export function passesOn(definition: ResourceDefinition | undefined, { subresource }: RequestInfo, method: string): boolean {
  if (subresource === '' || (method !== 'HEAD' && method !== 'OPTIONS')) return false;
  const found = definition?.subresources.find(({ name }) => name === subresource);
  return found?.type === 'action' && found.action === 'proxy';
}
