import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { defaultIngressClassPlugin } from './default-ingress-class/default-ingress-class.ts';
import { defaultStorageClassPlugin } from './default-storage-class/default-storage-class.ts';
import { defaultTolerationSecondsPlugin } from './default-toleration-seconds/default-toleration-seconds.ts';
import { limitRangerPlugin } from './limit-ranger/limit-ranger.ts';
import type { Lookup } from './lookup.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { priorityPlugin } from './priority/priority.ts';
import type { QuotaStore } from './resource-quota/accounting.ts';
import { resourceQuotaPlugin } from './resource-quota/resource-quota.ts';
import { runtimeClassPlugin } from './runtime-class/runtime-class.ts';
import { serviceAccountPlugin } from './service-account/service-account.ts';
import { storageObjectInUseProtectionPlugin } from './storage-object-in-use-protection/storage-object-in-use-protection.ts';
import { taintNodesByConditionPlugin } from './taint-nodes-by-condition/taint-nodes-by-condition.ts';

/** The plugins that are on by default, in kube-apiserver's order (NamespaceLifecycle, which needs the registry, comes before them). */
export function defaultAdmissionPlugins(lookup: Lookup, quotas: QuotaStore, clock: Clock, random: Random): AdmissionPlugin[] {
  return [
    limitRangerPlugin(lookup),
    serviceAccountPlugin(lookup, clock, random),
    taintNodesByConditionPlugin(),
    priorityPlugin(lookup),
    defaultTolerationSecondsPlugin(),
    defaultStorageClassPlugin(lookup),
    storageObjectInUseProtectionPlugin(),
    runtimeClassPlugin(lookup),
    defaultIngressClassPlugin(lookup),
    resourceQuotaPlugin(lookup, quotas, clock),
  ];
}
