import type { KubeObject, ObjectMeta } from '../../api/meta/object.ts';
import { formatTime, parseTime } from '../machinery/clock.ts';
import { RevisionConflictError } from '../storage/errors.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { copyData } from './copy.ts';
import { ApiError, conflict, notFound } from './errors.ts';
import { beginning, checkPreconditions, guaranteedUpdate, preconditionFault } from './guaranteed-update.ts';
import { admissionNamespace, type Operation } from './operation.ts';
import type { DeleteOptions, Preconditions } from './options.ts';
import type { ResourceStore } from './resource-store.ts';

/** What a delete came to. */
export interface Deleted {
  /** The object as it is marked, or as it was (for kinds that answer with it); otherwise a Status. */
  readonly stored?: StoredObject;
  readonly object?: KubeObject;
  /** Whether it is gone (or would be, in a dry run). */
  readonly gone: boolean;
}

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';

/**
 * A write that takes less (ms) is in memory. With a disk, or etcd, an object that is marked and goes at once (a pod without a node) is marked for about that
 * long before it is gone, and operators' suites rely on it: what reconciles it finds the mark in its cache. In memory both events would leave together. Who
 * asks for no grace period expects nothing in between.
 */
const shortWrite = 0.5;

/** Thrown inside an attempt to end it: nothing keeps the object, so it is removed rather than marked. */
class DeleteNow extends Error {}
/** Thrown inside an attempt: its graceful deletion is under way already. */
class AlreadyDeleting extends Error {
  readonly current: StoredObject;
  constructor(current: StoredObject) {
    super('already deleting');
    this.current = current;
  }
}

/**
 * Deletes an object: marks it where a grace period, finalizers or its own stages keep it, removes it otherwise.
 * @param validate admission, as long as nothing else has judged the request
 * @throws ApiError 404, 409 for preconditions, 403 of admission
 */
export async function deleteObject(
  store: ResourceStore,
  name: string,
  options: DeleteOptions,
  operation: Operation,
  validate = (object: StoredObject): Promise<void> => admit(store, name, object, operation),
): Promise<Deleted> {
  const key = store.key(operation.namespace, name);
  const current = await store.readAnew(key);
  if (!current) throw notFound(store.resource, name);
  const first = judge(store, current, options);
  if (first.pending) return answerFor(store, current, false);
  let { preconditions } = options;
  let last: StoredObject | undefined;
  if (
    first.grace !== undefined ||
    first.finalizers ||
    current.object.metadata!.finalizers?.length ||
    store.strategy.staged?.holds(current.object)
  ) {
    const { clock } = store.parts;
    const began = clock.monotonic();
    const marked = await mark(store, key, name, options, operation, validate);
    if (marked.answer) return marked.answer;
    const isSudden = first.grace?.first && options.gracePeriodSeconds !== 0;
    if (marked.stored && isSudden && clock.monotonic() - began < shortWrite) await clock.moment();
    last = marked.stored;
    if (operation.dryRun && marked.object) return { object: await store.shown(marked.object), gone: true };
    if (preconditions?.resourceVersion !== undefined && last) preconditions = { ...preconditions, resourceVersion: String(last.revision) };
  }
  const target = { key, name, ...(preconditions ? { preconditions } : {}) };
  const removed = await removeStored(store, target, operation, validate, last).catch((error) => {
    // A kubelet, or who else saw the mark, was faster: as upstream, that is what was asked for.
    if (last && error instanceof ApiError && error.code === 404) return last;
    throw error;
  });
  return answerFor(store, removed, true);
}

interface Marked {
  /** Set if that is all: the object stays for now. */
  readonly answer?: Deleted;
  /** What is to be removed now. */
  readonly stored?: StoredObject;
  readonly object?: KubeObject;
}

async function mark(
  store: ResourceStore,
  key: string,
  name: string,
  options: DeleteOptions,
  operation: Operation,
  validate: (object: StoredObject) => Promise<void>,
): Promise<Marked> {
  let keeps = false;
  try {
    const written = await guaranteedUpdate(
      store,
      operation,
      { key, name, allowMissing: false, ...(options.preconditions ? { preconditions: options.preconditions } : {}) },
      async (current) => {
        await validate(current!);
        const judgement = judge(store, current!, options);
        if (judgement.pending) throw new AlreadyDeleting(current!);
        const object = copyToMark(store, store.judged(current!).object);
        const metadata = object.metadata!;
        if (judgement.grace) markGraceful(metadata, judgement.grace);
        if (judgement.finalizers) setFinalizers(metadata, judgement.finalizers);
        const held = store.strategy.staged?.holds(object) ?? false;
        const pending = (metadata.finalizers?.length ?? 0) > 0 || held;
        keeps = pending || (judgement.grace?.seconds ?? 0) > 0;
        if (!judgement.grace) {
          if (!pending) throw new DeleteNow();
          // A staged kind counts no grace period: its own stages end its life.
          if (store.strategy.staged) markStaged(store, object);
          else markAsDeleting(metadata, store.parts.clock.now());
        }
        return object;
      },
    );
    if (keeps) return { answer: await markedAnswer(store, written.stored, written.object) };
    return { ...(written.stored ? { stored: written.stored } : {}), ...(written.object ? { object: written.object } : {}) };
  } catch (error) {
    if (error instanceof DeleteNow) return {};
    if (error instanceof AlreadyDeleting) return { answer: answerFor(store, error.current, false) };
    throw error;
  }
}

