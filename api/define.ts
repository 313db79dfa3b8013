import type { CustomDocumentation } from '../openapi/documents/resource.ts';
import type { Schema } from '../openapi/schema.ts';
import type { FieldError } from './meta/field.ts';
import type { GroupVersionKind, KubeObject } from './meta/object.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** What a strategy's hooks may know of the request. Hooks are pure: everything that varies comes in here. */
export interface StrategyContext {
  /** Now, RFC 3339 with seconds, UTC. */
  readonly now: string;
  readonly user?: {
    readonly username: string;
    readonly groups: readonly string[];
    readonly uid?: string;
    readonly extra?: Record<string, readonly string[]>;
  };
  /** Cluster-wide settings that defaults and validation depend on. */
  readonly settings: ClusterSettings;
  /** The API group that the request speaks, where that of the stored form is another one (Events). */
  readonly requestGroup: string;
  /** Labels of the object's namespace, where the kind judges its new objects by them. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** The verb of the request, where rights depend on it. */
  readonly requestVerb?: string | undefined;
  /** What validation says of the rights of `Strategy.rights` that the user lacks. */
  readonly refusals?: readonly FieldError[];
  /** Where the request has whole numbers that it writes as floats (`1.0`), which data without a type takes for no integers. */
  readonly wholeFloats?: ReadonlySet<string> | undefined;
}

/** A right that a write takes beyond that to the resource: to a subresource of it, which need not be served. */
export interface NeededRight {
  readonly subresource: string;
  /** One of them is enough; of the first is told. */
  readonly verbs: readonly string[];
  readonly namespace: string;
  readonly name: string;
  /** What is wrong without it. @param denial as a request would be refused */
  refusal(denial: string): FieldError;
}

export interface ClusterSettings {
  /** CIDRs of service cluster IPs, primary first. */
  readonly serviceClusterIPRanges: readonly string[];
  /** Inclusive. */
  readonly nodePortRange: readonly [first: number, last: number];
  /** How long events are kept, 0: for ever; absent: an hour. */
  readonly eventTtlSeconds?: number;
  /** Watches without a timeout of their own last from so long to twice as long; absent: half an hour. */
  readonly minRequestTimeoutSeconds?: number;
}

/** A column of the Table answer. */
/** A field of a definition of the API documents, whose text is taken. */
export type FieldText = readonly [definition: string, field: string];

/** A TableRowCondition. */
export interface RowCondition {
  readonly type: 'Completed';
  readonly status: 'True';
  readonly reason: string;
  readonly message: string;
}

export interface Column<T = any> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  /** What clients are told of it: a text, or a field that says it. */
  readonly description: string | FieldText;
  readonly priority?: number;
  /** Its cells are sent, but clients are not told of it, which upstream has forgotten for one kind. */
  readonly undeclared?: boolean;
  /** The cell. Ages are printed by `ageCell` from `context.now`; the result is JSON data. */
  cell(object: T, context: CellContext): unknown;
}

export interface CellContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The rules of a create or update of a whole object or of one part of it (such as status). Absent hooks do nothing. */
export interface Strategy<T = any> {
  /** Clears what the client may not set and fills in what is derived. Changes `object`. */
  prepareForCreate?(object: T, context: StrategyContext): void;
  /** As above, for an update; also bumps `metadata.generation` where the kind counts it. Changes `object`, never `old`. */
  prepareForUpdate?(object: T, old: T, context: StrategyContext): void;
  validate?(object: T, context: StrategyContext): FieldError[];
  /** The metadata of a new object is judged only where `validate` finds nothing wrong. */
  readonly metadataLast?: boolean;
  /** Whether an object is judged with the labels of its namespace at hand. */
  judgesNamespace?(object: T): boolean;
  /** Rights that an update, which is prepared, takes besides. */
  rights?(object: T, old: T, context: StrategyContext): readonly NeededRight[];
  /** Runs after the common metadata checks of an update. Kinds whose update rules include `validate` call it themselves. */
  validateUpdate?(object: T, old: T, context: StrategyContext): FieldError[];
  /** What the validation that just ended warns of, whether or not it found errors. */
  validationWarnings?(object: T): readonly string[];
  /** Text of the `Warning` headers of a create, whether or not the object, which is as the client sent it, is valid. They come first. */
  creationWarnings?(object: T): readonly string[];
  /** Text of the `Warning` headers. `old` is absent on create. */
  warnings?(object: T, old: T | undefined, context: StrategyContext): string[];
}

