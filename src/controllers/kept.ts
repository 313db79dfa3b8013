import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceReference } from '../client/client.ts';
import { configMaps, secrets } from './resources.ts';
import { name as rootCertificateName } from './rootca/index.ts';

/**
 * What the controllers' informers keep of an object. Nobody reads managedFields (kube-controller-manager drops them as well); of the maps and secrets that
 * users fill, the garbage collector alone reads the metadata.
 */
export function keptOf(object: KubeObject, reference: ResourceReference): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  if (reference.group === '' && hasOnlyData(object, reference)) {
    const { apiVersion, kind, type } = object;
    return { apiVersion, kind, metadata, ...(type === undefined ? {} : { type }) } as KubeObject;
  }
  return { ...object, metadata };
}

function hasOnlyData(object: KubeObject, { plural }: ResourceReference): boolean {
  if (plural === configMaps.plural) return object.metadata?.name !== rootCertificateName;
  return plural === secrets.plural && object['type'] !== 'kubernetes.io/service-account-token';
}
