import { node as nodes } from '../../../api/core/v1/node.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { configMapNames, secretNames } from '../../../api/core/v1/pod-references.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { Pod, Volume } from '../../../openapi/types.ts';
import { existing, type Restrict, type Restriction, refused } from './restriction.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Kubelets create mirror pods, change the status of their pods, and delete and evict these. */
export function restrictPods(restriction: Restriction): Promise<void> | void {
  const { operation, subresource } = restriction.attributes;
  switch (subresource) {
    case 'status':
      return restrictStatus(restriction);
    case 'eviction':
      return restrictOther(restriction, (node) => `node ${node} can only evict pods with spec.nodeName set to itself`);
    case '':
      if (operation === 'CREATE') return restrictCreate(restriction);
      if (operation === 'DELETE') {
        return restrictOther(restriction, (node) => `node ${goQuote(node)} can only delete pods with spec.nodeName set to itself`);
      }
      throw refused(
        restriction,
        `unexpected operation ${goQuote(operation)}, node ${goQuote(restriction.node)} can only create and delete mirror pods`,
      );
    default:
      throw refused(restriction, `unexpected pod subresource ${goQuote(subresource)}, only 'status' and 'eviction' are allowed`);
  }
}

const restrictStatus: Restrict = (restriction) => {
  const { operation, object, old } = restriction.attributes;
  const node = goQuote(restriction.node);
  if (operation !== 'UPDATE') throw refused(restriction, `unexpected operation ${goQuote(operation)}`);
  const [pod, before] = [object as Pod, old as Pod];
  if (before.spec!.nodeName !== restriction.node) {
    throw refused(restriction, `node ${node} can only update pod status for pods with spec.nodeName set to itself`);
  }
  if (!semanticEqual(pod.metadata!.labels, before.metadata!.labels)) {
    throw refused(restriction, `node ${node} cannot update labels through pod status`);
  }
  if (!semanticEqual(pod.status?.resourceClaimStatuses, before.status?.resourceClaimStatuses)) {
    throw refused(restriction, `node ${node} cannot update resource claim statues`);
  }
  if (!semanticEqual(pod.status?.extendedResourceClaimStatus, before.status?.extendedResourceClaimStatus)) {
    throw refused(restriction, `node ${node} cannot update extended resource claim status`);
  }
};

async function restrictOther(restriction: Restriction, message: (node: string) => string): Promise<void> {
  const { namespace, name, object, old } = restriction.attributes;
  const pod = (old ?? (await existing(restriction, pods, namespace, name || (object?.metadata?.name ?? '')))) as Pod;
  if (pod.spec!.nodeName !== restriction.node) throw refused(restriction, message(restriction.node));
}

async function restrictCreate(restriction: Restriction): Promise<void> {
  const pod = restriction.attributes.object as Pod;
  const node = goQuote(restriction.node);
  const { annotations, ownerReferences = [] } = pod.metadata!;
  const fail = (message: string) => refused(restriction, message);
  if (annotations?.[mirrorAnnotation] === undefined) {
    throw fail(`pod does not have ${goQuote(mirrorAnnotation)} annotation, node ${node} can only create mirror pods`);
  }
  if (pod.spec!.nodeName !== restriction.node) throw fail(`node ${node} can only create pods with spec.nodeName set to itself`);
  if (ownerReferences.length > 1) throw fail(`node ${node} can only create pods with a single owner reference set to itself`);
  const [owner] = ownerReferences;
  if (owner?.apiVersion !== nodes.version || owner.kind !== nodes.kind || owner.name !== restriction.node) {
    throw fail(`node ${node} can only create pods with an owner reference set to itself`);
  }
  if (!owner.controller) throw fail(`node ${node} can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion) throw fail(`node ${node} must not set blockOwnerDeletion on an owner reference`);
  const { uid } = (await existing(restriction, nodes, '', restriction.node)).metadata!;
  if (owner.uid !== uid) throw fail(`node ${restriction.node} UID mismatch: expected ${owner.uid} got ${uid}`);
  const reference = apiReference(pod);
  if (reference) throw fail(`node ${node} can not create pods that reference ${reference}`);
}

/** The first sort of API object that a pod needs. */
function apiReference(pod: Pod): string | undefined {
  if (pod.spec!.serviceAccountName) return 'serviceaccounts';
  if (secretNames(pod).size > 0) return 'secrets';
  if (configMapNames(pod).size > 0) return 'configmaps';
  if (pod.spec!.resourceClaims?.length) return 'resourceclaims';
  for (const volume of pod.spec!.volumes ?? []) {
    const reference = volumeReference(volume);
    if (reference) return reference;
  }
  return undefined;
}

function volumeReference({ csi, glusterfs, persistentVolumeClaim, ephemeral, projected }: Volume): string | undefined {
  if (csi) return 'csidrivers (via CSI volumes)';
  if (glusterfs) return 'endpoints (via glusterFS volumes)';
  if (persistentVolumeClaim) return 'persistentvolumeclaims';
  if (ephemeral) return 'persistentvolumeclaims (via ephemeral volumes)';
  for (const source of projected?.sources ?? []) {
    if (source.serviceAccountToken) return 'serviceaccounts (via projected volumes)';
    if (source.clusterTrustBundle) return 'clustertrustbundles';
    if (source.podCertificate) return 'podcertificates';
  }
  return undefined;
}
