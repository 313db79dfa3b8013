import type { KubeObject } from '../../api/meta/object.ts';
import { decodeStored } from './object-codec.ts';
import { type Change, prefixEnd, type Storage } from './storage.ts';

/** Takes in what a part of the store holds. */
export interface Follower {
  /** A created or changed object (or one that was there). */
  set(object: KubeObject): void;
  /** A deleted one. @param path what follows the prefix in its key */
  remove(path: string): void;
}

/**
 * Hands a follower all objects under a prefix and keeps it in step until the signal is aborted: a change has been handed over when its write is answered.
 * @param onFailure called when the store's watch ended by itself: the follower is out of step from then on
 */
export async function followObjects(
  storage: Storage,
  prefix: string,
  follower: Follower,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
): Promise<void> {
  const present = await storage.range(prefix, prefixEnd(prefix));
  for (const { key, value, modRevision } of present.entries) follower.set(decodeStored(key, value, modRevision).object);
  const changes = (list: readonly Change[]) => {
    for (const { type, key, value, revision } of list) {
      if (type === 'put') follower.set(decodeStored(key, value!, revision).object);
      else follower.remove(key.slice(prefix.length));
    }
  };
  await storage.watch(prefix, prefixEnd(prefix), present.revision, { changes, progress: () => {}, failed: onFailure }, signal);
}
