import {
  CompactedError,
  FutureRevisionError,
  KeyExistsError,
  RevisionConflictError,
  StorageClosedError,
  UnreadableRangeError,
  UnreadableValueError,
  UnwritableValueError,
} from '../errors.ts';
import type { Change, Storage } from '../storage.ts';

/** The methods of a store that are asked and answered once. */
export type Method = 'get' | 'revisionOf' | 'isStale' | 'range' | 'create' | 'update' | 'delete' | 'currentRevision' | 'compact';

/** From the user of a store to the thread that has it. `id` counts calls and watches. */
export type ToStore =
  | { readonly type: 'call'; readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  | { readonly type: 'watch'; readonly id: number; readonly start: string; readonly end: string; readonly revision: number }
  | { readonly type: 'unwatch'; readonly id: number }
  | { readonly type: 'requestProgress' };

/** From the thread that has the store. Each answer tells up to where it is compacted. */
export type FromStore =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown; readonly compacted: number }
  | { readonly type: 'failure'; readonly id: number; readonly error: SentError; readonly compacted: number }
  | { readonly type: 'changes'; readonly id: number; readonly changes: readonly Change[] }
  | { readonly type: 'progress'; readonly id: number; readonly revision: number }
  | { readonly type: 'ended'; readonly id: number; readonly error: SentError };

/** An error of the store as data: threads do not share classes. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, any>>;
}

/** The errors of the contract, and how each is made again of its fields. */
const contract: readonly (readonly [new (...args: any[]) => Error, (error: SentError) => Error])[] = [
  [KeyExistsError, ({ fields }) => new KeyExistsError(fields['key'])],
  [RevisionConflictError, ({ fields }) => new RevisionConflictError(fields['key'], fields['current'])],
  [CompactedError, ({ fields }) => new CompactedError(fields['compactedRevision'])],
  [FutureRevisionError, ({ fields }) => new FutureRevisionError(fields['currentRevision'])],
  [StorageClosedError, () => new StorageClosedError()],
  [UnreadableValueError, ({ fields, message }) => new UnreadableValueError(fields['publicKey'], message)],
  [UnreadableRangeError, ({ message }) => Object.assign(Object.create(UnreadableRangeError.prototype), { message })],
  [UnwritableValueError, ({ message }) => new UnwritableValueError(message)],
];

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: '', message: String(error), fields: {} };
  const known = contract.find(([type]) => error instanceof type);
  return { name: known ? known[0].name : '', message: error.message, fields: known ? { ...error } : {} };
}

/** What was sent as an error: of its class again, if it is one of the contract. */
export function receivedError(sent: SentError): Error {
  const known = contract.find(([type]) => type.name === sent.name);
  return known ? known[1](sent) : new Error(sent.message);
}

/** Bytes alone in their memory: a message carries the whole memory of which they are a part. */
export function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.prototype.slice.call(bytes);
}

/** The store's methods by name. */
export function methodOf(storage: Storage, method: Method): (...args: any[]) => Promise<unknown> {
  const found = storage[method] as ((...args: any[]) => Promise<unknown>) | undefined;
  return found ? found.bind(storage) : async () => undefined;
}
