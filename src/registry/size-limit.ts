import type { KubeObject } from '../../api/meta/object.ts';
import { ApiError } from './errors.ts';
import type { ResourceStore } from './resource-store.ts';

/** What etcd takes in one request, by default (`--max-request-bytes`). */
const requestLimit = 1.5 * 1024 * 1024;
/** What kube-apiserver's client sends in one message. */
const messageLimit = 2 * 1024 * 1024;
/** Of a transaction beside its keys and its value. */
const transactionBytes = 24;

/**
 * Objects are as large as etcd lets them be: built-in kinds are measured as protobuf, custom ones as JSON. The clients of a store without such a
 * limit would come to rely on what no cluster holds.
 * @throws ApiError 500 in the words of etcd, or of its client
 */
export function checkSize(store: ResourceStore, key: string, value: Uint8Array, object: KubeObject): void {
  // Protobuf is never longer than JSON.
  if (value.length <= requestLimit) return;
  const length = (store.parts.protobufLength?.(object) ?? value.length) + 2 * key.length + transactionBytes;
  if (length > messageLimit) {
    throw new ApiError(
      500,
      '',
      `rpc error: code = ResourceExhausted desc = trying to send message larger than max (${length} vs. ${messageLimit})`,
    );
  }
  if (length > requestLimit) throw new ApiError(500, '', 'etcdserver: request is too large');
}
