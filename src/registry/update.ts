import type { Strategy, StrategyContext } from '../../api/define.ts';
import { invalid as invalidField } from '../../api/meta/field.ts';
import { nameIsPathSegment } from '../../api/meta/names.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { type ObjectMetaRules, validateObjectMeta, validateObjectMetaUpdate } from '../../api/meta/validation.ts';
import { keepTimesIfUnchanged } from '../machinery/patch/apply/track-update.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { type Allocation, noAllocation } from './allocators/allocator.ts';
import { both, namespaceLabels, prepareCreate } from './create.ts';
import { removeStored } from './delete.ts';
import { ApiError, conflict, invalid } from './errors.ts';
import { guaranteedUpdate } from './guaranteed-update.ts';
import { ensureNamespace } from './metadata.ts';
import { refusals } from './needed-rights.ts';
import { admissionNamespace, asCreateOptions, type Operation, type Written } from './operation.ts';
import type { Preconditions } from './options.ts';
import { type ResourceStore, strategyOf } from './resource-store.ts';
import { revisionOr } from './resource-version.ts';

export interface UpdateRequest {
  readonly name: string;
  readonly preconditions?: Preconditions;
  /** Create the object where there is none, whatever its kind says (apply). */
  readonly allowCreate: boolean;
  /**
   * The whole object to store, in the store's version, from what is stored (absent: it is to be created): patched or replaced, with managedFields, after
   * mutating admission. It runs again after a conflict, and gives an object that belongs to the caller.
   */
  transform(current: KubeObject | undefined): Promise<KubeObject>;
  /** Whether the user may create the object, asked only if the update would. @throws ApiError 403 */
  authorizeCreate(): Promise<void>;
}

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

/** Thrown inside an attempt when the last finalizer of a deleted object has gone. */
class FinalizersEmptied extends Error {
  readonly object: KubeObject;
  constructor(object: KubeObject) {
    super('finalizers emptied');
    this.object = object;
  }
}

/**
 * Replaces a stored object by what `request.transform` makes of it, or creates it where its kind allows that.
 * @throws ApiError 404, 409, 422, 403
 */
export async function updateObject(store: ResourceStore, request: UpdateRequest, operation: Operation): Promise<Written> {
  const { name, preconditions } = request;
  const key = store.key(operation.namespace, name);
  const strategy = strategyOf(store, operation.subresource);
  const allowMissing = mayCreate(store, operation.subresource, request.allowCreate);
  let allocation: Allocation = noAllocation;
  let done = false;
  const attempt = async (current: StoredObject | undefined): Promise<KubeObject> => {
    await allocation.rollback();
    allocation = noAllocation;
    if (!current) {
      const object = await request.transform(undefined);
      versionOf(object);
      await request.authorizeCreate();
      const prepared = await prepareCreate(store, object, { ...operation, options: asCreateOptions(operation.options) });
      allocation = prepared.allocation;
      return prepared.object;
    }
    const object = store.toJudged(await request.transform(store.versioned(current).object));
    const old = store.judged(current).object;
    checkVersion(store, object, current, name);
    for (const allocator of store.allocators) {
      if (operation.subresource === '') allocation = both(allocation, await allocator.begin(object, old, operation.dryRun));
    }
    const labels = strategy.judgesNamespace?.(object) ? await namespaceLabels(store, operation.namespace) : undefined;
    const context = { ...store.strategyContext(operation), ...(labels && { namespaceLabels: labels }) };
    const change: Change = { store, strategy, object, old, operation, context };
    prepareUpdate(change);
    const rights = strategy.rights?.(object, old, context);
    judgeUpdate(rights ? { ...change, context: { ...context, refusals: await refusals(store, rights, operation) } } : change);
    const updated = keepTimesIfUnchanged(old, object);
    await validatingAdmission(store, updated, current, operation);
    if (goesWithUpdate(store, updated, old)) throw new FinalizersEmptied(updated);
    return updated;
  };
  try {
    const written = await guaranteedUpdate(
      store,
      operation,
      { key, name, allowMissing, ...(preconditions ? { preconditions } : {}) },
      attempt,
    );
    done = !operation.dryRun;
    return await inVersion(store, written);
  } catch (error) {
    if (!(error instanceof FinalizersEmptied)) throw error;
    if (!operation.dryRun) {
      await removeStored(store, { key, name, ...(preconditions ? { preconditions } : {}) }, operation, async () => {});
      done = true;
    }
    return { object: await store.shown(error.object), created: false };
  } finally {
    await (done ? allocation.commit() : allocation.rollback());
  }
}

