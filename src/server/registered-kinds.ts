import { apiVersionOf } from '../../api/meta/object.ts';
import { knownVersions } from '../../openapi/documents/known-versions.ts';
import { unversionedKinds } from '../machinery/expected-kind.ts';

/**
 * Kinds that kube-apiserver v1.36.3 knows beside those that it serves as resources, with the list of each: its decoder reads such a body before it is refused
 * for being of another kind. Found by sending it bodies of every kind that Kubernetes ever had.
 */
const kindsWithLists: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/v1alpha1':
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1beta1':
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  'apps/v1beta1': 'ControllerRevision Deployment StatefulSet',
  'apps/v1beta2': 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  'batch/v1beta1': 'CronJob',
  'certificates.k8s.io/v1alpha1': 'ClusterTrustBundle',
  'certificates.k8s.io/v1beta1': 'CertificateSigningRequest ClusterTrustBundle PodCertificateRequest',
  'coordination.k8s.io/v1alpha2': 'LeaseCandidate',
  'coordination.k8s.io/v1beta1': 'Lease LeaseCandidate',
  'discovery.k8s.io/v1beta1': 'EndpointSlice',
  'events.k8s.io/v1beta1': 'Event',
  'extensions/v1beta1': 'DaemonSet Deployment Ingress NetworkPolicy ReplicaSet',
  'flowcontrol.apiserver.k8s.io/v1beta1': 'FlowSchema PriorityLevelConfiguration',
  'flowcontrol.apiserver.k8s.io/v1beta2': 'FlowSchema PriorityLevelConfiguration',
  'flowcontrol.apiserver.k8s.io/v1beta3': 'FlowSchema PriorityLevelConfiguration',
  'internal.apiserver.k8s.io/v1alpha1': 'StorageVersion',
  'networking.k8s.io/v1beta1': 'IPAddress Ingress IngressClass ServiceCIDR',
  'node.k8s.io/v1alpha1': 'RuntimeClass',
  'node.k8s.io/v1beta1': 'RuntimeClass',
  'policy/v1beta1': 'PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1alpha1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'rbac.authorization.k8s.io/v1beta1': 'ClusterRole ClusterRoleBinding Role RoleBinding',
  'resource.k8s.io/v1alpha3': 'DeviceTaintRule ResourcePoolStatusRequest',
  'resource.k8s.io/v1beta1': 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
  'resource.k8s.io/v1beta2': 'DeviceClass DeviceTaintRule ResourceClaim ResourceClaimTemplate ResourceSlice',
  'scheduling.k8s.io/v1alpha2': 'PodGroup Workload',
  'scheduling.k8s.io/v1beta1': 'PriorityClass',
  'storage.k8s.io/v1alpha1': 'CSIStorageCapacity VolumeAttachment VolumeAttributesClass',
  'storage.k8s.io/v1beta1': 'CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass',
  'storagemigration.k8s.io/v1beta1': 'StorageVersionMigration',
};

const kindsWithoutLists: Readonly<Record<string, string>> = {
  v1: 'List NodeProxyOptions PodAttachOptions PodExecOptions PodLogOptions PodPortForwardOptions PodProxyOptions PodStatusResult RangeAllocation SerializedReference ServiceProxyOptions',
  'admission.k8s.io/v1': 'AdmissionReview',
  'admission.k8s.io/v1beta1': 'AdmissionReview',
  'apps/v1beta1': 'DeploymentRollback Scale',
  'apps/v1beta2': 'Scale',
  'authentication.k8s.io/v1': 'TokenRequest',
  'authentication.k8s.io/v1alpha1': 'SelfSubjectReview',
  'authentication.k8s.io/v1beta1': 'SelfSubjectReview TokenReview',
  'authorization.k8s.io/v1beta1': 'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  'autoscaling/v1': 'Scale',
  'extensions/v1beta1': 'DeploymentRollback Scale',
  'imagepolicy.k8s.io/v1alpha1': 'ImageReview',
  'policy/v1': 'Eviction',
  'policy/v1beta1': 'Eviction',
};

/** Kinds of metav1 that each group-version has. */
const kindsOfEachVersion: ReadonlySet<string> = new Set([
  ...['CreateOptions', 'DeleteOptions', 'GetOptions', 'ListOptions', 'PatchOptions', 'UpdateOptions', 'WatchEvent'],
]);

const known: ReadonlySet<string> = new Set([
  ...Object.entries(kindsWithLists).flatMap(([version, kinds]) =>
    kinds.split(' ').flatMap((kind) => [`${version} ${kind}`, `${version} ${kind}List`]),
  ),
  ...Object.entries(kindsWithoutLists).flatMap(([version, kinds]) => kinds.split(' ').map((kind) => `${version} ${kind}`)),
]);

/** Groups that servers of their own within kube-apiserver decode. */
const decodedApart: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

const knownGroupVersions: ReadonlySet<string> = new Set(
  knownVersions.filter(({ group }) => !decodedApart.has(group)).map(({ group, version }) => apiVersionOf(group, version)),
);

/** The version in which the real server knows a kind that it does not serve as a resource; undefined where it does not. */
export function registeredVersion(apiVersion: string, kind: string): string | undefined {
  if (unversionedKinds.has(kind)) return 'v1';
  if (kindsOfEachVersion.has(kind) && knownGroupVersions.has(apiVersion)) return 'v1';
  return known.has(`${apiVersion} ${kind}`) ? apiVersion.split('/').at(-1) : undefined;
}

const movedFromExtensions: Readonly<Record<string, string>> = { Ingress: 'networking.k8s.io', NetworkPolicy: 'networking.k8s.io' };

/** The group in which a kind is handled, whichever group and version it came in. */
export function internalGroup(group: string, kind: string): string {
  if (kind === 'Scale') return 'autoscaling';
  if (group === 'events.k8s.io') return '';
  return group === 'extensions' ? (movedFromExtensions[kind] ?? 'apps') : group;
}
