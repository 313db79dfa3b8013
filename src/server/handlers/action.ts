import type { ActionSubresource, ResourceDefinition } from '../../../api/define.ts';
import { apiVersionOf } from '../../../api/meta/object.ts';
import type { AdmissionAttributes } from '../../admission/plugin.ts';
import { formatTime } from '../../machinery/clock.ts';
import { trackUpdate } from '../../machinery/patch/apply/track-update.ts';
import { inGoOrder } from '../../machinery/schema/key-order.ts';
import { ensureNamespace, wipeSystemFields } from '../../registry/metadata.ts';
import type { ActionCall, ActionParts } from '../../registry/subresources/action.ts';
import { createActions } from '../../registry/subresources/index.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { noSuchResource } from '../errors.ts';
import { checkMediaType, type ExpectedKind, readObject } from './body.ts';
import { createOptions } from './options.ts';
import { type HandlerParts, kindOf, operationOf, schemaName, schemaOf } from './scope.ts';

export interface ActionScope {
  readonly parts: HandlerParts;
  readonly actions: ActionParts;
  readonly definition: ResourceDefinition;
  /** Absent where the resource itself is the action. */
  readonly subresource: ActionSubresource | undefined;
}

/** POST to a resource or subresource with code of its own: reviews, binding, eviction, token. */
export async function createAction(scope: ActionScope, context: RequestContext, action: string): Promise<Answer> {
  const { parts, definition, subresource, actions } = scope;
  const run = createActions[action.toLowerCase()];
  if (!run) throw noSuchResource();
  checkMediaType(context);
  const options = createOptions(context);
  const expected = expectedKind(scope);
  const { object } = await readObject(context, expected, options.fieldValidation, parts);
  const operation = operationOf(context, scope, options.dryRun, options.asObject('CreateOptions'));
  const metadata = (object.metadata ??= {});
  // What a subresource's object says of uid and version is about the object that it acts on.
  if (!subresource) wipeSystemFields(metadata);
  ensureNamespace(metadata, operation.namespace);
  const manager = {
    schema: expected.schema,
    apiVersion: apiVersionOf(expected.group, expected.version),
    kind: expected.kind,
    manager: options.fieldManager,
    subresource: operation.subresource,
    now: formatTime(actions.clock.now()),
  };
  const tracked = trackUpdate(manager, undefined, object);
  const attributes: AdmissionAttributes = {
    definition,
    operation: 'CREATE',
    subresource: operation.subresource,
    namespace: operation.namespace,
    name: context.info.name || (metadata.name ?? ''),
    object: tracked,
    old: undefined,
    user: operation.user,
    dryRun: operation.dryRun,
    options: operation.options,
    warn: operation.warn,
    annotate: operation.annotate,
    waited: operation.waited,
  };
  await parts.admission.mutate(attributes);
  const call: ActionCall = {
    parts: actions,
    definition,
    store: subresource ? parts.registry.store(definition) : undefined,
    name: context.info.name,
    object: attributes.object!,
    operation,
    validate: async () => parts.admission.validate(attributes),
  };
  const result = await run(call);
  const answered = result.object.kind === expected.kind ? inGoOrder(result.object, expected.schema) : result.object;
  return { type: 'object', status: result.status, definition: undefined, object: answered };
}

function expectedKind({ parts, definition, subresource }: ActionScope): ExpectedKind {
  if (!subresource?.kind) return kindOf(parts, definition, schemaOf(parts, definition));
  const schema = parts.schemas.get(schemaName(subresource.kind));
  const { defaults, alsoReads } = subresource;
  const { registered } = kindOf(parts, definition, schema);
  return { ...subresource.kind, schema, registered, ...(defaults ? { defaults } : {}), ...(alsoReads ? { alsoReads } : {}) };
}
