import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceReference } from '../client/client.ts';
import { without } from '../machinery/json-object.ts';
import { withoutManagedFields } from '../runtime/kept.ts';
import { clusterInfo } from './bootstrap/signer.ts';
import { tokenType as bootstrapToken } from './bootstrap/tokens.ts';
import { configMaps, secrets } from './resources.ts';
import { name as rootCertificateName } from './rootca/index.ts';

/** Secrets whose values controllers read. */
const tokenTypes: readonly unknown[] = ['kubernetes.io/service-account-token', bootstrapToken];

/**
 * What the controllers' informers keep of an object: no managedFields, and of the maps and secrets that users fill the metadata alone, which the garbage
 * collector reads.
 */
export function keptOf(object: KubeObject, reference: ResourceReference): KubeObject {
  if (reference.group !== '' || !hasOnlyData(object, reference)) return withoutManagedFields(object);
  const { apiVersion, kind, type } = object;
  const metadata = object.metadata && without(object.metadata, 'managedFields');
  return (type === undefined ? { apiVersion, kind, metadata } : { apiVersion, kind, metadata, type }) as KubeObject;
}

function hasOnlyData(object: KubeObject, { plural }: ResourceReference): boolean {
  const name = object.metadata?.name;
  if (plural === configMaps.plural) return name !== rootCertificateName && name !== clusterInfo.name;
  return plural === secrets.plural && !tokenTypes.includes(object['type']);
}
