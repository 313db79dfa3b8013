import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceReference } from '../client/client.ts';
import type { Controller } from './controller.ts';
import type { Expectations } from './expectations.ts';
import type { Informer } from './informer.ts';
import { keyOf, keyOfParts } from './keys.ts';
import { controllerOf } from './owners.ts';
import { isPodReady } from './pods.ts';
import type { Selector } from './selector.ts';

export interface Dependents {
  /** Pods, or what else has such owners. */
  readonly dependents: Informer;
  readonly owners: Informer;
  readonly resource: ResourceReference;
  readonly controller: Pick<Controller, 'enqueue' | 'enqueueAfter'>;
  readonly expectations?: Expectations;
  /** False: one that comes with its owner named is nothing new to that owner. As upstream, ControllerRevisions of DaemonSets; a set that looked at once would find two of the same data. */
  readonly looksAtAdded?: boolean;
  selectorOf(owner: KubeObject): Selector;
}

/** Reports an owner to its controller when its dependents change, and owners that might adopt one that nobody owns. */
export function watchDependents(options: Dependents): () => void {
  const { dependents, controller, expectations } = options;
  const ownerKey = (object: KubeObject) => ownerOf(options, object)?.key;

  function added(object: KubeObject): void {
    if (object.metadata!.deletionTimestamp) return deleted(object);
    if (!controllerOf(object)) return enqueueCandidates(options, object);
    const key = ownerKey(object);
    if (key === undefined) return;
    expectations?.creationObserved(key);
    if (options.looksAtAdded !== false) controller.enqueue(key);
  }

  function updated(object: KubeObject, old: KubeObject): void {
    const labelsChanged = !sameLabels(object.metadata!.labels, old.metadata!.labels);
    if (object.metadata!.deletionTimestamp) {
      deleted(object);
      if (labelsChanged) deleted(old);
      return;
    }
    const ownerChanged = controllerOf(object)?.uid !== controllerOf(old)?.uid;
    if (ownerChanged) {
      const before = ownerKey(old);
      if (before !== undefined) controller.enqueue(before);
    }
    if (controllerOf(object)) {
      const found = ownerOf(options, object);
      if (!found) return;
      controller.enqueue(found.key);
      const minReadySeconds = found.owner.spec?.minReadySeconds ?? 0;
      // One second more, since times are kept in whole seconds.
      if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(object)) controller.enqueueAfter(found.key, minReadySeconds * 1000 + 1000);
    } else if (labelsChanged || ownerChanged) enqueueCandidates(options, object);
  }

  function deleted(object: KubeObject): void {
    const key = ownerKey(object);
    if (key === undefined) return;
    expectations?.deletionObserved(key, keyOf(object));
    controller.enqueue(key);
  }

  return dependents.addHandler({ added, updated, deleted });
}

function ownerOf({ owners, resource }: Dependents, object: KubeObject): { key: string; owner: KubeObject } | undefined {
  const reference = controllerOf(object);
  if (reference?.kind !== resource.kind) return undefined;
  const key = keyOfParts(object.metadata!.namespace!, reference.name);
  const owner = owners.getByKey(key);
  return owner?.metadata?.uid === reference.uid ? { key, owner: owner! } : undefined;
}

function enqueueCandidates({ owners, controller, selectorOf }: Dependents, object: KubeObject): void {
  if (!object.metadata!.labels) return;
  for (const owner of owners.list(object.metadata!.namespace)) {
    const selector = selectorOf(owner);
    if (!selector.isEmpty && selector.matches(object.metadata!.labels)) controller.enqueue(keyOf(owner));
  }
}

/** Whether two sets of labels are equal; absent and empty are one. */
export function sameLabels(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
