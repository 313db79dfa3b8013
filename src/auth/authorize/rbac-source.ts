import { decodeStored } from '../../storage/object-codec.ts';
import { type Change, prefixEnd, type Storage } from '../../storage/storage.ts';
import type { RbacAuthorizer } from './rbac.ts';

const prefix = '/registry/rbac.authorization.k8s.io/';
const kinds: Readonly<Record<string, string>> = {
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  roles: 'Role',
  rolebindings: 'RoleBinding',
};

/**
 * Fills an authorizer with the roles and bindings of a store and keeps it in step until the signal is aborted.
 * @param onFailure called when the store's watch ended by itself: the authorizer is out of step from then on
 */
export async function followRbac(
  storage: Storage,
  authorizer: RbacAuthorizer,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
): Promise<void> {
  const present = await storage.range(prefix, prefixEnd(prefix));
  for (const entry of present.entries) authorizer.set(decodeStored(entry.key, entry.value, entry.modRevision).object);
  const changes = (list: readonly Change[]) => {
    for (const change of list) {
      if (change.type === 'put') {
        authorizer.set(decodeStored(change.key, change.value!, change.revision).object);
      } else {
        const [resource, ...path] = change.key.slice(prefix.length).split('/');
        const name = path.pop()!;
        authorizer.remove(kinds[resource!]!, path.join('/'), name);
      }
    }
  };
  await storage.watch(prefix, prefixEnd(prefix), present.revision, { changes, progress: () => {}, failed: onFailure }, signal);
}
