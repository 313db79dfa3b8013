import type { AdmissionOperation } from '../plugin.ts';

type Operations = readonly AdmissionOperation[];

/** For which operations kube-apiserver asks a plugin, when objects are changed and when they are judged. */
export interface Asked {
  readonly admit?: Operations;
  readonly validate?: Operations;
}

const create: Operations = ['CREATE'];
const update: Operations = ['UPDATE'];
const write: Operations = ['CREATE', 'UPDATE'];
const writeOrDelete: Operations = [...write, 'DELETE'];
const writeOrConnect: Operations = [...write, 'CONNECT'];
const every: Operations = [...writeOrDelete, 'CONNECT'];

/** Its metrics count each plugin that is asked, whether or not it has to do with the request. Plugins that are not here have no counterpart there. */
export const askedPlugins: Readonly<Record<string, Asked>> = {
  AlwaysAdmit: { admit: every, validate: every },
  AlwaysDeny: { admit: every, validate: every },
  AlwaysPullImages: { admit: write, validate: write },
  CertificateApproval: { validate: update },
  CertificateSigning: { validate: update },
  CertificateSubjectRestriction: { validate: create },
  ClusterTrustBundleAttest: { validate: write },
  DefaultIngressClass: { admit: create },
  DefaultStorageClass: { admit: create },
  DefaultTolerationSeconds: { admit: write },
  DenyServiceExternalIPs: { validate: write },
  EventRateLimit: { validate: write },
  ExtendedResourceToleration: { admit: write },
  JobValidation: { validate: update },
  LimitPodHardAntiAffinityTopology: { validate: write },
  LimitRanger: { admit: write, validate: write },
  MutatingAdmissionPolicy: { admit: writeOrConnect },
  MutatingAdmissionWebhook: { admit: every },
  NamespaceAutoProvision: { admit: create },
  NamespaceExists: { validate: writeOrDelete },
  NamespaceLifecycle: { admit: writeOrDelete },
  NodeDeclaredFeatureValidator: { validate: update },
  NodeRestriction: { admit: writeOrDelete },
  OwnerReferencesPermissionEnforcement: { validate: write },
  PersistentVolumeClaimResize: { validate: update },
  PodGroupProtection: { admit: create },
  PodGroupWorkloadExists: { validate: create },
  PodNodeSelector: { admit: create, validate: create },
  PodResizeValidator: { validate: update },
  PodSecurity: { validate: write },
  PodTolerationRestriction: { admit: write, validate: write },
  PodTopologyLabels: { admit: create },
  Priority: { admit: writeOrDelete, validate: writeOrDelete },
  ResourceQuota: { validate: write },
  RuntimeClass: { admit: create, validate: create },
  ServiceAccount: { admit: write, validate: write },
  StorageObjectInUseProtection: { admit: create },
  TaintNodesByCondition: { admit: create },
  ValidatingAdmissionPolicy: { validate: every },
  ValidatingAdmissionWebhook: { validate: every },
};
