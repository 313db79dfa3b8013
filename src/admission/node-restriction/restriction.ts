import type { KubeObject } from '../../../api/meta/object.ts';
import type { Authorizer } from '../../auth/types.ts';
import { type ApiError, notFound } from '../../registry/errors.ts';
import type { Lookup, LookupResource } from '../lookup.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** What the rules for one request of a kubelet know. */
export interface Restriction {
  readonly attributes: AdmissionAttributes;
  /** The node whose kubelet asks. */
  readonly node: string;
  readonly lookup: Lookup;
  readonly authorizer: Authorizer;
}

/** @throws ApiError 403 in upstream's words */
export type Restrict = (restriction: Restriction) => Promise<void> | void;

export function refused({ attributes }: Restriction, message: string): ApiError {
  return refuse(attributes, message);
}

/** @throws ApiError 404, which names the kind as informers do */
export async function existing(
  { lookup }: Restriction,
  resource: LookupResource & { readonly kind: string },
  namespace: string,
  name: string,
): Promise<KubeObject> {
  const found = await lookup.get(resource, namespace, name);
  if (!found) throw notFound({ group: resource.group, resource: resource.kind.toLowerCase() }, name);
  return found;
}
