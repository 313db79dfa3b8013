import type { DocumentedResource } from '../../openapi/documents/index.ts';
import { discoveryFacts } from './index.ts';

const returnDeleted = new Set([
  ...['persistentvolumeclaims', 'persistentvolumes', 'pods', 'podtemplates', 'resourcequotas', 'serviceaccounts', 'services'],
  ...['deviceclasses', 'resourceclaims', 'resourceclaimtemplates', 'resourceslices'],
  ...['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments', 'volumeattributesclasses'],
]);

/** The resources of the real server's discovery, so that documents can be checked apart from our own definitions. */
export function discoveredResources(): DocumentedResource[] {
  return Object.entries(discoveryFacts()).flatMap(([groupVersion, { resources }]) => {
    const [version, group = ''] = groupVersion.split('/').reverse() as [string, string?];
    return resources.map((resource) => ({
      group,
      version,
      kind: resource.responseKind.kind,
      plural: resource.resource,
      listKind: `${resource.responseKind.kind}List`,
      scope: resource.scope,
      verbs: resource.verbs,
      schema: '',
      returnsDeletedObject: returnDeleted.has(resource.resource),
      subresources: (resource.subresources ?? []).map(({ subresource, responseKind, verbs }) => ({
        name: subresource,
        verbs,
        kind: { group: responseKind.group || group, version: responseKind.version || version, kind: responseKind.kind },
      })),
    }));
  });
}