// What marks an object changes its metadata, and a kind's own stages whatever they like.
function copyToMark({ strategy }: ResourceStore, object: KubeObject): KubeObject {
  return strategy.staged ? copyData(object) : { ...object, metadata: { ...object.metadata } };
}

async function markedAnswer(store: ResourceStore, stored: StoredObject | undefined, object: KubeObject | undefined): Promise<Deleted> {
  return stored ? { stored: await store.inVersion(stored), gone: false } : { object: await store.shown(object!), gone: false };
}

interface Grace {
  readonly seconds: number;
  readonly timestamp: string;
  readonly first: boolean;
}

interface Judgement {
  /** The graceful deletion is under way and this request does not shorten it. */
  readonly pending: boolean;
  /** Set if the object is to be marked with this grace period. */
  readonly grace?: Grace;
  /** Set if the garbage collector's finalizers have to change. */
  readonly finalizers?: string[];
}

/** What a delete of this state would do. @throws ApiError 409 for preconditions */
function judge(store: ResourceStore, current: StoredObject, options: DeleteOptions): Judgement {
  const metadata = current.object.metadata!;
  comparePreconditions(store, options.preconditions, metadata, current.revision);
  const finalizers = collectorFinalizers(store, metadata, options);
  const changed = finalizers ? { finalizers } : {};
  const gracePeriod = store.strategy.gracePeriodSeconds;
  if (!gracePeriod) return { pending: false, ...changed };
  const requested = options.gracePeriodSeconds !== undefined && options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds;
  const now = store.parts.clock.now();
  if (metadata.deletionTimestamp) {
    const running = metadata.deletionGracePeriodSeconds;
    if (!running) return { pending: false, ...changed };
    if (requested === undefined || requested >= running) return { pending: true };
    let due = parseTime(metadata.deletionTimestamp) - millisecondsOf(running) + millisecondsOf(requested);
    let seconds = requested;
    if (due < now) {
      due = now;
      if (seconds !== 0) seconds = 1;
    }
    return { pending: false, grace: { seconds, timestamp: formatTime(due), first: false }, ...changed };
  }
  const seconds = gracePeriod(current.object, requested);
  return { pending: false, grace: { seconds, timestamp: formatTime(now + millisecondsOf(seconds)), first: true }, ...changed };
}

/** As Go's durations hold seconds, which are nanoseconds in 64 bits: what is longer than 292 years wraps around. */
function millisecondsOf(seconds: number | bigint): number {
  return Number(BigInt.asIntN(64, BigInt(seconds) * 1_000_000_000n) / 1_000_000n);
}

