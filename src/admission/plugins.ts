import { goQuote } from '../../api/meta/go-quote.ts';
import { aggregate } from '../../api/meta/text.ts';
import type { WebhookClient } from '../machinery/webhook-client.ts';
import { alwaysAdmitPlugin, alwaysDenyPlugin } from './always/always.ts';
import { alwaysPullImagesPlugin } from './always-pull-images/always-pull-images.ts';
import { certificateApprovalPlugin, certificateSigningPlugin, certificateSubjectRestrictionPlugin } from './certificates/certificates.ts';
import { noConfigurations, type PluginConfigurations } from './configuration.ts';
import { defaultIngressClassPlugin } from './default-ingress-class/default-ingress-class.ts';
import { defaultStorageClassPlugin } from './default-storage-class/default-storage-class.ts';
import { defaultTolerationSecondsPlugin, type TolerationSeconds } from './default-toleration-seconds/default-toleration-seconds.ts';
import { denyServiceExternalIPsPlugin } from './deny-service-external-ips/deny-service-external-ips.ts';
import type { AdmissionEnvironment } from './environment.ts';
import { eventRateLimitPlugin } from './event-rate-limit/event-rate-limit.ts';
import { extendedResourceTolerationPlugin } from './extended-resource-toleration/extended-resource-toleration.ts';
import { ImagePolicyWebhookPlugin } from './image-policy-webhook/image-policy-webhook.ts';
import { limitPodHardAntiAffinityTopologyPlugin } from './limit-pod-hard-anti-affinity-topology/limit-pod-hard-anti-affinity-topology.ts';
import { limitRangerPlugin } from './limit-ranger/limit-ranger.ts';
import { namespaceAutoProvisionPlugin } from './namespace-auto-provision/namespace-auto-provision.ts';
import { namespaceExistsPlugin } from './namespace-exists/namespace-exists.ts';
import { nodeDeclaredFeaturesPlugin } from './node-declared-features/node-declared-features.ts';
import { nodeRestrictionPlugin } from './node-restriction/node-restriction.ts';
import { ownerReferencesPermissionEnforcementPlugin } from './owner-references-permission-enforcement/owner-references-permission-enforcement.ts';
import { persistentVolumeClaimResizePlugin } from './persistent-volume-claim-resize/persistent-volume-claim-resize.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podNodeSelectorPlugin } from './pod-node-selector/pod-node-selector.ts';
import { podResizePlugin } from './pod-resize/pod-resize.ts';
import { podSecurityPlugin } from './pod-security/pod-security.ts';
import { podTolerationRestrictionPlugin } from './pod-toleration-restriction/pod-toleration-restriction.ts';
import { podTopologyLabelsPlugin } from './pod-topology-labels/pod-topology-labels.ts';
import { type MutatingPolicies, MutatingPolicyPlugin } from './policy/mutating.ts';
import { type ValidatingPolicies, ValidatingPolicyPlugin } from './policy/validating.ts';
import { priorityPlugin } from './priority/priority.ts';
import { type RbacRules, rbacEscalationCheck } from './rbac-escalation/rbac-escalation.ts';
import type { QuotaStore } from './resource-quota/accounting.ts';
import { resourceQuotaPlugin } from './resource-quota/resource-quota.ts';
import { runtimeClassPlugin } from './runtime-class/runtime-class.ts';
import { serviceAccountPlugin } from './service-account/service-account.ts';
import { storageObjectInUseProtectionPlugin } from './storage-object-in-use-protection/storage-object-in-use-protection.ts';
import { taintNodesByConditionPlugin } from './taint-nodes-by-condition/taint-nodes-by-condition.ts';
import { MutatingWebhookPlugin } from './webhook/mutating.ts';
import { ValidatingWebhookPlugin } from './webhook/validating.ts';
import type { Webhooks } from './webhook/webhook.ts';

/** What the default plugins need besides their environment. */
export interface AdmissionParts {
  readonly quotas: QuotaStore;
  readonly rbac: RbacRules;
  readonly webhookClient: WebhookClient;
  /** Kept in step with the configurations that are stored. */
  readonly mutatingWebhooks: Webhooks;
  readonly validatingWebhooks: Webhooks;
  /** Likewise, with the policies and bindings. */
  readonly mutatingPolicies: MutatingPolicies;
  readonly validatingPolicies: ValidatingPolicies;
  /** Makes a namespace in the API server's own name. @throws ApiError */
  createNamespace(name: string): Promise<unknown>;
}

/** Which plugins are asked, and what they are told. */
export interface PluginChoice {
  /** Besides those that are on by default. */
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
  readonly configurations: PluginConfigurations;
  readonly tolerationSeconds: TolerationSeconds;
}

export const defaultChoice: PluginChoice = {
  enabled: [],
  disabled: [],
  configurations: noConfigurations,
  tolerationSeconds: { notReady: 300, unreachable: 300 },
};

