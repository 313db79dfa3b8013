import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceReference } from '../client/client.ts';
import { withoutManagedFields } from '../runtime/kept.ts';
import { configMaps, secrets } from './resources.ts';
import { name as rootCertificateName } from './rootca/index.ts';

/**
 * What the controllers' informers keep of an object: no managedFields, and of the maps and secrets that users fill the metadata alone, which the garbage
 * collector reads.
 */
export function keptOf(object: KubeObject, reference: ResourceReference): KubeObject {
  const kept = withoutManagedFields(object);
  if (reference.group !== '' || !hasOnlyData(object, reference)) return kept;
  const { apiVersion, kind, metadata, type } = kept;
  return { apiVersion, kind, metadata, ...(type === undefined ? {} : { type }) } as KubeObject;
}

function hasOnlyData(object: KubeObject, { plural }: ResourceReference): boolean {
  if (plural === configMaps.plural) return object.metadata?.name !== rootCertificateName;
  return plural === secrets.plural && object['type'] !== 'kubernetes.io/service-account-token';
}
