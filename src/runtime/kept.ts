import type { KubeObject } from '../../api/meta/object.ts';
import { without } from '../machinery/json-object.ts';
import { SharedParts } from './shared-parts.ts';

const parts = new SharedParts();

/** Of objects that several informers of one process are given, so that they keep one and the same copy. */
const copies = new WeakMap<KubeObject, KubeObject>();

/**
 * What an informer keeps of an object: all but managedFields, which no part of the control plane reads (kube-controller-manager and kube-scheduler drop
 * them as well), and which are most of what a pod takes in memory. What is equal in objects that are alike is there once.
 */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (!object.metadata?.managedFields) return object;
  let copy = copies.get(object);
  if (!copy) {
    copy = parts.sharing({ ...object, metadata: without(object.metadata, 'managedFields') });
    copies.set(object, copy);
  }
  return copy;
}
