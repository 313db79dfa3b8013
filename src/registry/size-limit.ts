import type { KubeObject } from '../../api/meta/object.ts';
import { encodeStored } from '../storage/object-codec.ts';
import { ApiError } from './errors.ts';
import type { Operation } from './operation.ts';
import type { ResourceStore } from './resource-store.ts';

/** What etcd takes in one request, by default (`--max-request-bytes`). */
const requestLimit = 1.5 * 1024 * 1024;
/** What kube-apiserver's client sends in one message. */
const messageLimit = 2 * 1024 * 1024;
/** Of a transaction beside its keys and its value. */
const transactionBytes = 24;

/**
 * The bytes to store for an object. Objects are as large as etcd lets them be (built-in kinds are measured as protobuf, custom ones as JSON): the clients of
 * a store without such a limit would come to rely on what no cluster holds. Of an object that is too large, its managedFields are dropped first.
 * @throws ApiError 500 in the words of etcd, or of its client
 */
export function encodeWithinLimit(store: ResourceStore, key: string, object: KubeObject, operation: Operation): Uint8Array {
  const ordered = store.inStoredOrder(object);
  const value = encodeStored(ordered);
  // Protobuf is never longer than JSON.
  if (value.length <= requestLimit) return value;
  const problem = problemOf(store, key, value, ordered);
  if (problem === undefined) return value;
  const { managedFields, ...metadata } = ordered.metadata!;
  if (!managedFields || operation.isApply) throw new ApiError(500, '', problem);
  return encodeWithinLimit(store, key, { ...ordered, metadata }, operation);
}

function problemOf(store: ResourceStore, key: string, value: Uint8Array, object: KubeObject): string | undefined {
  const length = (store.parts.protobufLength?.(object) ?? value.length) + 2 * key.length + transactionBytes;
  if (length > messageLimit)
    return `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${length} vs. ${messageLimit})`;
  return length > requestLimit ? 'etcdserver: request is too large' : undefined;
}
