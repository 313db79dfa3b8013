import type { KubeObject } from '../../api/meta/object.ts';
import { type Clock, formatTime } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { encodeStored } from '../storage/object-codec.ts';
import type { Storage } from '../storage/storage.ts';

/**
 * What an API server of this build puts into an empty store (`bootstrap.ts`), as it lies there once it is made: each object under its key, with nothing for its
 * uid and its times. The build makes them (`scripts/first-objects.ts`), as making them one by one takes a tenth of a start, in which all code is new.
 */
export type FirstObjects = readonly (readonly [key: string, object: KubeObject])[];

/** @returns a copy that a store may begin with in another cluster */
export function unborn(object: KubeObject): KubeObject {
  return withBirth(object, '', '');
}

/** Puts objects into a store in which nothing was written yet; any other stays as it is. @param read gives them where they are needed */
export async function putFirstObjects(
  storage: Storage,
  read: () => Promise<FirstObjects>,
  { clock, random }: { clock: Clock; random: Random },
): Promise<void> {
  if ((await storage.currentRevision()) > 0) return;
  const objects = await read();
  const now = formatTime(clock.now());
  await Promise.all(objects.map(([key, object]) => storage.create(key, encodeStored(withBirth(object, random.uuid(), now)))));
}

/** Kind, namespace and name: there is one such object in a cluster. */
export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata?.namespace ?? ''}/${metadata?.name}`;
}

function withBirth(object: KubeObject, uid: string, time: string): KubeObject {
  const { resourceVersion: _, ...metadata } = object.metadata!;
  const managedFields = metadata.managedFields!.map((entry) => ({ ...entry, time }));
  return { ...object, metadata: { ...metadata, uid, creationTimestamp: time, managedFields } };
}
