import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client } from '../../client/client.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { Informer } from '../../runtime/informer.ts';
import { isControlledBy } from '../../runtime/owners.ts';
import { claimOfPod, type PodClaim, podClaims } from '../../runtime/pod-claims.ts';
import { resourceClaims as claimResource, pods as podResource, resourceClaimTemplates as templateResource } from '../resources.ts';
import type { MadeClaims } from './made-claims.ts';

/** Index of claims by the uid of the pod that owns them. */
export const byOwner = 'pod that owns it';
const entryAnnotation = 'resource.kubernetes.io/pod-claim-name';
const fieldManager = 'ResourceClaimController';
/** A generated name has 63 characters at most, the last six of them a hyphen and five random ones. */
const longestBase = 57;

export interface Creation {
  readonly client: Client;
  readonly claims: Informer;
  readonly templates: Informer;
  readonly made: MadeClaims;
}

/** Makes the claims of a pod that are not there yet, and notes their names in its status. @throws Error that names the entry */
export async function createClaims(creation: Creation, pod: KubeObject): Promise<void> {
  const made: { name: string; resourceClaimName: string }[] = [];
  for (const entry of podClaims(pod)) {
    try {
      const claim = await ensureClaim(creation, pod, entry);
      if (claim) made.push({ name: entry.name, resourceClaimName: claim.metadata!.name! });
    } catch (error) {
      throw new Error(`PodResourceClaim ${entry.name}: ${messageOf(error)}`);
    }
  }
  if (made.length === 0) return;
  // What was made before stays ours: an apply names all of it.
  const before = (pod.status?.resourceClaimStatuses ?? []).filter(
    ({ name }: { name: string }) => !made.some((entry) => entry.name === name),
  );
  const { name, namespace } = pod.metadata!;
  const body = {
    apiVersion: 'v1',
    kind: podResource.kind,
    metadata: { name, namespace },
    status: { resourceClaimStatuses: [...before, ...made] },
  };
  await creation.client
    .resource(podResource)
    .patch(namespace!, name!, 'application/apply-patch+yaml', body, { subresource: 'status', fieldManager, force: true });
}

/** @returns a claim that the pod's status does not name yet */
async function ensureClaim(
  { client, claims, templates, made }: Creation,
  pod: KubeObject,
  entry: PodClaim,
): Promise<KubeObject | undefined> {
  const known = claimOfPod(pod, entry);
  if (known === null || (known && !known.generated) || entry.resourceClaimTemplateName === undefined) return undefined;
  const namespace = pod.metadata!.namespace!;
  const present = known && claims.get(namespace, known.name);
  if (present && isControlledBy(present, pod)) return undefined;
  const uid = pod.metadata!.uid!;
  for (const claim of [...claims.byIndex(byOwner, uid), ...made.ofPod(uid)]) {
    if (claim.metadata!.annotations?.[entryAnnotation] === entry.name) return claim;
  }
  const name = entry.resourceClaimTemplateName;
  const template = templates.get(namespace, name);
  if (!template) {
    const { plural, group } = templateResource;
    const shown = JSON.stringify(name);
    throw new Error(`resource claim template ${shown}: ${plural.slice(0, -1)}.${group} ${shown} not found`);
  }
  const claim = await client
    .resource(claimResource)
    .create(namespace, claimFrom(template, pod, entry.name))
    .catch((error) => {
      throw new Error(`create ResourceClaim : ${messageOf(error)}`);
    });
  made.remember(claim);
  return claim;
}

function claimFrom(template: KubeObject, pod: KubeObject, entry: string): KubeObject {
  const { labels, annotations } = template.spec.metadata ?? {};
  const { name, uid } = pod.metadata!;
  return {
    apiVersion: `${claimResource.group}/${claimResource.version}`,
    kind: claimResource.kind,
    metadata: {
      generateName: generateName(name!, entry),
      ...(labels ? { labels } : {}),
      annotations: { ...annotations, [entryAnnotation]: entry },
      // It does not hold up the pod's deletion: the pod may not be deleted by whoever makes claims.
      ownerReferences: [{ apiVersion: 'v1', kind: podResource.kind, name: name!, uid: uid!, controller: true }],
    },
    spec: template.spec.spec,
  };
}

// Both names are shortened in proportion where they are too long together.
function generateName(pod: string, entry: string): string {
  const whole = `${pod}-${entry}-`;
  if (whole.length <= longestBase) return whole;
  const part = (text: string) => text.slice(0, Math.floor((text.length * longestBase) / whole.length));
  return `${part(pod)}-${part(entry)}`;
}
