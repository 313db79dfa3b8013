import type { ResourceDefinition } from '../../../api/define.ts';
import { ApiError, methodNotSupported } from '../../registry/errors.ts';
import type { RequestInfo } from '../context.ts';
import { isCustom } from '../encoding/list-json.ts';
import { methodNotAllowed, noSuchResource } from '../errors.ts';
import { warn } from '../handlers/body.ts';
import { isAllowedAt, isPlace, passesOn } from '../handlers/place.ts';
import { isRefusedByRouter, negotiate, negotiateText, objectTransforms, type Transforms } from '../negotiation/accept.ts';
import type { Stage } from './stage.ts';

/** Finds the definition that serves a request's group, version and resource. */
export type DefinitionLookup = (info: RequestInfo) => ResourceDefinition | undefined;

/**
 * The last stage before the handlers: methods that no resource has, and the form of the answer, which must be known before anything is
 * changed. Subresources with code of their own (logs, proxies) answer what they like.
 */
export function negotiation(lookup: DefinitionLookup): Stage {
  return (context, next) => {
    const { info, request } = context;
    if (!info.isResourceRequest) return next(context);
    const { method } = request;
    if (info.resource === '') throw noSuchResource();
    const definition = lookup(info);
    // Parsed still, routed no longer.
    if (info.verb === 'proxy' && !(definition && isCustom(definition))) throw noSuchResource();
    if (passesOn(definition, info, method)) return next(context);
    // Custom resources are behind no router: a HEAD is a get there, and what is no verb is told by them.
    const custom = definition !== undefined && isCustom(definition);
    if ((method === 'HEAD' && !custom) || info.verb === '' || (info.verb === 'watch' && method !== 'GET')) {
      if (hasPath(definition, info)) throw custom && info.verb === '' ? notSupported(definition) : methodNotAllowed();
      // Whether that is a page or a resource that is not there, the routes know.
      return next(context);
    }
    if (method === 'PATCH') checkPatchType(definition, info, request.headers['content-type'] ?? '');
    const accept = request.headers['accept'];
    const isLog = info.subresource === 'log' && info.verb === 'get' && hasPath(definition, info);
    if (isLog) negotiateText(accept);
    try {
      const transforms = accept?.includes('as=Table') && hasNoTable(definition, info) ? withoutTables : objectTransforms;
      context.negotiated = negotiate(accept, info.verb, transforms, () => custom, isLog);
    } catch (error) {
      // What is not there is said first: the handlers answer 404 or 405.
      if (definition && (isLog || hasMethod(definition, info, method))) {
        // The handler warns; what the router refuses does not get so far.
        if (definition.deprecation && !isRefusedByRouter(error)) warn(context, definition.deprecation);
        throw error;
      }
    }
    return next(context);
  };
}

/** Whether a path names something, whatever the method. */
function hasPath(definition: ResourceDefinition | undefined, info: RequestInfo): boolean {
  if (!definition || !isPlace(definition, info)) return false;
  const subresource = definition.subresources.find(({ name }) => name === info.subresource);
  if (info.subresource === '' || !subresource) return info.subresource === '';
  return info.rest.length === 0 || (subresource.type === 'action' && subresource.action === 'proxy');
}

/** Whether the resource answers this request itself, and not by a subresource with code of its own. */
function hasMethod(definition: ResourceDefinition, info: RequestInfo, method: string): boolean {
  if (!hasPath(definition, info) || isAction(definition, info.subresource)) return false;
  const verbs: readonly string[] = (definition.subresources.find(({ name }) => name === info.subresource) ?? definition).verbs;
  return verbs.includes(info.verb) && (info.subresource !== '' || isAllowedAt(definition, info, method));
}

const patchTypes = ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml'].map(
  (name) => `application/${name}`,
);

/** The router of built-in kinds looks at a patch's type before the form of the answer is thought of. @throws ApiError 415 */
function checkPatchType(definition: ResourceDefinition | undefined, info: RequestInfo, contentType: string): void {
  if (!definition || typeof definition.schema !== 'string' || !hasMethod(definition, info, 'PATCH')) return;
  // The router takes several types for a choice. To the handler they are one that it does not know.
  const types = contentType.split(',').map((type) => type.split(';')[0]!.trim());
  if (!types.some((type) => patchTypes.includes(type))) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

function notSupported({ group, plural }: ResourceDefinition): ApiError {
  return methodNotSupported({ group, resource: plural }, '');
}

const withoutTables: Transforms = (as, mediaType) => as.kind !== 'Table' && objectTransforms(as, mediaType);

/** What is only ever created (reviews, tokens, bindings, evictions) has no table either. */
function hasNoTable(definition: ResourceDefinition | undefined, { subresource }: RequestInfo): boolean {
  const part = definition?.subresources.find(({ name }) => name === subresource);
  if (part?.withoutTable) return true;
  const target = subresource === '' ? definition : part;
  return target?.verbs.length === 1 && target.verbs[0] === 'create';
}

function isAction(definition: ResourceDefinition, name: string): boolean {
  if (name === '') return false;
  const subresource = definition.subresources.find((candidate) => candidate.name === name);
  return !subresource || (subresource.type === 'action' && subresource.verbs.some((verb) => verb !== 'create'));
}