function comparePreconditions(
  store: ResourceStore,
  preconditions: Preconditions | undefined,
  metadata: ObjectMeta,
  revision: number,
): void {
  if (!preconditions) return;
  // Staged kinds look at storage's conditions themselves, and say so in its words.
  if (store.definition.staged) {
    const fault = preconditionFault(preconditions, metadata.uid ?? '', String(revision));
    if (fault) throw conflict(store.resource, metadata.name!, fault);
    return;
  }
  const kind = { group: store.definition.group, resource: store.definition.kind };
  const { uid, resourceVersion } = preconditions;
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      kind,
      metadata.name!,
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== String(revision)) {
    throw conflict(
      kind,
      metadata.name!,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${revision}). The object might have been modified`,
    );
  }
}

// The collector's two finalizers as the options, the object or its kind want them; undefined if they stand right.
function collectorFinalizers(store: ResourceStore, metadata: ObjectMeta, options: DeleteOptions): string[] | undefined {
  const before = metadata.finalizers ?? [];
  const policy = collectorPolicy(store, metadata, options);
  const after = before.filter((f) => f !== orphanFinalizer && f !== foregroundFinalizer);
  if (policy === 'orphan') after.push(orphanFinalizer);
  if (policy === 'foreground') after.push(foregroundFinalizer);
  const same = after.length === before.length && after.every((f) => before.includes(f));
  return same ? undefined : after;
}

function collectorPolicy(store: ResourceStore, metadata: ObjectMeta, options: DeleteOptions): 'orphan' | 'foreground' | 'background' {
  const standard = store.definition.defaultGarbageCollectionPolicy ?? 'background';
  // Nothing depends on such objects, whatever they and the request say.
  if (standard === 'unsupported') return 'background';
  const { orphanDependents } = options;
  // The first stage of a staged kind takes the older option's no for the collector's other finalizer.
  if (orphanDependents === false) return store.definition.staged && !metadata.deletionTimestamp ? 'foreground' : 'background';
  if (orphanDependents) return 'orphan';
  if (options.propagationPolicy === 'Orphan') return 'orphan';
  if (options.propagationPolicy === 'Foreground') return 'foreground';
  if (options.propagationPolicy === 'Background') return 'background';
  const own = metadata.finalizers?.find((f) => f === orphanFinalizer || f === foregroundFinalizer);
  if (own) return own === orphanFinalizer ? 'orphan' : 'foreground';
  return standard;
}

function setFinalizers(metadata: ObjectMeta, finalizers: string[]): void {
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
}

function markGraceful(metadata: ObjectMeta, grace: Grace): void {
  metadata.deletionTimestamp = grace.timestamp;
  metadata.deletionGracePeriodSeconds = grace.seconds;
  if (grace.first && metadata.generation) metadata.generation++;
}

function markAsDeleting(metadata: ObjectMeta, now: number): void {
  if (!metadata.deletionTimestamp && metadata.generation) metadata.generation++;
  if (!metadata.deletionTimestamp || parseTime(metadata.deletionTimestamp) > now) metadata.deletionTimestamp = formatTime(now);
  metadata.deletionGracePeriodSeconds = 0;
}

function markStaged(store: ResourceStore, object: KubeObject): void {
  object.metadata!.deletionTimestamp ??= store.now();
  store.strategy.staged!.mark(object);
}

/**
 * Removes what is stored, whatever marks it has.
 * @param current what it is believed to be; read first where absent
 * @returns the object as it was, at the revision of its removal
 * @throws ApiError 404, 409
 */
export async function removeStored(
  store: ResourceStore,
  target: { readonly key: string; readonly name: string; readonly preconditions?: Preconditions },
  operation: Operation,
  validate: (object: StoredObject) => Promise<void>,
  current?: StoredObject,
): Promise<StoredObject> {
  let { current: known, isNewest } = current ? { current, isNewest: true } : await beginning(store, target.key, operation);
  for (;;) {
    if (!known) throw notFound(store.resource, target.name);
    try {
      checkPreconditions(store, target, known, operation);
      await validate(known);
    } catch (error) {
      if (isNewest) throw error;
      const seen = known.revision;
      known = await store.readAnew(target.key);
      isNewest = true;
      if (known?.revision === seen) throw error;
      continue;
    }
    if (operation.dryRun) return known;
    try {
      const revision = await store.storage.delete(target.key, known.revision);
      for (const allocator of store.allocators) await allocator.release(known.object);
      return removedAt(known, revision);
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
      known = await store.readAnew(target.key);
      isNewest = true;
    }
  }
}

function removedAt(stored: StoredObject, revision: number): StoredObject {
  const known = stored as StoredObject & { at?: (revision: number) => StoredObject };
  return known.at ? known.at(revision) : stored;
}

/** Asks admission about the deletion of what is stored. @throws ApiError of whoever refuses */
export async function admit(store: ResourceStore, name: string, stored: StoredObject, operation: Operation): Promise<void> {
  const { admission } = store.parts;
  if (!admission.mutates && !admission.validates) return;
  const attributes = {
    definition: store.definition,
    operation: 'DELETE' as const,
    subresource: operation.subresource,
    namespace: admissionNamespace(operation),
    name: operation.ofCollection ? '' : name,
    object: undefined,
    old: (await store.inVersion(stored)).object,
    user: operation.user,
    dryRun: operation.dryRun,
    options: store.definition.pinsDeletion ? pinned(operation.options, stored) : operation.options,
    warn: operation.warn,
    annotate: operation.annotate,
    waited: operation.waited,
  };
  await admission.mutate(attributes);
  await admission.validate(attributes);
}

// The object of this uid is meant, whatever the request says.
function pinned(options: KubeObject | undefined, { object }: StoredObject): KubeObject {
  return { ...options, preconditions: { uid: object.metadata!.uid, ...options?.['preconditions'] } };
}

// Some kinds answer with what was deleted, the others with a Status that names it. Staged ones do the former, and their documents speak of a Status.
function answerFor(store: ResourceStore, stored: StoredObject, gone: boolean): Deleted {
  if (store.definition.returnsDeletedObject || store.definition.staged) return { stored: store.versioned(stored), gone };
  const { name, uid } = stored.object.metadata!;
  const details = { name, ...(store.definition.group ? { group: store.definition.group } : {}), kind: store.definition.plural, uid };
  return { object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }, gone };
}
