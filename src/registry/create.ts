import { namespace } from '../../api/core/v1/namespace.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { validateObjectMeta } from '../../api/meta/validation.ts';
import type { AdmissionAttributes } from '../admission/plugin.ts';
import { KeyExistsError, UnreadableValueError } from '../storage/errors.ts';
import { decodeStored } from '../storage/object-codec.ts';
import { type Allocation, noAllocation } from './allocators/allocator.ts';
import { copyData } from './copy.ts';
import { ApiError, alreadyExists, invalid } from './errors.ts';
import { ensureNamespace } from './metadata.ts';
import { admissionNamespace, type Operation, type Written } from './operation.ts';
import { metaRules, type ResourceStore, storagePrefix } from './resource-store.ts';
import { encodeWithinLimit } from './size-limit.ts';

const suffixLength = 5;
const longestGeneratedBase = 63 - suffixLength;
const nameAttempts = 8;

/**
 * Stores a new object. Where its name is generated and taken, other names are tried.
 * @param object in the store's version, decoded and defaulted; it is changed and must belong to the caller
 * @throws ApiError 409, 422, 403, 500
 */
export async function createObject(store: ResourceStore, object: KubeObject, operation: Operation): Promise<Written> {
  const metadata = (object.metadata ??= {});
  if (metadata.name || !metadata.generateName) return createOnce(store, object, operation);
  for (let attempt = 1; ; attempt++) {
    try {
      return await createOnce(store, attempt === nameAttempts ? object : copyData(object), operation);
    } catch (error) {
      if (attempt === nameAttempts || !(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
  }
}

async function createOnce(store: ResourceStore, object: KubeObject, operation: Operation): Promise<Written> {
  const prepared = await prepareCreate(store, object, operation);
  let written = false;
  try {
    const result = await write(store, prepared.object, operation);
    written = true;
    return result;
  } finally {
    await (written && !operation.dryRun ? prepared.allocation.commit() : prepared.allocation.rollback());
  }
}

/** An object that may be written now, in the stored form, with what was allocated for it. */
export interface PreparedCreate {
  readonly object: KubeObject;
  readonly allocation: Allocation;
}

/**
 * Everything between admission's changes and the write of a create: system fields, name, strategy, validation, warnings, validating admission.
 * @throws ApiError; what was allocated has then been given back
 */
export async function prepareCreate(store: ResourceStore, object: KubeObject, operation: Operation): Promise<PreparedCreate> {
  const metadata = (object.metadata ??= {});
  metadata.creationTimestamp = store.now();
  metadata.uid = store.parts.random.uuid();
  if (!metadata.name && metadata.generateName) metadata.name = generatedName(store, metadata.generateName);
  if (!metadata.name && store.definition.namedByUid) metadata.name = store.parts.random.uuid();
  const stored = store.toJudged(object);
  let allocation = noAllocation;
  try {
    for (const allocator of store.allocators) allocation = both(allocation, await allocator.begin(stored, undefined, operation.dryRun));
    const labels = store.strategy.judgesNamespace?.(stored) ? await namespaceLabels(store, operation.namespace) : undefined;
    beforeCreate(store, stored, operation, labels);
    const { admission } = store.parts;
    if (admission.validates) await admission.validate(createAttributes(store, store.fromJudged(stored), operation));
  } catch (error) {
    await allocation.rollback();
    throw error;
  }
  return { object: stored, allocation };
}

/** What admission sees of a create. */
export function createAttributes(store: ResourceStore, object: KubeObject, operation: Operation): AdmissionAttributes {
  return {
    definition: store.definition,
    operation: 'CREATE',
    subresource: operation.subresource,
    namespace: admissionNamespace(operation),
    name: object.metadata?.name ?? '',
    object,
    old: undefined,
    user: operation.user,
    dryRun: operation.dryRun,
    options: operation.options,
    warn: operation.warn,
    annotate: operation.annotate,
    waited: operation.waited,
  };
}

/** The labels of a namespace as they are stored. */
export async function namespaceLabels({ parts }: ResourceStore, name: string): Promise<Readonly<Record<string, string>>> {
  const key = `${storagePrefix(namespace)}${name}`;
  const entry = await parts.storage.get(key);
  return (entry && decodeStored(key, entry.value, entry.modRevision).object.metadata?.labels) ?? {};
}

function beforeCreate(
  store: ResourceStore,
  object: KubeObject,
  operation: Operation,
  labels: Readonly<Record<string, string>> | undefined,
): void {
  const { strategy } = store;
  const context = { ...store.strategyContext(operation), ...(labels && { namespaceLabels: labels }) };
  ensureNamespace(object.metadata!, store.namespaced ? operation.namespace : '');
  for (const text of strategy.creationWarnings?.(object) ?? []) operation.warn(text);
  strategy.prepareForCreate?.(object, context);
  const own = strategy.validate?.(object, context) ?? [];
  // Kinds that judge the metadata themselves have said what is wrong with it.
  const judged = own.some(({ field }) => field.startsWith('metadata'));
  const isEnough = judged || (strategy.metadataLast === true && own.length > 0);
  const errors = isEnough ? own : [...validateObjectMeta(object.metadata!, metaRules(store)), ...own];
  if (errors.length > 0) throw invalid(store.strategy, object.metadata!.name ?? '', errors);
  if (strategy.warnings) for (const text of strategy.warnings(object, undefined, context)) operation.warn(text);
}

function generatedName(store: ResourceStore, base: string): string {
  return base.slice(0, longestGeneratedBase) + store.parts.random.suffix(suffixLength);
}

async function write(store: ResourceStore, object: KubeObject, operation: Operation): Promise<Written> {
  const name = object.metadata!.name!;
  const key = store.key(operation.namespace, name);
  if (operation.dryRun) {
    if (await isTaken(store, key)) throw await taken(store, key, object);
    return { object: await store.shown(object), created: true };
  }
  if (object.metadata!.resourceVersion) throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
  const value = encodeWithinLimit(store, key, await store.toStored(object), operation);
  const ttlSeconds = store.strategy.ttlSeconds?.(store.parts.settings);
  try {
    const revision = await store.storage.create(key, value, ttlSeconds === undefined ? undefined : { ttlSeconds });
    return { stored: await store.inVersion(store.written(key, value, revision)), created: true };
  } catch (error) {
    if (error instanceof KeyExistsError) throw await taken(store, key, object);
    throw error;
  }
}

// To a dry run, what can't be read is not there.
async function isTaken(store: ResourceStore, key: string): Promise<boolean> {
  try {
    return (await store.readAnew(key)) !== undefined;
  } catch (error) {
    if (error instanceof ApiError || error instanceof UnreadableValueError) return false;
    throw error;
  }
}

async function taken(store: ResourceStore, key: string, object: KubeObject): Promise<ApiError> {
  const { name, generateName } = object.metadata!;
  const error = alreadyExists(store.resource, name!);
  if (generateName) {
    const details = { ...error.details, retryAfterSeconds: 1 };
    return new ApiError(
      409,
      'AlreadyExists',
      `${error.message}, the server was not able to generate a unique name for the object`,
      details,
    );
  }
  const existing = await store.read(key).catch((problem) => {
    // What cannot be decrypted is there all the same.
    if (problem instanceof UnreadableValueError) return undefined;
    throw problem;
  });
  if (!existing?.object.metadata?.deletionTimestamp) return error;
  return new ApiError(409, 'AlreadyExists', `object is being deleted: ${error.message}`, error.details);
}

/** Two allocations as one. */
export function both(first: Allocation, second: Allocation): Allocation {
  if (first === noAllocation) return second;
  return {
    async commit() {
      await first.commit();
      await second.commit();
    },
    async rollback() {
      await second.rollback();
      await first.rollback();
    },
  };
}
