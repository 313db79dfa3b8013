import { apiVersionOf, type KubeObject } from '../../api/meta/object.ts';
import type { ResourceReference } from '../client/client.ts';

/** The object with apiVersion and kind, which items of a list may lack. */
export function typed<T extends KubeObject>(resource: ResourceReference, object: T): T {
  return { ...object, apiVersion: apiVersionOf(resource.group, resource.version), kind: resource.kind };
}

/** Without fields that are absent, zero, empty text or an empty list, as Go's omitempty writes them; `keep` names fields that stay. */
export function omitZeros<T extends object>(value: T, keep: readonly string[] = []): T {
  return Object.fromEntries(
    Object.entries(value).filter(([name, field]) => {
      if (field === undefined || field === null) return false;
      return keep.includes(name) || !(field === 0 || field === '' || field === false || (Array.isArray(field) && field.length === 0));
    }),
  ) as T;
}

/** Oldest first; of the same second, by name. */
export function byCreation(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a.metadata!.creationTimestamp ?? '', b.metadata!.creationTimestamp ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata!.name! < b.metadata!.name! ? -1 : 1;
}
