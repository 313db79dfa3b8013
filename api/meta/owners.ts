import type { KubeObject, OwnerReference } from './object.ts';

/** The owner that manages the object, if there is one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata!.ownerReferences?.find((owner) => owner.controller);
}
