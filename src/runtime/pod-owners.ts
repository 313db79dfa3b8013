import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceReference } from '../client/client.ts';
import type { Controller } from './controller.ts';
import type { Expectations } from './expectations.ts';
import type { Informer } from './informer.ts';
import { keyOf, keyOfParts } from './keys.ts';
import { controllerOf } from './owners.ts';
import { isPodReady } from './pods.ts';
import type { Selector } from './selector.ts';

export interface PodOwners {
  readonly pods: Informer;
  readonly owners: Informer;
  readonly resource: ResourceReference;
  readonly controller: Pick<Controller, 'enqueue' | 'enqueueAfter'>;
  readonly expectations?: Expectations;
  selectorOf(owner: KubeObject): Selector;
}

/** Reports an owner to its controller when its pods change, and owners that might adopt a pod that nobody owns. */
export function watchPodsOfOwners(options: PodOwners): () => void {
  const { pods, controller, expectations } = options;
  const ownerKey = (pod: KubeObject) => ownerOf(options, pod)?.key;

  function added(pod: KubeObject): void {
    if (pod.metadata!.deletionTimestamp) return deleted(pod);
    if (!controllerOf(pod)) return enqueueCandidates(options, pod);
    const key = ownerKey(pod);
    if (key === undefined) return;
    expectations?.creationObserved(key);
    controller.enqueue(key);
  }

  function updated(pod: KubeObject, old: KubeObject): void {
    const labelsChanged = !sameLabels(pod.metadata!.labels, old.metadata!.labels);
    if (pod.metadata!.deletionTimestamp) {
      deleted(pod);
      if (labelsChanged) deleted(old);
      return;
    }
    const ownerChanged = controllerOf(pod)?.uid !== controllerOf(old)?.uid;
    if (ownerChanged) {
      const before = ownerKey(old);
      if (before !== undefined) controller.enqueue(before);
    }
    if (controllerOf(pod)) {
      const found = ownerOf(options, pod);
      if (!found) return;
      controller.enqueue(found.key);
      const minReadySeconds = found.owner.spec?.minReadySeconds ?? 0;
      // One second more, since times are kept in whole seconds.
      if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod)) controller.enqueueAfter(found.key, minReadySeconds * 1000 + 1000);
    } else if (labelsChanged || ownerChanged) enqueueCandidates(options, pod);
  }

  function deleted(pod: KubeObject): void {
    const key = ownerKey(pod);
    if (key === undefined) return;
    expectations?.deletionObserved(key, keyOf(pod));
    controller.enqueue(key);
  }

  return pods.addHandler({ added, updated, deleted });
}

function ownerOf({ owners, resource }: PodOwners, pod: KubeObject): { key: string; owner: KubeObject } | undefined {
  const reference = controllerOf(pod);
  if (reference?.kind !== resource.kind) return undefined;
  const key = keyOfParts(pod.metadata!.namespace!, reference.name);
  const owner = owners.getByKey(key);
  return owner?.metadata?.uid === reference.uid ? { key, owner: owner! } : undefined;
}

function enqueueCandidates({ owners, controller, selectorOf }: PodOwners, pod: KubeObject): void {
  if (!pod.metadata!.labels) return;
  for (const owner of owners.list(pod.metadata!.namespace)) {
    const selector = selectorOf(owner);
    if (!selector.isEmpty && selector.matches(pod.metadata!.labels)) controller.enqueue(keyOf(owner));
  }
}

/** Whether two sets of labels are equal; absent and empty are one. */
export function sameLabels(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
