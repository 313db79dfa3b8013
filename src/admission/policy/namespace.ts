import type { KubeObject } from '../../../api/meta/object.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { readNamespace } from '../webhook/match.ts';

/** The namespace of a request's object; none for cluster-scoped ones and for namespaces themselves. @throws ApiError if it is not there */
export async function namespaceOf({ definition, namespace }: AdmissionAttributes, lookup: Lookup): Promise<KubeObject | undefined> {
  const own = definition.kind === 'Namespace' && definition.group === '';
  return namespace === '' || own || definition.scope === 'Cluster' ? undefined : readNamespace(lookup, namespace);
}