/** Known, but without anything to do here: they are about features that are off by default in v1.36. */
const idle = ['ClusterTrustBundleAttest', 'JobValidation', 'PodGroupProtection', 'PodGroupWorkloadExists'];
/** Off unless they are enabled; NodeRestriction is on here, as kubeadm and the like have it. */
const optional = [
  'AlwaysAdmit',
  'AlwaysDeny',
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'ImagePolicyWebhook',
  'LimitPodHardAntiAffinityTopology',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'OwnerReferencesPermissionEnforcement',
  'PodNodeSelector',
  'PodTolerationRestriction',
];
const onByDefault = [
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'DefaultStorageClass',
  'DefaultTolerationSeconds',
  'LimitRanger',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'NamespaceLifecycle',
  'NodeDeclaredFeatureValidator',
  'NodeRestriction',
  'PersistentVolumeClaimResize',
  'PodResizeValidator',
  'PodSecurity',
  'PodTopologyLabels',
  'Priority',
  'ResourceQuota',
  'RuntimeClass',
  'ServiceAccount',
  'StorageObjectInUseProtection',
  'TaintNodesByCondition',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
];

/** What is wrong with the names of plugins to enable and to disable, in kube-apiserver's words; undefined if nothing is. */
export function pluginNamesProblem(enabled: readonly string[], disabled: readonly string[]): string | undefined {
  const known = new Set([...idle, ...optional, ...onByDefault]);
  const unknown = (names: readonly string[], flag: string) =>
    names.filter((name) => !known.has(name)).map((name) => `${flag} plugin ${goQuote(name)} is unknown`);
  const problems = [...unknown(enabled, 'enable-admission-plugins'), ...unknown(disabled, 'disable-admission-plugins')];
  const both = enabled.filter((name) => disabled.includes(name));
  if (both.length > 0) problems.push(`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`);
  return problems.length === 0 ? undefined : aggregate(problems);
}

export function isPluginOn(name: string, enabled: readonly string[], disabled: readonly string[]): boolean {
  return optional.includes(name) ? enabled.includes(name) : !disabled.includes(name);
}

/** The plugins of a choice, in kube-apiserver's order. @param namespaceLifecycle which needs the registry */
export function admissionPlugins(
  environment: AdmissionEnvironment,
  parts: AdmissionParts,
  namespaceLifecycle: AdmissionPlugin,
  { enabled, disabled, configurations, tolerationSeconds }: PluginChoice = defaultChoice,
): AdmissionPlugin[] {
  const { lookup, authorizer, clock, random, logger } = environment;
  const webhooks = { ...environment, client: parts.webhookClient };
  const { podSecurity, eventLimits, limitedResources, podNodeSelectors, podTolerations, imagePolicy } = configurations;
  const { mutatingCredentials, validatingCredentials } = configurations;
  const all = [
    alwaysAdmitPlugin,
    namespaceAutoProvisionPlugin(lookup, parts.createNamespace),
    namespaceLifecycle,
    namespaceExistsPlugin(lookup),
    limitPodHardAntiAffinityTopologyPlugin,
    limitRangerPlugin(lookup),
    serviceAccountPlugin(lookup, clock, random),
    nodeRestrictionPlugin(lookup, authorizer),
    taintNodesByConditionPlugin(),
    alwaysPullImagesPlugin,
    ...(imagePolicy ? [new ImagePolicyWebhookPlugin(imagePolicy, clock, logger)] : []),
    podSecurityPlugin(lookup, environment.metrics.podSecurity, podSecurity),
    podNodeSelectorPlugin(lookup, podNodeSelectors),
    priorityPlugin(lookup),
    defaultTolerationSecondsPlugin(tolerationSeconds),
    podTolerationRestrictionPlugin(lookup, podTolerations),
    eventRateLimitPlugin(eventLimits, clock),
    extendedResourceTolerationPlugin,
    defaultStorageClassPlugin(lookup),
    storageObjectInUseProtectionPlugin(),
    ownerReferencesPermissionEnforcementPlugin(environment),
    persistentVolumeClaimResizePlugin(lookup),
    runtimeClassPlugin(lookup),
    certificateApprovalPlugin(authorizer),
    certificateSigningPlugin(authorizer),
    certificateSubjectRestrictionPlugin,
    defaultIngressClassPlugin(lookup),
    denyServiceExternalIPsPlugin,
    podTopologyLabelsPlugin(lookup),
    nodeDeclaredFeaturesPlugin(lookup),
    podResizePlugin(lookup),
    new MutatingPolicyPlugin(parts.mutatingPolicies, environment),
    new MutatingWebhookPlugin(parts.mutatingWebhooks, { ...webhooks, credentials: mutatingCredentials }),
    rbacEscalationCheck(parts.rbac, authorizer),
    new ValidatingPolicyPlugin(parts.validatingPolicies, environment),
    new ValidatingWebhookPlugin(parts.validatingWebhooks, { ...webhooks, credentials: validatingCredentials }),
    resourceQuotaPlugin(lookup, parts.quotas, clock, limitedResources),
    alwaysDenyPlugin,
  ];
  return [...all, ...idle.map((name) => ({ name }))].filter(({ name }) => isPluginOn(name, enabled, disabled));
}
