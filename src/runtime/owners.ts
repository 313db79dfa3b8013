import { apiVersionOf, type KubeObject, type OwnerReference } from '../../api/meta/object.ts';
import { controllerOf } from '../../api/meta/owners.ts';
import type { ResourceReference } from '../client/client.ts';
import type { Informer } from './informer.ts';

export { controllerOf };

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata!.uid;
}

/** The reference by which `owner` manages an object that it creates. */
export function controllerReference(owner: KubeObject, resource: ResourceReference): OwnerReference {
  return {
    apiVersion: apiVersionOf(resource.group, resource.version),
    kind: resource.kind,
    name: owner.metadata!.name!,
    uid: owner.metadata!.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}

const byController = 'controller';
const orphans = 'orphan';

/** Indexes objects by their controller's uid, and those without one by namespace, so that finding one's own costs what one has. */
export function indexByController(informer: Informer): void {
  informer.addIndex(byController, (object) => {
    const owner = controllerOf(object);
    return owner ? [owner.uid] : [];
  });
  informer.addIndex(orphans, (object) => (controllerOf(object) ? [] : [object.metadata!.namespace ?? '']));
}

/** Objects that `owner` manages. Needs `indexByController`. */
export function controlledBy<T extends KubeObject>(informer: Informer<T>, owner: KubeObject): Iterable<T> {
  return informer.byIndex(byController, owner.metadata!.uid!);
}

/** Objects of a namespace that nothing manages. Needs `indexByController`. */
export function withoutController<T extends KubeObject>(informer: Informer<T>, namespace: string): Iterable<T> {
  return informer.byIndex(orphans, namespace);
}
