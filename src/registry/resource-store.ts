import type { ClusterSettings, RemoteConversion, ResourceDefinition, Strategy, StrategyContext } from '../../api/define.ts';
import { goJson } from '../../api/meta/go-json.ts';
import { goQuote } from '../../api/meta/go-quote.ts';
import { nameIsPathSegment } from '../../api/meta/names.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { ObjectMetaRules } from '../../api/meta/validation.ts';
import type { Schema, SchemaSource } from '../../openapi/schema.ts';
import type { AdmissionChain } from '../admission/chain.ts';
import type { Authorizer } from '../auth/types.ts';
import type { Clock } from '../machinery/clock.ts';
import { formatTime } from '../machinery/clock.ts';
import { sameJson } from '../machinery/json-equal.ts';
import { Memo } from '../machinery/memo.ts';
import { inParallel } from '../machinery/parallel.ts';
import type { Random } from '../machinery/random.ts';
import { inGoOrder } from '../machinery/schema/key-order.ts';
import { UnreadableRangeError } from '../storage/errors.ts';
import { decodeStored } from '../storage/object-codec.ts';
import type { Storage } from '../storage/storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { CacheEvent } from '../storage/watch-cache/types.ts';
import type { WatchCache } from '../storage/watch-cache/watch-cache.ts';
import type { Allocator } from './allocators/allocator.ts';
import { badRequest, type ResourceName } from './errors.ts';
import { stillLoading } from './errors-of-storage.ts';
import type { Operation } from './operation.ts';
import type { WatchEvent } from './watch.ts';

const fetchesAtOnce = 16;

/** What selectors look at, taken once from each version of an object. */
export interface Attributes {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** The definition's selectable fields. */
  readonly fields: Readonly<Record<string, string>> | undefined;
}

/** Lists of the newest state: those that the cache answered, and those that it was too late for. */
export interface ReadCounts {
  consistent: number;
  fromStorage: number;
}

/** What all stores of one server share. */
export interface RegistryParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: ClusterSettings;
  readonly schemas: SchemaSource;
  readonly admission: AdmissionChain;
  readonly authorizer: Authorizer;
  /** Bytes of an object as protobuf; undefined for kinds that have no such form. */
  readonly protobufLength?: (object: KubeObject) => number | undefined;
  /** By the name that definitions' `allocations` use. */
  readonly allocators: ReadonlyMap<string, Allocator>;
}

/** One resource in one version, as the verbs of the registry work on it. */
export class ResourceStore {
  readonly definition: ResourceDefinition;
  /** The rules of the stored form: the definition's own, unless it is converted into another version for storage. */
  readonly strategy: ResourceDefinition;
  readonly parts: RegistryParts;
  /** Of all versions of the resource, like the cache. */
  readonly storage: Storage;
  readonly reads: ReadCounts;
  /** Shared by all versions of the resource. */
  readonly cache: WatchCache<Attributes>;
  /** All keys of the resource begin with it; ends in `/`. */
  readonly prefix: string;
  readonly resource: ResourceName;
  readonly namespaced: boolean;
  readonly allocators: readonly Allocator[];
  private readonly converted = new WeakMap<StoredObject, StoredObject>();
  private readonly fetching = new WeakMap<StoredObject, Promise<void>>();
  private readonly events = new WeakMap<readonly CacheEvent<Attributes>[], readonly WatchEvent[]>();
  private second = Number.NaN;
  private secondText = '';

  constructor(
    definition: ResourceDefinition,
    strategy: ResourceDefinition,
    { cache, storage, reads }: { readonly cache: WatchCache<Attributes>; readonly storage: Storage; readonly reads: ReadCounts },
    parts: RegistryParts,
  ) {
    this.definition = definition;
    this.strategy = strategy;
    this.cache = cache;
    this.storage = storage;
    this.reads = reads;
    this.parts = parts;
    this.prefix = storagePrefix(definition);
    this.resource = { group: definition.group, resource: definition.plural };
    this.namespaced = definition.scope === 'Namespaced';
    this.allocators = (definition.allocations ?? []).flatMap((name) => parts.allocators.get(name) ?? []);
  }

  /** @throws ApiError 400 if the name could not be one */
  key(namespace: string, name: string): string {
    if (this.namespaced && namespace === '') throw badRequest('Namespace parameter required.');
    if (name === '') throw badRequest('Name parameter required.');
    const problems = pathProblems(name);
    if (problems.length > 0) throw badRequest(`Name parameter invalid: ${goQuote(name)}: ${problems.join(';')}`);
    return this.namespaced ? `${this.prefix}${namespace}/${name}` : this.prefix + name;
  }

  /** The prefix of the keys of a namespace, or of all of them. */
  keyPrefix(namespace: string): string {
    return this.namespaced && namespace !== '' ? `${this.prefix}${namespace}/` : this.prefix;
  }

  /** The cache once it holds a state; it is started when it is not. */
  async readyCache(): Promise<WatchCache<Attributes>> {
    if (!this.cache.use()) {
      await this.cache.ready().catch((error) => {
        throw error instanceof UnreadableRangeError ? stillLoading(this.definition, error) : error;
      });
    }
    return this.cache;
  }