interface SubresourceBase {
  readonly name: string;
  /** Default: the resource's own kind. */
  readonly kind?: GroupVersionKind;
  /** As discovery lists them. */
  readonly verbs: readonly ('get' | 'update' | 'patch' | 'create' | 'delete')[];
  /** It is never shown as a table. */
  readonly withoutTable?: boolean;
}

/** A part of the same stored object with rules of its own: status, approval, finalize, ephemeralcontainers, resize. */
export interface PartSubresource extends SubresourceBase {
  readonly type: 'part';
  /** `prepareForUpdate` puts back everything of `old` that this subresource may not change. */
  readonly strategy: Strategy;
  /** Paths that apply and managedFields ignore through this subresource, such as [['spec']]. */
  readonly resetFields?: readonly (readonly string[])[];
}

/** autoscaling/v1 Scale over the object's own fields. */
export interface ScaleSubresource extends SubresourceBase {
  readonly type: 'scale';
  readonly specReplicasPath: readonly string[];
  readonly statusReplicasPath: readonly string[];
  /** The selector in its string form (`a=b,c in (d)`). */
  selector(object: any): string;
}

/** An operation with code of its own in `src/registry/subresources/<action>.ts`: binding, eviction, token, log, exec, attach, portforward, proxy. */
export interface ActionSubresource extends SubresourceBase {
  readonly type: 'action';
  /** Fills in defaults of the subresource's own kind. Changes `object`. */
  defaults?(object: any): void;
  readonly action: string;
  /** Former versions of its kind that are taken in JSON and YAML as if they were the present one. */
  readonly alsoReads?: readonly string[];
}

export type Subresource = PartSubresource | ScaleSubresource | ActionSubresource;

/** How objects of a version become the stored form and come back. */
export interface Conversion<T = any> {
  toStorage(object: T): KubeObject;
  fromStorage(object: KubeObject): T;
  /**
   * The version's own rules judge its objects in its own form (custom resources), and what is stored is read through `fromStorage` in every version.
   * Otherwise the rules of the stored form hold.
   */
  readonly ownRules?: boolean;
  /** The kind in any version that it has, served or not (custom resources). Managed fields of other versions cannot be converted. */
  inVersion?(apiVersion: string): ResourceDefinition | undefined;
  /** Another process converts; the two above then only say what they can without it. */
  readonly remote?: RemoteConversion;
}

/** Conversion by another process: `undefined` for an object that needs none, so that the plain one serves. Rejects with ApiError. */
export interface RemoteConversion {
  toStorage(object: KubeObject): Promise<KubeObject> | undefined;
  fromStorage(object: KubeObject): Promise<KubeObject> | undefined;
  /** Into any version, which may not know all of what comes: its schema has still to tell. */
  toVersion(object: KubeObject, apiVersion: string): Promise<KubeObject>;
}

