import type { ResourceDefinition, Subresource } from '../../../api/define.ts';
import { apiVersionOf, type GroupVersionKind, groupVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Schema, SchemaSource } from '../../../openapi/schema.ts';
import type { AdmissionChain } from '../../admission/chain.ts';
import type { AdmissionAttributes, AdmissionOperation, Annotate } from '../../admission/plugin.ts';
import type { Authorizer } from '../../auth/types.ts';
import { notRegistered } from '../../machinery/expected-kind.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import { withManagedFields } from '../../machinery/patch/apply/live-object.ts';
import { trackUpdate } from '../../machinery/patch/apply/track-update.ts';
import type { ManagerContext, VersionConverter } from '../../machinery/patch/apply/types.ts';
import { plainError } from '../../machinery/patch/error.ts';
import type { ProtobufCodec } from '../../machinery/protobuf/codec.ts';
import { conform, DecodeError, strictDecodingError } from '../../machinery/schema/conform.ts';
import { inGoOrder } from '../../machinery/schema/key-order.ts';
import { accessForbidden } from '../../registry/access-forbidden.ts';
import { copyData } from '../../registry/copy.ts';
import { forbidden } from '../../registry/errors.ts';
import { admissionNamespace, asCreateOptions, type Operation } from '../../registry/operation.ts';
import type { Registry } from '../../registry/registry.ts';
import type { ResourceStore } from '../../registry/resource-store.ts';
import type { Shown } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { accessAttributes } from '../filters/authorization.ts';
import { internalGroup, registeredVersion } from '../registered-kinds.ts';
import { type ExpectedKind, type RegisteredKind, warn } from './body.ts';
import { RemoteVersions } from './remote-versions.ts';

/** What the handlers of one server share. */
export interface HandlerParts {
  readonly registry: Registry;
  readonly schemas: SchemaSource;
  readonly admission: AdmissionChain;
  readonly authorizer: Authorizer;
  readonly protobuf: ProtobufDecoder;
}

/** Decodes protobuf bodies, which name their kind, into plain objects. */
export type ProtobufDecoder = Pick<ProtobufCodec, 'decode'>;

/** A request to a resource that is stored: its store, and the subresource that it goes through. */
export interface Scope {
  readonly parts: HandlerParts;
  readonly store: ResourceStore;
  readonly definition: ResourceDefinition;
  readonly subresource: Subresource | undefined;
  readonly schema: Schema;
  /** The resource's own kind, as bodies have it. */
  readonly kind: ExpectedKind;
  /** Set where requests see another kind than the one that is stored (scale). */
  readonly view?: View;
}

/** An object seen as another kind, through a subresource. */
export interface View {
  readonly expected: ExpectedKind;
  readonly shown: Shown;
  /** @param object the stored one, in the definition's version; not changed */
  read(object: KubeObject): KubeObject;
  /** What is stored after the view was changed to `seen`; a fresh object. @throws ApiError 422 */
  write(object: KubeObject, seen: KubeObject): KubeObject;
  /** As a GET shows it, where that is not `read`. @throws ApiError 500 */
  readonly show?: (object: KubeObject) => KubeObject;
  /** As a patch sees it, where that is not `read`. */
  readonly toPatch?: (object: KubeObject) => KubeObject;
  /** The object as it was changed, with its new managedFields, where they are not tracked on the object itself. */
  readonly track?: (context: ManagerContext, current: KubeObject, seen: KubeObject, object: KubeObject) => KubeObject;
  /** The object after an apply configuration of the view. @throws PatchError, ApiError 422 */
  apply(context: ManagerContext, current: KubeObject, applied: KubeObject, force: boolean): KubeObject;
}

/** The kind that a create or update of the resource expects. */
export function expectedKind({ view, kind }: Scope): ExpectedKind {
  return view?.expected ?? kind;
}

export function kindOf(parts: HandlerParts, definition: ResourceDefinition, schema: Schema): ExpectedKind {
  return {
    group: definition.group,
    version: definition.version,
    kind: definition.kind,
    schema,
    ...(typeof definition.schema === 'string' ? {} : { isCustom: true }),
    ...(definition.defaults ? { defaults: definition.defaults } : {}),
    ...(definition.unconvertible ? { unconvertible: definition.unconvertible } : {}),
    registered: (apiVersion, kind) => registeredKind(parts, apiVersion, kind),
  };
}

/** Of versions whose fields are not known here. */
const unknownFields: Schema = { type: 'any' };

