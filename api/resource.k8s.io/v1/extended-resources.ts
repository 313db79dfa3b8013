/** Marks the claim that the scheduler makes for what a pod's containers ask for by the name of a resource (KEP-5004). */
export const extendedClaimAnnotation = 'resource.kubernetes.io/extended-resource-claim';
/** Every device class is a resource of this name as well. */
export const classPrefix = 'deviceclass.resource.kubernetes.io/';

/** What of a device class, typed or not, tells the resource that it serves. */
interface ServesResource {
  readonly metadata?: { readonly name?: string; readonly creationTimestamp?: string | null };
  readonly spec?: { readonly extendedResourceName?: string };
}

/** Device classes by the resources that they serve: of several for one name the newest, of equally old ones the first by name. */
export function classesByResource<C extends ServesResource>(classes: Iterable<C>): ReadonlyMap<string, C> {
  const found = new Map<string, C>();
  const comesBefore = (a: C, b: C) => {
    const [made, other] = [a, b].map(({ metadata }) => metadata!.creationTimestamp ?? '');
    return made === other ? a.metadata!.name! < b.metadata!.name! : made! > other!;
  };
  for (const deviceClass of classes) {
    found.set(classPrefix + deviceClass.metadata!.name, deviceClass);
    const name = deviceClass.spec?.extendedResourceName;
    if (!name) continue;
    const other = found.get(name);
    if (!other || comesBefore(deviceClass, other)) found.set(name, deviceClass);
  }
  return found;
}