/** Everything that the server knows of a kind. Written with `defineResource`, or made at run time from a CustomResourceDefinition. */
export interface ResourceDefinition<T extends KubeObject = any> extends Strategy<T> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** The definition's name, `io.k8s.api.apps.v1.Deployment`; a schema itself for custom resources. */
  readonly schema: string | Schema;
  /** What OpenAPI documents tell of a custom kind. */
  readonly documentation?: CustomDocumentation;
  /** Default: all eight. Review kinds (TokenReview, SubjectAccessReview, bindings) have `['create']` and an `action`. */
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** Instead of a stored object, `create` (or get/list of componentstatuses) is answered by `src/registry/subresources/<action>.ts`. */
  readonly action?: string;
  /**
   * Where objects are stored: `/registry/<storage.group or 'core'>/<storage.resource>/…`. Definitions that share it are versions of one resource
   * (autoscaling v1 and v2; events in both groups), and `convert` turns one into the other. Default: own group and plural.
   */
  readonly storage: {
    readonly group: string;
    readonly resource: string /** Of custom resources, where it is served. */;
    readonly version?: string;
  };
  /** Where kube-apiserver keeps the objects, which messages show, if it is not under the plural. */
  readonly upstreamPrefix?: string;
  /** Stored objects have the `storageVersion`'s form: these turn them into this version's and back. Absent where this is the stored form. */
  readonly convert?: Conversion<T>;
  /** Fields for field selectors besides metadata.name and metadata.namespace. They are read of the stored form. */
  readonly selectableFields?: Readonly<Record<string, (stored: any) => string>>;
  /** What a selector is told of a field that it may not name, where the kind has words of its own. */
  readonly unknownFieldMessage?: (field: string) => string;
  /** Upstream has no watch cache of the kind: reads at a version are storage's own, which waits for none and says in its own words what is none. */
  readonly readsFromStorage?: boolean;
  /** What an object of the kind without anything in it shows in its spec: numbers that only the version's own form can leave out. */
  readonly emptySpec?: Readonly<Record<string, unknown>>;
  /**
   * Annotations that the version makes of fields of the stored form, with what an empty object has: answers that hold metadata alone do not
   * show them.
   */
  readonly derivedAnnotations?: Readonly<Record<string, string | undefined>>;
  readonly columns: readonly Column<T>[];
  /** What a table says of an object's row besides its cells: whoever shows it may leave out what is over (`TableRowCondition`). */
  readonly rowConditions?: (object: T) => readonly RowCondition[] | undefined;
  /** The order of a table's rows, where it is not that of the list. */
  readonly rowOrder?: (a: T, b: T) => number;
  /** Fills in defaults that depend on other fields (the schema's own defaults are applied before). Changes `object`. */
  defaults?(object: T): void;
  /** What keeps an object of this version from being read into the form that upstream works with, in the words of the decoder. */
  unconvertible?(object: T): string | undefined;
  /** A new object without a name or a prefix for one is named by a uid. */
  readonly namedByUid?: boolean;
  /** An update (PUT) of an absent object creates it. */
  readonly allowCreateOnUpdate?: boolean;
  /** An apply of the status alone creates the object where there is none. */
  readonly statusCreatesByApply?: boolean;
  /** An update without a resourceVersion is allowed. */
  readonly allowUnconditionalUpdate: boolean;
  /** Paths that apply and managedFields ignore on the main resource, such as [['status']]. */
  readonly resetFields?: readonly (readonly string[])[];
  /** Whether the name may hold what path segments may (RBAC), a DNS label or subdomain: returns messages. Default: DNS-1123 subdomain. */
  validateName?(name: string, prefix: boolean): string[];
  /** Graceful deletion: seconds to wait for the object with these options; absent: deleted at once. Changes `object`'s deletion fields by itself never. */
  gracePeriodSeconds?(object: T, requested: number | undefined): number;
  /** The garbage collection policy when the options name none. */
  readonly defaultGarbageCollectionPolicy?: 'background' | 'orphan' | 'foreground' | 'unsupported';
  /** Text of the `Warning` headers of a delete with these options, whether or not there is anything to delete. */
  deleteWarnings?(options: { readonly orphanDependents?: boolean; readonly propagationPolicy?: string }): string[];
  /** The verbs that discovery lists, where they are not those that are served: of custom kinds whose definition goes. */
  readonly discoveredVerbs?: readonly Verb[];
  /** Nothing new may be made, for this reason. */
  readonly refusesCreate?: string;
  /** Every request to the resource answers with this warning. */
  readonly deprecation?: string;
  /** To judge an object has taken long, whatever its size. */
  readonly isCostly?: boolean;
  /** Admission hears of a delete that it is of the object's uid. */
  readonly pinsDeletion?: boolean;
  /** A delete answers with the deleted object rather than with a Status. */
  readonly returnsDeletedObject?: boolean;
  /**
   * A phase between the delete and the removal, ended by a controller through a subresource: namespaces. `mark` notes in the object that its
   * deletion began; while `holds` says so, the object stays.
   */
  readonly staged?: { mark(object: T): void; holds(object: T): boolean };
  /** Seconds after which a new object expires by itself (Events), or none. */
  ttlSeconds?(settings: ClusterSettings): number;
  /** Values that the registry allocates cluster-wide without duplicates: see `src/registry/allocators/`. */
  readonly allocations?: readonly ('clusterIP' | 'nodePort')[];
}

type Defaulted = 'singular' | 'listKind' | 'verbs' | 'subresources' | 'storage' | 'allowUnconditionalUpdate' | 'columns';

/** Declares a kind once; returns the definition with its defaults filled in and frozen. */
export function defineResource<T extends KubeObject>(
  definition: Omit<ResourceDefinition<T>, Defaulted> & Partial<Pick<ResourceDefinition<T>, Defaulted>>,
): ResourceDefinition<T> {
  return Object.freeze({
    singular: definition.kind.toLowerCase(),
    listKind: `${definition.kind}List`,
    verbs: allVerbs,
    subresources: [],
    storage: { group: definition.group, resource: definition.plural },
    allowUnconditionalUpdate: true,
    columns: defaultColumns,
    ...definition,
  });
}

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The table of a kind that has none of its own. */
export const defaultColumns: readonly Column[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'name'],
    cell: (object: KubeObject) => object.metadata?.name ?? '',
  },
  {
    name: 'Created At',
    type: 'date',
    description: ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'creationTimestamp'],
    cell: (object: KubeObject) => object.metadata?.creationTimestamp ?? null,
  },
];
