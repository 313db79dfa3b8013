import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceClient } from '../client/client.ts';
import { ApiError, undefinedIfNotFound } from '../registry/errors.ts';

/** Who makes the server's own objects: the server, in the name of its part that owns the kind. */
export const managerOf = ({ apiVersion }: KubeObject) => ({
  fieldManager: apiVersion?.startsWith('flowcontrol.apiserver.k8s.io/') ? 'api-priority-and-fairness-config-producer-v1' : 'kube-apiserver',
});

/** Creates an object unless it is there. @returns the object as it was or is now */
export async function ensure(resource: ResourceClient, object: KubeObject): Promise<KubeObject> {
  const { namespace = '', name = '' } = object.metadata ?? {};
  const present = await resource.get(namespace, name).catch(undefinedIfNotFound);
  if (present) return present;
  try {
    return await resource.create(namespace, object, managerOf(object));
  } catch (error) {
    // Another API server was quicker.
    if (error instanceof ApiError && error.reason === 'AlreadyExists') return resource.get(namespace, name);
    throw error;
  }
}