  /** What the cache knows of a key, without starting it. It may be behind storage. */
  cached(key: string): StoredObject | undefined {
    return this.cache.get(key);
  }

  /** What is stored under a key now: what the cache holds where that is it, so that its bytes and its parsed object are shared. */
  async read(key: string): Promise<StoredObject | undefined> {
    const { storage } = this;
    const cached = this.cached(key);
    if (cached && cached.revision === (await storage.revisionOf(key))) return cached;
    return this.readStored(key);
  }

  private async readStored(key: string): Promise<StoredObject | undefined> {
    const entry = await this.storage.get(key);
    return entry && decodeStored(key, entry.value, entry.modRevision);
  }

  /** What a write has stored: what the cache has already seen of it, so that bytes and parsed object are shared. */
  written(key: string, value: Uint8Array, revision: number): StoredObject {
    const cached = this.cached(key);
    return cached?.revision === revision ? cached : decodeStored(key, value, revision);
  }

  /** The stored form of an object in the form that the rules judge. */
  async toStored(object: KubeObject): Promise<KubeObject> {
    if (!this.judgesOwnForm) return object;
    const convert = this.definition.convert!;
    return (await convert.remote?.toStorage(object)) ?? convert.toStorage(object);
  }

  /** Whether the rules see this version's form, rather than the stored one. */
  private get judgesOwnForm(): boolean {
    return this.definition.convert?.ownRules === true;
  }

  /** An object in this version's form, with its keys as they are written. */
  inOrder<T extends KubeObject>(object: T): T {
    return inGoOrder(object, this.schemaOf(this.definition));
  }

  /** The same of the stored form. It has a place for its resourceVersion where that is not behind the uid, as in custom objects. */
  inStoredOrder(object: KubeObject): KubeObject {
    const schema = this.schemaOf(this.strategy);
    const { metadata } = object;
    const placed = schema.type === 'object' && schema.decode && metadata && !('resourceVersion' in metadata);
    return inGoOrder(placed ? { ...object, metadata: { ...metadata, resourceVersion: '' } } : object, schema);
  }

  private schemaOf({ schema }: ResourceDefinition): Schema {
    return typeof schema === 'string' ? this.parts.schemas.get(schema) : schema;
  }

  /** What the rules judge, from this version's form: mostly the stored form. */
  toJudged(object: KubeObject): KubeObject {
    const { convert } = this.definition;
    return convert && !convert.ownRules ? convert.toStorage(object) : object;
  }

  fromJudged(object: KubeObject): KubeObject {
    const { convert } = this.definition;
    return convert && !convert.ownRules ? convert.fromStorage(object) : object;
  }

  /** An object in the judged form that is only shown, as it would be read once it was stored. */
  async shown(object: KubeObject): Promise<KubeObject> {
    if (!this.judgesOwnForm) return this.inOrder(this.fromJudged(object));
    const convert = this.definition.convert!;
    const stored = await this.toStored(object);
    return this.inOrder((await convert.remote?.fromStorage(stored)) ?? convert.fromStorage(stored));
  }

  /** What is stored, in the form that the rules judge. */
  judged(stored: StoredObject): StoredObject {
    return this.judgesOwnForm ? this.versioned(stored) : stored;
  }

  /** Lets another process convert stored objects, where one does, so that `versioned` and `judged` have them. @throws ApiError */
  fetch(stored: readonly StoredObject[]): Promise<void> | undefined {
    const { remote } = this.definition.convert ?? {};
    if (!remote) return undefined;
    const wanted = stored.filter((each) => !this.converted.has(each));
    return wanted.length > 0 ? inParallel(wanted, fetchesAtOnce, (each) => this.fetchOne(each, remote)) : undefined;
  }

  /** As `read`, and converted anew where another process does that: so upstream reads from storage, while lists and watches share what their cache has. @throws ApiError */
  async readAnew(key: string): Promise<StoredObject | undefined> {
    if (!this.definition.convert?.remote) return this.read(key);
    const stored = await this.readStored(key);
    if (stored) await this.fetch([stored]);
    return stored;
  }

  /**
   * Lets another process convert what the cache holds, where one does. What it has converted before has to go back to what is stored, as upstream begins each
   * change with that; so its failure comes before all else that is wrong with a request.
   * @throws ApiError
   */
  async begin(cached: StoredObject): Promise<void> {
    const { remote } = this.definition.convert ?? {};
    if (!remote) return;
    const converted = this.converted.get(cached);
    if (converted) await remote.toStorage(converted.object);
    else await this.fetch([cached]);
  }

  private fetchOne(stored: StoredObject, remote: RemoteConversion): Promise<void> | undefined {
    const running = this.fetching.get(stored);
    if (running) return running;
    const fetched = remote
      .fromStorage(stored.object)
      ?.then((object) => void this.converted.set(stored, new ConvertedObject(stored, () => this.inOrder(object))))
      .finally(() => this.fetching.delete(stored));
    if (fetched) this.fetching.set(stored, fetched);
    return fetched;
  }