/** Whether an object that is not there is created: of a status only where the kind allows it of every update, or its status of applies. */
function mayCreate({ definition }: ResourceStore, subresource: string, isApply: boolean): boolean {
  if (subresource === '') return isApply || definition.allowCreateOnUpdate === true;
  if (subresource !== 'status') return false;
  return definition.allowCreateOnUpdate === true || (isApply && definition.statusCreatesByApply === true);
}

/** What was written in the store's version. */
async function inVersion(store: ResourceStore, written: Written): Promise<Written> {
  if (written.stored) return { stored: await store.inVersion(written.stored), created: written.created };
  return { object: await store.shown(written.object), created: written.created };
}

/** @throws ApiError 500 for what is no version */
function versionOf({ metadata }: KubeObject): number {
  return revisionOr(metadata?.resourceVersion ?? '', ({ parserMessage }) => new ApiError(500, '', parserMessage));
}

// An object without a version overwrites whatever is there, where its kind allows it.
function checkVersion(store: ResourceStore, object: KubeObject, current: StoredObject, name: string): void {
  const metadata = (object.metadata ??= {});
  const version = versionOf(object);
  if (version === 0) {
    if (!store.strategy.allowUnconditionalUpdate) {
      const error = invalidField('metadata.resourceVersion', 0, 'must be specified for an update');
      throw invalid({ group: store.definition.group, kind: store.definition.plural }, name, [error]);
    }
    metadata.resourceVersion = String(current.revision);
  } else if (version !== current.revision) {
    throw conflict(store.resource, name, modified);
  }
}

/** An update on its way: what it makes of an object, and by which rules. */
interface Change {
  readonly store: ResourceStore;
  readonly strategy: Strategy;
  readonly object: KubeObject;
  readonly old: KubeObject;
  readonly operation: Operation;
  readonly context: StrategyContext;
}

function prepareUpdate({ store, strategy, object, old, operation, context }: Change): void {
  const metadata = object.metadata!;
  const oldMetadata = old.metadata!;
  ensureNamespace(metadata, store.namespaced ? operation.namespace : '');
  if (oldMetadata.generation === undefined) delete metadata.generation;
  else metadata.generation = oldMetadata.generation;
  strategy.prepareForUpdate?.(object, old, context);
  // Storage is where it goes, which a dry run does not come to.
  if (!operation.dryRun) delete (metadata as { selfLink?: string }).selfLink;
  if (!metadata.uid && oldMetadata.uid) metadata.uid = oldMetadata.uid;
  if (oldMetadata.creationTimestamp) metadata.creationTimestamp = oldMetadata.creationTimestamp;
  if (oldMetadata.deletionTimestamp) metadata.deletionTimestamp = oldMetadata.deletionTimestamp;
  if (oldMetadata.deletionGracePeriodSeconds !== undefined && metadata.deletionGracePeriodSeconds === undefined) {
    metadata.deletionGracePeriodSeconds = oldMetadata.deletionGracePeriodSeconds;
  }
}

/** @throws ApiError 422 */
function judgeUpdate({ store, strategy, object, old, operation, context }: Change): void {
  const metadata = object.metadata!;
  const errors = validateObjectMeta(metadata, anyName(store));
  errors.push(...validateObjectMetaUpdate(metadata, old.metadata!));
  if (strategy.validateUpdate) errors.push(...strategy.validateUpdate(object, old, context));
  for (const text of strategy.validationWarnings?.(object) ?? []) operation.warn(text);
  if (errors.length > 0) throw invalid(store.strategy, metadata.name ?? '', errors);
  if (strategy.warnings) for (const text of strategy.warnings(object, old, context)) operation.warn(text);
}

async function validatingAdmission(store: ResourceStore, object: KubeObject, current: StoredObject, operation: Operation): Promise<void> {
  const { admission } = store.parts;
  if (!admission.validates) return;
  const { view = (shown: KubeObject) => shown } = operation;
  await admission.validate({
    definition: store.definition,
    operation: 'UPDATE',
    subresource: operation.subresource,
    namespace: admissionNamespace(operation),
    name: object.metadata!.name!,
    object: view(store.fromJudged(object)),
    old: view(store.versioned(current).object),
    user: operation.user,
    dryRun: operation.dryRun,
    options: operation.options,
    warn: operation.warn,
    annotate: operation.annotate,
    waited: operation.waited,
  });
}

// The name was judged when the object was created; an update cannot change it.
function anyName(store: ResourceStore): ObjectMetaRules {
  return { namespaced: store.namespaced, nameFn: nameIsPathSegment };
}

// An object that was only kept by its finalizers goes with the update that removes the last of them.
function goesWithUpdate(store: ResourceStore, object: KubeObject, old: KubeObject): boolean {
  if (object.metadata!.finalizers?.length || !old.metadata!.deletionTimestamp) return false;
  if (old.metadata!.deletionGracePeriodSeconds) return false;
  return !store.strategy.staged?.holds(object);
}
