import { followObjects } from '../../storage/follow.ts';
import type { Storage } from '../../storage/storage.ts';
import type { RbacAuthorizer } from './rbac.ts';

const prefix = '/registry/rbac.authorization.k8s.io/';
const kinds: Readonly<Record<string, string>> = {
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  roles: 'Role',
  rolebindings: 'RoleBinding',
};

/** Fills an authorizer with the roles and bindings of a store and keeps it in step: see `followObjects`. */
export async function followRbac(
  storage: Storage,
  authorizer: RbacAuthorizer,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
): Promise<void> {
  const follower = {
    set: (object: Parameters<RbacAuthorizer['set']>[0]) => authorizer.set(object),
    remove(keyPath: string) {
      const [resource, ...path] = keyPath.split('/');
      const name = path.pop()!;
      authorizer.remove(kinds[resource!]!, path.join('/'), name);
    },
  };
  await followObjects(storage, prefix, follower, signal, onFailure);
}