  /** What `versioned` gives, once another process has converted it where one does. @throws ApiError */
  async inVersion(stored: StoredObject): Promise<StoredObject> {
    await this.fetch([stored]);
    return this.versioned(stored);
  }

  /** A stored object in this version's form: itself where that is the stored one, otherwise converted once. */
  versioned<S extends StoredObject>(stored: S): StoredObject {
    const convert = this.definition.convert;
    if (!convert) return stored;
    let converted = this.converted.get(stored);
    if (!converted) {
      converted = new ConvertedObject(stored, (object) => this.inOrder(convert.fromStorage(object)));
      this.converted.set(stored, converted);
    }
    return converted;
  }

  /** A cache's events in this version's form: the same events, and the same array, for all watchers that see the same. */
  watchEvents(events: readonly CacheEvent<Attributes>[]): readonly WatchEvent[] {
    if (!this.definition.convert) return events;
    let seen = this.events.get(events);
    if (!seen) {
      seen = events.map(({ type, stored }) => ({ type, stored: this.versioned(stored) }));
      this.events.set(events, seen);
    }
    return seen;
  }

  strategyContext(operation: Operation): StrategyContext {
    const { settings } = this.parts;
    const { requestVerb } = operation;
    const user = operation.user as StrategyContext['user'];
    const wholeFloats = operation.wholeFloats?.();
    return { now: this.now(), user, settings, requestGroup: this.definition.group, requestVerb, wholeFloats };
  }

  /** The time as objects carry it; made once a second. */
  now(): string {
    const second = Math.floor(this.parts.clock.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.secondText = formatTime(second * 1000);
    }
    return this.secondText;
  }
}

/** A stored object seen through another version. */
class ConvertedObject implements StoredObject {
  readonly key: string;
  readonly revision: number;
  private readonly source: StoredObject;
  private readonly convert: (object: KubeObject) => KubeObject;
  private bytes: Buffer | undefined;
  /** Absent until asked for, and where the conversion changes nothing. */
  private value: KubeObject | undefined;
  private isSame = false;

  constructor(source: StoredObject, convert: (object: KubeObject) => KubeObject) {
    this.key = source.key;
    this.revision = source.revision;
    this.source = source;
    this.convert = convert;
  }

  get object(): KubeObject {
    if (this.value) return this.value;
    const { object } = this.source;
    if (this.isSame) return object;
    const value = this.convert(object);
    this.isSame = sameJson(value, object);
    if (this.isSame) return object;
    this.value = value;
    return value;
  }

  get json(): Buffer {
    const { object } = this;
    return this.isSame ? this.source.json : (this.bytes ??= Buffer.from(goJson(object)));
  }
}

/** `/registry/<group or core>/<resource>/`. */
export function storagePrefix(definition: ResourceDefinition): string {
  return `/registry/${definition.storage.group || 'core'}/${definition.storage.resource}/`;
}

/** The hooks of one subresource, or of the resource itself. */
export function strategyOf(store: ResourceStore, subresource: string): Strategy {
  if (subresource === '') return store.strategy;
  const part =
    store.strategy.subresources.find((s) => s.name === subresource) ?? store.definition.subresources.find((s) => s.name === subresource);
  return part?.type === 'part' ? part.strategy : store.strategy;
}

type Labels = Readonly<Record<string, string>>;

/** So many different sets of labels are remembered at one time. */
const alikeAtMost = 256;

function textOf(labels: Labels): string {
  let text = '';
  // What no label can hold stands between them.
  for (const name in labels) text += `${name}=${labels[name]}\n`;
  return text;
}

/** The attributes that selectors of a resource look at. */
export function attributesOf(versions: readonly ResourceDefinition[]): (object: KubeObject) => Attributes {
  const selectable = Object.entries(
    Object.assign({}, ...versions.map((definition) => definition.selectableFields)) as NonNullable<ResourceDefinition['selectableFields']>,
  );
  // Objects come in series: those with equal labels have them once between them.
  const alike = new Memo<Labels>(alikeAtMost);
  return (object) => {
    const metadata = object.metadata ?? {};
    let fields: Record<string, string> | undefined;
    if (selectable.length > 0) {
      fields = {};
      for (const [path, value] of selectable) fields[path] = value(object);
    }
    const given = metadata.labels;
    const labels = given && alike.get(textOf(given), () => given);
    return { name: metadata.name ?? '', namespace: metadata.namespace ?? '', labels, fields };
  };
}

/** How the metadata of a new object is judged. */
export function metaRules(store: ResourceStore): ObjectMetaRules {
  const nameFn = store.strategy.validateName;
  return { namespaced: store.namespaced, ...(nameFn ? { nameFn } : {}) };
}

const goodSegment = /^[A-Za-z0-9_-][A-Za-z0-9._:-]*$/;

function pathProblems(name: string): string[] {
  return goodSegment.test(name) ? [] : nameIsPathSegment(name, false);
}