/** What the decoder knows of a kind, served or not. */
export function registeredKind(parts: HandlerParts, apiVersion: string, kind: string): RegisteredKind | undefined {
  const { group, version } = groupVersionOf(apiVersion);
  const definition = parts.registry.definitionOfKind(apiVersion, kind);
  if (definition) return { group: internalGroup(group, kind), version, schema: schemaOf(parts, definition) };
  const isList = kind.endsWith('List') && parts.registry.definitionOfKind(apiVersion, kind.slice(0, -'List'.length)) !== undefined;
  const known = isList ? version : registeredVersion(apiVersion, kind);
  if (known === undefined) return undefined;
  const ofMeta = `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
  const schema = otherSchema(parts, apiVersion, kind) ?? (parts.schemas.has(ofMeta) ? parts.schemas.get(ofMeta) : unknownFields);
  return { group: internalGroup(group, kind), version: known, schema };
}

/**
 * `trackUpdate` of an object as a reader of its version will see it, as what another version is stored in may lose or add something on the way: what was added
 * has an owner, and is not stored for that.
 */
export function trackAsStored({ store }: Scope, manager: ManagerContext, live: KubeObject | undefined, object: KubeObject): KubeObject {
  const seen = store.fromJudged(store.toJudged(object));
  const tracked = trackUpdate(manager, live, seen);
  return seen === object ? tracked : withManagedFields(object, tracked.metadata?.managedFields);
}

export function schemaOf(parts: HandlerParts, definition: ResourceDefinition): Schema {
  return typeof definition.schema === 'string' ? parts.schemas.get(definition.schema) : definition.schema;
}

/** The name of a built-in kind's schema. */
export function schemaName({ group, version, kind }: GroupVersionKind): string {
  return `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;
}

/** An object of whatever kind it says, as decoding it gives it. @throws DecodeError */
export function conformAny(parts: HandlerParts, object: KubeObject, { strict } = { strict: false }): KubeObject {
  const { apiVersion = '', kind = '' } = object;
  const definition = parts.registry.definitionOfKind(apiVersion, kind);
  if (definition) {
    const { object: decoded, strictErrors } = conform(object, schemaOf(parts, definition), { strict });
    if (strictErrors.length > 0) throw new DecodeError(strictDecodingError(strictErrors));
    const conformed = decoded as KubeObject;
    definition.defaults?.(conformed);
    if (conformed.metadata?.managedFields?.length === 0) delete conformed.metadata.managedFields;
    return conformed;
  }
  const schema = otherSchema(parts, apiVersion, kind);
  if (!schema) throw new DecodeError(notRegistered(apiVersion, kind));
  return conform(object, schema).object;
}

/** An object of whatever kind it says, its keys in the order in which Go's encoder writes them. */
export function inOrder(parts: HandlerParts, object: KubeObject): KubeObject {
  const { apiVersion = '', kind = '' } = object;
  const definition = parts.registry.definitionOfKind(apiVersion, kind);
  const schema = definition ? schemaOf(parts, definition) : otherSchema(parts, apiVersion, kind);
  return schema ? inGoOrder(object, schema) : object;
}

/** Of a kind that is no resource of its own. */
function otherSchema({ schemas }: HandlerParts, apiVersion: string, kind: string): Schema | undefined {
  const name = schemaName({ ...groupVersionOf(apiVersion), kind });
  return schemas.has(name) ? schemas.get(name) : undefined;
}

/**
 * What the registry has to know of a request.
 * @param options CreateOptions, UpdateOptions or DeleteOptions
 */
export function operationOf(
  context: RequestContext,
  scope: { subresource: Subresource | undefined; definition: ResourceDefinition; view?: View },
  dryRun: boolean,
  options: KubeObject | undefined,
  { admissionNamespace, isApply = false, wholeFloats }: Pick<Operation, 'admissionNamespace' | 'isApply' | 'wholeFloats'> = {},
): Operation {
  return {
    user: context.user,
    namespace: scope.definition.scope === 'Namespaced' ? context.info.namespace : '',
    admissionNamespace: admissionNamespace ?? (context.info.namespace || undefined),
    subresource: scope.subresource?.name ?? '',
    requestVerb: context.info.verb,
    dryRun,
    isApply,
    ...(wholeFloats && { wholeFloats }),
    options,
    view: scope.view?.read,
    warn: (text) => warn(context, text),
    annotate: annotateOf(context),
    waited: (milliseconds) => (context.waitedFor += milliseconds),
  };
}

/** How admission notes something in the request's audit event. */
export function annotateOf({ audit }: RequestContext): Annotate | undefined {
  return audit && ((key, value, level) => audit.annotate(key, value, level));
}

/** What `step` makes of the managed fields of a request; it may be taken more than once, where another process converts between versions. */
export function withManagers<T>(scope: Scope, manager: string, step: (context: ManagerContext) => T): T | Promise<T> {
  const now = scope.store.now();
  // Versions of one kind have one converter, but the one that is stored is never asked itself.
  const converter = scope.definition.convert?.remote;
  if (!converter) return step(managerContext(scope, manager, now));
  const remote = new RemoteVersions(converter);
  return remote.settle(() => step(managerContext(scope, manager, now, remote)));
}

