import { persistentVolume } from '../../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { csiDriver } from '../../../api/storage.k8s.io/v1/csidriver.ts';
import type {
  CSIDriver,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ResourceSlice,
  AuthenticationV1TokenRequest as TokenRequest,
  Volume,
} from '../../../openapi/types.ts';
import { existing, type Restrict, type Restriction, refused } from './restriction.ts';

const leaseNamespace = 'kube-node-lease';

export const restrictClaims: Restrict = (restriction) => {
  const { subresource, operation, object, old } = restriction.attributes;
  if (subresource !== 'status') throw refused(restriction, 'may only update PVC status');
  if (operation !== 'UPDATE') throw refused(restriction, `unexpected operation ${goQuote(operation)}`);
  if (semanticEqual(withoutSizes(object!), withoutSizes(old!))) return;
  const node = goQuote(restriction.node);
  throw refused(restriction, `node ${node} is not allowed to update fields other than status.quantity and status.conditions`);
};

// What a kubelet may change of a claim is left out, as is what changes by itself.
function withoutSizes({ metadata, ...claim }: KubeObject): KubeObject {
  const { resourceVersion: _version, managedFields: _managed, ...meta } = metadata!;
  const {
    capacity: _capacity,
    conditions: _conditions,
    allocatedResources: _allocated,
    allocatedResourceStatuses: _statuses,
    ...status
  } = claim['status'] ?? {};
  return { ...claim, metadata: meta, status };
}

export const restrictLeases: Restrict = (restriction) => {
  const { namespace, name, object } = restriction.attributes;
  if (namespace !== leaseNamespace) throw refused(restriction, `can only access leases in the "${leaseNamespace}" system namespace`);
  if ((name || object?.metadata?.name) === restriction.node) return;
  throw refused(restriction, 'can only access node lease with the same name as the requesting node');
};

export const restrictCsiNodes: Restrict = (restriction) => {
  const { name, object } = restriction.attributes;
  if ((name || object?.metadata?.name) === restriction.node) return;
  throw refused(restriction, 'can only access CSINode with the same name as the requesting node');
};

export const restrictSlices: Restrict = (restriction) => {
  const { operation, object, old } = restriction.attributes;
  if (operation !== 'CREATE' && operation !== 'DELETE') return;
  const slice = (operation === 'CREATE' ? object : old) as ResourceSlice;
  if (slice.spec.nodeName === restriction.node) return;
  throw refused(restriction, `can only ${operation.toLowerCase()} ResourceSlice with the same NodeName as the requesting node`);
};

/** A kubelet asks for the tokens of its pods only, for audiences that these name. */
export async function restrictServiceAccounts(restriction: Restriction): Promise<void> {
  const { operation, subresource, namespace, object } = restriction.attributes;
  if (operation !== 'CREATE' || subresource !== 'token') return;
  const fail = (message: string) => refused(restriction, message);
  const { boundObjectRef: ref, audiences } = (object as TokenRequest).spec;
  if (ref?.apiVersion !== 'v1' || ref.kind !== pods.kind || !ref.name) throw fail('node requested token not bound to a pod');
  if (!ref.uid) throw fail('node requested token with a pod binding without a uid');
  const pod = (await existing(restriction, pods, namespace, ref.name)) as Pod;
  if (ref.uid !== pod.metadata!.uid) {
    throw fail(
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  if (pod.spec!.nodeName !== restriction.node) throw fail('node requested token bound to a pod scheduled on a different node');
  // A list that is left out is null here, as it has to be there in the answer.
  if ((audiences?.length ?? 0) > 1) throw fail('node may only request 0 or 1 audiences');
  await restrictAudience(restriction, pod, audiences?.[0] ?? '');
}

async function restrictAudience(restriction: Restriction, pod: Pod, audience: string): Promise<void> {
  for (const volume of pod.spec!.volumes ?? []) if (await namesAudience(restriction, pod, volume, audience)) return;
  const { user, namespace, name } = restriction.attributes;
  const { decision } = await restriction.authorizer.authorize({
    user,
    verb: 'request-serviceaccounts-token-audience',
    resourceRequest: true,
    path: '',
    group: '',
    version: 'v1',
    resource: audience,
    subresource: '',
    namespace,
    name,
  });
  if (decision === 'allow') return;
  throw refused(
    restriction,
    `audience ${goQuote(audience)} not found in pod spec volume, ${user.username} is not authorized to request tokens for this audience`,
  );
}

async function namesAudience(restriction: Restriction, pod: Pod, volume: Volume, audience: string): Promise<boolean> {
  const projected = volume.projected?.sources ?? [];
  if (projected.some(({ serviceAccountToken: token }) => token && (token.audience ?? '') === audience)) return true;
  const claim = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata!.name}-${volume.name}` : undefined);
  const driverName = volume.csi?.driver ?? (claim && (await driverOfClaim(restriction, pod.metadata!.namespace!, claim)));
  if (!driverName) return false;
  const driver = (await existing(restriction, csiDriver, '', driverName)) as CSIDriver;
  return (driver.spec.tokenRequests ?? []).some((token) => (token.audience ?? '') === audience);
}

async function driverOfClaim(restriction: Restriction, namespace: string, name: string): Promise<string | undefined> {
  const claim = (await existing(restriction, persistentVolumeClaim, namespace, name)) as PersistentVolumeClaim;
  const volume = (await existing(restriction, persistentVolume, '', claim.spec!.volumeName ?? '')) as PersistentVolume;
  return volume.spec!.csi?.driver;
}
