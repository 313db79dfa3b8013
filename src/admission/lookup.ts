import type { KubeObject } from '../../api/meta/object.ts';

/** What plugins read of the cluster: the present state, from the caches that the API server keeps anyway. Objects are shared: never changed. */
export interface Lookup {
  get(resource: LookupResource, namespace: string, name: string): Promise<KubeObject | undefined>;
  /** What the cache has, at once: undefined may also mean that it has not heard of the object yet. */
  cached(resource: LookupResource, namespace: string, name: string): KubeObject | undefined;
  /** @param namespace '' for all */
  list(resource: LookupResource, namespace: string): Promise<readonly KubeObject[]>;
}

export interface LookupResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** Whether a request is for this resource itself (not one of its subresources). */
export function isFor(
  { definition, subresource }: { definition: LookupResource; subresource: string },
  resource: Pick<LookupResource, 'group' | 'plural'>,
): boolean {
  return subresource === '' && definition.plural === resource.plural && definition.group === resource.group;
}

/** The newest of the objects that carry the annotation with the value "true", by name where two are as old; undefined if none does. */
export function newestDefault(objects: readonly KubeObject[], annotation: string): KubeObject | undefined {
  let best: KubeObject | undefined;
  for (const object of objects) {
    if (object.metadata?.annotations?.[annotation] === 'true' && (!best || isNewer(object, best))) best = object;
  }
  return best;
}

function isNewer(a: KubeObject, b: KubeObject): boolean {
  const [x, y] = [a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? ''];
  return x !== y ? x > y : a.metadata!.name! < b.metadata!.name!;
}
