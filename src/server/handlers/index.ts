import type { ResourceDefinition, Subresource } from '../../../api/define.ts';
import { badRequest, methodNotSupported, notFound } from '../../registry/errors.ts';
import type { ActionParts } from '../../registry/subresources/action.ts';
import type { ComponentProbe } from '../../registry/subresources/component-status.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { isCustom } from '../encoding/list-json.ts';
import { methodNotAllowed, noSuchResource } from '../errors.ts';
import type { NodeStreams } from '../streaming/node-streams.ts';
import { createAction } from './action.ts';
import { warn } from './body.ts';
import { readComponents } from './component-status.ts';
import { connect } from './connect.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { removeCollection } from './deletecollection.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { isAllowedAt, isPlace, passesOn } from './place.ts';
import { scaleView } from './scale.ts';
import { type HandlerParts, kindOf, type Scope, schemaOf } from './scope.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

export interface DispatcherParts extends HandlerParts {
  readonly actions: ActionParts;
  readonly nodes: NodeStreams | undefined;
  readonly components: readonly ComponentProbe[];
}

type Handler = (scope: Scope, context: RequestContext) => Promise<Answer>;

const verbs: Readonly<Record<string, Handler>> = {
  create,
  get,
  list,
  watch,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};
const partVerbs: Readonly<Record<string, Handler>> = { get, update, patch };
/** Subresources that are streams of bytes, whatever is sent to them. */
export const streamActions: ReadonlySet<string> = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

/**
 * The last step of a resource request's way: finds what serves it and hands it to its verb.
 * The answer is rejected with an ApiError for all that the client is told of.
 */
export function createDispatcher(parts: DispatcherParts): (context: RequestContext) => Promise<Answer> {
  const scopes = new WeakMap<ResourceDefinition, Map<string, Scope>>();

  const scopeOf = (definition: ResourceDefinition, subresource: Subresource | undefined): Scope => {
    let known = scopes.get(definition);
    if (!known) scopes.set(definition, (known = new Map()));
    const name = subresource?.name ?? '';
    let scope = known.get(name);
    if (!scope) {
      const schema = schemaOf(parts, definition);
      const kind = kindOf(parts, definition, schema);
      const base = { parts, store: parts.registry.store(definition), definition, subresource, schema, kind };
      scope = subresource?.type === 'scale' ? { ...base, view: scaleView(base, subresource) } : base;
      known.set(name, scope);
    }
    return scope;
  };

  return async (context) => {
    const { info } = context;
    const definition = parts.registry.find(info.group, info.version, info.resource);
    if (!definition || !isPlace(definition, info)) throw noSuchResource();
    if (info.subresource !== '') return dispatchSubresource(parts, definition, scopeOf, context);
    if (info.name === '' && (info.verb === 'update' || info.verb === 'patch') && isCustom(definition))
      throw badRequest('name must be provided');
    if (!definition.verbs.includes(info.verb as never) || !isAllowedAt(definition, info, context.request.method)) {
      // What can be listed has a road for watches, which ends at what is not stored.
      if (info.verb === 'watch' && definition.verbs.includes('list')) {
        noteDeprecation(definition, context);
        throw methodNotSupported({ group: definition.group, resource: definition.plural }, info.verb);
      }
      throw methodNotAllowed();
    }
    noteDeprecation(definition, context);
    if (definition.action) {
      if (info.verb !== 'create') return readComponents(definition, context, parts.components);
      return createAction({ parts, actions: parts.actions, definition, subresource: undefined }, context, definition.action);
    }
    return verbs[info.verb]!(scopeOf(definition, undefined), context);
  };
}

async function dispatchSubresource(
  parts: DispatcherParts,
  definition: ResourceDefinition,
  scopeOf: (definition: ResourceDefinition, subresource: Subresource) => Scope,
  context: RequestContext,
): Promise<Answer> {
  const { info } = context;
  const subresource = definition.subresources.find((candidate) => candidate.name === info.subresource);
  const custom = isCustom(definition);
  const resource = { group: definition.group, resource: definition.plural };
  if (custom) noteDeprecation(definition, context);
  if (!subresource) throw custom ? notFound(resource, info.name) : noSuchResource();
  const isProxy = subresource.type === 'action' && subresource.action === 'proxy';
  if (info.rest.length > 0 && !custom && !isProxy) throw noSuchResource();
  const unnamed = info.name === '' && !custom;
  // What is read without a name counts as a list.
  const verb = unnamed && info.verb === 'list' ? 'get' : info.verb;
  if (!subresource.verbs.includes(verb as never) && !passesOn(definition, info, context.request.method)) {
    throw custom ? methodNotSupported(resource, info.verb) : methodNotAllowed();
  }
  noteDeprecation(definition, context);
  if (unnamed) throw badRequest('name must be provided');
  if (subresource.type !== 'action') {
    return partVerbs[info.verb]!(scopeOf(definition, subresource), context);
  }
  if (streamActions.has(subresource.action)) return connect(scopeOf(definition, subresource), context, parts.nodes, subresource.action);
  return createAction({ parts, actions: parts.actions, definition, subresource }, context, subresource.action);
}

function noteDeprecation(definition: ResourceDefinition, context: RequestContext): void {
  if (definition.deprecation) warn(context, definition.deprecation);
}
