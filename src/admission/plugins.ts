import type { WebhookClient } from '../machinery/webhook-client.ts';
import { certificateApprovalPlugin, certificateSigningPlugin } from './certificates/certificates.ts';
import { defaultIngressClassPlugin } from './default-ingress-class/default-ingress-class.ts';
import { defaultStorageClassPlugin } from './default-storage-class/default-storage-class.ts';
import { defaultTolerationSecondsPlugin } from './default-toleration-seconds/default-toleration-seconds.ts';
import type { AdmissionEnvironment } from './environment.ts';
import { limitRangerPlugin } from './limit-ranger/limit-ranger.ts';
import { nodeRestrictionPlugin } from './node-restriction/node-restriction.ts';
import { persistentVolumeClaimResizePlugin } from './persistent-volume-claim-resize/persistent-volume-claim-resize.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { podResizePlugin } from './pod-resize/pod-resize.ts';
import { podSecurityPlugin } from './pod-security/pod-security.ts';
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
}

/** The plugins that are on by default, in kube-apiserver's order (NamespaceLifecycle, which needs the registry, comes before them). */
export function defaultAdmissionPlugins(environment: AdmissionEnvironment, parts: AdmissionParts): AdmissionPlugin[] {
  const { lookup, authorizer, clock, random } = environment;
  const webhooks = { ...environment, client: parts.webhookClient };
  return [
    limitRangerPlugin(lookup),
    serviceAccountPlugin(lookup, clock, random),
    nodeRestrictionPlugin(lookup, authorizer),
    taintNodesByConditionPlugin(),
    podSecurityPlugin(lookup),
    priorityPlugin(lookup),
    defaultTolerationSecondsPlugin(),
    defaultStorageClassPlugin(lookup),
    storageObjectInUseProtectionPlugin(),
    persistentVolumeClaimResizePlugin(lookup),
    runtimeClassPlugin(lookup),
    certificateApprovalPlugin(authorizer),
    certificateSigningPlugin(authorizer),
    defaultIngressClassPlugin(lookup),
    podTopologyLabelsPlugin(lookup),
    podResizePlugin(lookup),
    new MutatingPolicyPlugin(parts.mutatingPolicies, environment),
    new MutatingWebhookPlugin(parts.mutatingWebhooks, webhooks),
    rbacEscalationCheck(parts.rbac, authorizer),
    new ValidatingPolicyPlugin(parts.validatingPolicies, environment),
    new ValidatingWebhookPlugin(parts.validatingWebhooks, webhooks),
    resourceQuotaPlugin(lookup, parts.quotas, clock),
  ];
}