/** What tracking of managed fields has to know of a request. @param remote what another process converts */
export function managerContext(
  scope: Pick<Scope, 'parts' | 'definition' | 'subresource' | 'schema' | 'view'>,
  manager: string,
  now: string,
  remote?: RemoteVersions,
): ManagerContext {
  const { definition, subresource } = scope;
  const resetFields = subresource ? (subresource.type === 'part' ? subresource.resetFields : undefined) : definition.resetFields;
  const versions = versionConverter(scope, remote);
  return {
    schema: scope.schema,
    apiVersion: apiVersionOf(definition.group, definition.version),
    kind: definition.kind,
    manager,
    subresource: subresource?.name ?? '',
    now,
    resetFields,
    versions,
    typed: typeof definition.schema === 'string',
  };
}

// Entries of managedFields may be of any version in which the group serves the resource. Those of another group (Events have two) are dropped,
// as upstream, which knows only the types of the group that is asked. A custom kind reads those of all its versions, served or not. That it lacks one is
// an error like any other there: nothing can be applied any more, and an update leaves no managedFields.
function versionConverter(
  { parts, definition, subresource }: Pick<Scope, 'parts' | 'definition' | 'subresource'>,
  remote: RemoteVersions | undefined,
): VersionConverter | undefined {
  const custom = definition.convert?.inVersion;
  const siblings = custom ? [] : parts.registry.siblings(definition).filter(({ group }) => group === definition.group);
  if (!custom && siblings.length < 2) return undefined;
  const of = custom ?? ((apiVersion: string) => siblings.find((d) => apiVersionOf(d.group, d.version) === apiVersion));
  const change = (object: KubeObject, from: ResourceDefinition, to: ResourceDefinition): KubeObject => {
    if (remote) return remote.convert(object, apiVersionOf(to.group, to.version));
    // Versions of a custom kind that nobody converts differ by their names: what the other does not know stays, for its schema to tell.
    if (from.convert?.ownRules && !from.convert.remote) return { ...object, apiVersion: apiVersionOf(to.group, to.version) };
    const stored = from.convert ? from.convert.toStorage(object) : object;
    return to.convert ? to.convert.fromStorage(stored) : stored;
  };
  return {
    schema(apiVersion) {
      const sibling = of(apiVersion);
      if (!sibling && custom) throw plainError(`request to convert CR to an invalid group/version: ${apiVersion}`);
      return sibling && schemaOf(parts, sibling);
    },
    // As upstream: a version of a custom kind knows its own, and status those of all versions that have it.
    ignores: (apiVersion) =>
      typeof definition.schema === 'string' ||
      (subresource !== undefined && of(apiVersion)!.subresources?.some(({ name }) => name === subresource.name) === true),
    convert: (object, apiVersion) => change(object, definition, of(apiVersion)!),
    convertBack: (object, apiVersion) => change(object, of(apiVersion)!, definition),
  };
}

/**
 * Lets mutating admission change an object that is to be created or to replace another.
 * @param seen what admission sees of it where requests see another kind (Scale), as the client sent it; default: what the view reads of it
 */
export async function mutate(
  scope: Scope,
  operation: Operation,
  verb: AdmissionOperation,
  name: string,
  object: KubeObject,
  old: KubeObject | undefined,
  seen?: KubeObject,
): Promise<KubeObject> {
  const { admission } = scope.parts;
  const { refusesCreate } = scope.definition;
  if (verb === 'CREATE' && refusesCreate) throw forbidden(scope.store.resource, name, refusesCreate);
  if (!admission.mutates) return object;
  const { view } = scope;
  const shown = view ? (seen ?? view.read(object)) : object;
  const before = view && copyData(shown);
  const attributes: AdmissionAttributes = {
    definition: scope.definition,
    operation: verb,
    subresource: operation.subresource,
    namespace: admissionNamespace(operation),
    name,
    object: shown,
    old: view && old ? view.read(old) : old,
    user: operation.user,
    dryRun: operation.dryRun,
    options: verb === 'CREATE' ? asCreateOptions(operation.options) : operation.options,
    requestVerb: operation.requestVerb,
    warn: operation.warn,
    annotate: operation.annotate,
    waited: operation.waited,
  };
  await admission.mutate(attributes);
  if (!view) return attributes.object!;
  return sameJson(attributes.object, before) ? object : view.write(object, attributes.object!);
}

/**
 * Whether the user may create what an update or apply would create.
 * @throws ApiError 403
 */
export async function authorizeCreate(scope: Scope, context: RequestContext): Promise<void> {
  const attributes = { ...accessAttributes(context.info, context.user), verb: 'create' };
  const { decision, reason } = await scope.parts.authorizer.authorize(attributes);
  if (decision !== 'allow') throw accessForbidden(attributes, reason);
}
