import type { KubeObject } from '../../api/meta/object.ts';

/** Names a resource for a client; a ResourceDefinition is one. */
export interface ResourceReference {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly scope: 'Namespaced' | 'Cluster';
}

/**
 * A Kubernetes client, the only way in which controllers, scheduler and kubelets reach the cluster. `http.ts` speaks to any server,
 * `in-process.ts` enters the same chain after authentication. Every method rejects with an ApiError for a failed request.
 * Objects that come back may be shared: never change one, copy it (`structuredClone`) first. Objects that are passed in are not kept or changed.
 */
export interface Client {
  resource<T extends KubeObject = KubeObject>(resource: ResourceReference): ResourceClient<T>;
}

export interface ResourceClient<T extends KubeObject = KubeObject> {
  readonly reference: ResourceReference;
  /** @param namespace '' for cluster-scoped resources */
  get(namespace: string, name: string, options?: GetOptions): Promise<T>;
  /** @param namespace '' for all namespaces */
  list(namespace: string, options?: ListOptions): Promise<ObjectList<T>>;
  /** Ends when the server closes the stream or the signal is aborted; an ERROR event is yielded, not thrown. */
  watch(namespace: string, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
  create(namespace: string, object: T, options?: WriteOptions): Promise<T>;
  update(namespace: string, object: T, options?: WriteOptions): Promise<T>;
  /** @param type the patch's media type; `body` a value, or YAML/JSON text */
  patch(namespace: string, name: string, type: PatchType, body: unknown, options?: PatchOptions): Promise<T>;
  /** Resolves to the object that is being deleted, or the Status. */
  delete(namespace: string, name: string, options?: DeleteOptions): Promise<KubeObject>;
  deleteCollection(namespace: string, list?: ListOptions, options?: DeleteOptions): Promise<KubeObject>;
  /** POST to `<resource>/<name>/<subresource>`: binding, eviction, token. */
  createSubresource(namespace: string, name: string, subresource: string, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
}

export type PatchType =
  | 'application/json-patch+json'
  | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml';

export interface GetOptions {
  resourceVersion?: string;
  subresource?: string;
}

export interface ListOptions {
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  resourceVersionMatch?: string;
}

export interface WatchOptions {
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion?: string;
  allowWatchBookmarks?: boolean;
  sendInitialEvents?: boolean;
  resourceVersionMatch?: string;
  timeoutSeconds?: number;
}

export interface WriteOptions {
  dryRun?: boolean;
  fieldManager?: string;
  /** Update through this subresource, such as `status`. */
  subresource?: string;
}

export interface PatchOptions extends WriteOptions {
  force?: boolean;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
}

export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** For ERROR a Status. */
  readonly object: T;
}
