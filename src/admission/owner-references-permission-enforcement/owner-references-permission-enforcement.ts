import type { ResourceDefinition } from '../../../api/define.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { OwnerReference } from '../../../openapi/types.ts';
import type { AdmissionEnvironment } from '../environment.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** Who changes an object's owners must have the right to delete it; who blocks an owner's deletion, that to set the owner's finalizers. */
export function ownerReferencesPermissionEnforcementPlugin({ authorizer, definitionOfKind }: AdmissionEnvironment): AdmissionPlugin {
  return {
    name: 'OwnerReferencesPermissionEnforcement',
    concerns: ({ operation, object }) => (operation === 'CREATE' || operation === 'UPDATE') && object?.metadata !== undefined,
    async validate(attributes) {
      const owners = ownersOf(attributes.object);
      const before = ownersOf(attributes.old);
      if (owners.length === 0 && before.length === 0) return;
      const { user, definition, namespace, operation } = attributes;
      const ask = (resource: ResourceDefinition, about: { verb: string; subresource: string; namespace: string; name: string }) => {
        const { group, version, plural } = resource;
        return authorizer.authorize({ ...about, user, resourceRequest: true, path: '', group, version, resource: plural });
      };
      const name = attributes.name || attributes.object!.metadata?.name || '';
      if (operation === 'UPDATE' && !semanticEqual(owners, before)) {
        const answer = await ask(definition, { verb: 'delete', subresource: attributes.subresource, namespace, name });
        if (answer.decision !== 'allow')
          throw refuse(attributes, `cannot set an ownerRef on a resource you can't delete: ${answer.reason}, ${answer.error ?? '<nil>'}`);
      }
      const blocking = owners.filter(
        (owner) => owner.blockOwnerDeletion && !before.some((one) => one.uid === owner.uid && one.blockOwnerDeletion),
      );
      for (const { apiVersion, kind, name: ownerName } of blocking) {
        const owner = definitionOfKind(apiVersion, kind);
        if (!owner) {
          const missing = `no matches for kind ${goQuote(kind)} in version ${goQuote(apiVersion)}`;
          const where = `cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: ${missing}`;
          throw refuse(attributes, `cannot set blockOwnerDeletion in this case because ${where}`);
        }
        const within = owner.scope === 'Namespaced' ? namespace : '';
        const answer = await ask(owner, { verb: 'update', subresource: 'finalizers', namespace: within, name: ownerName });
        if (answer.decision === 'allow') continue;
        const text = `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: ${answer.reason}, ${answer.error ?? '<nil>'}`;
        throw refuse(attributes, text);
      }
    },
  };
}

function ownersOf(object: KubeObject | undefined): readonly OwnerReference[] {
  return (object?.metadata?.ownerReferences ?? []) as readonly OwnerReference[];
}
