import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { persistentVolumeClaim } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { pod } from '../../../api/core/v1/pod.ts';
import { resourceQuota } from '../../../api/core/v1/resourcequota.ts';
import { event as newEvent } from '../../../api/events.k8s.io/v1/event.ts';
import { controllerOf } from '../../../api/meta/owners.ts';
import { deviceClass } from '../../../api/resource.k8s.io/v1/deviceclass.ts';
import { resourceClaim } from '../../../api/resource.k8s.io/v1/resourceclaim.ts';
import type { Clock } from '../../machinery/clock.ts';
import { quotaEvaluator } from '../../machinery/quota/index.ts';
import { type ClaimSurroundings, isOfPod } from '../../machinery/quota/resource-claims.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { QuotaAccounting, type QuotaStore } from './accounting.ts';
import { demandQuotas, type LimitedResource } from './limited.ts';

/**
 * Refuses what would exceed a ResourceQuota of its namespace, and books what it lets pass into the quota's status before it is stored. It comes last, so
 * that nothing is booked for what another plugin refuses.
 */
export function resourceQuotaPlugin(
  lookup: Lookup,
  store: QuotaStore,
  clock: Clock,
  limited: readonly LimitedResource[] = [],
): AdmissionPlugin {
  const accounting = new QuotaAccounting(store, clock);
  return {
    name: 'ResourceQuota',
    concerns(attributes) {
      const { operation, namespace, object } = attributes;
      return (operation === 'CREATE' || operation === 'UPDATE') && namespace !== '' && object !== undefined && !isUncounted(attributes);
    },
    async validate(attributes) {
      const { definition, operation, subresource, namespace, object, old } = attributes;
      const around = isFor(attributes, resourceClaim) ? await surroundings(lookup, attributes) : nothing;
      const evaluator = quotaEvaluator(definition, around);
      if ((operation !== 'CREATE' && operation !== 'UPDATE') || !evaluator.handles({ operation, subresource, object: object!, old }))
        return;
      const quotas = await lookup.list(resourceQuota, namespace);
      if (limited.length > 0) demandQuotas(limited, quotas, { attributes, evaluator }, clock.now());
      if (quotas.length > 0) await accounting.charge(namespace, quotas, { attributes, evaluator });
    },
  };
}

// Subresources change nothing that is counted, but for two; events come and go by themselves.
function isUncounted({ definition, subresource }: Pick<AdmissionAttributes, 'definition' | 'subresource'>): boolean {
  const { group, plural } = definition;
  if (plural === newEvent.plural && (group === '' || group === newEvent.group)) return true;
  if (group === namespaces.group && plural === namespaces.plural) return true;
  if (subresource === '') return false;
  if (group !== '') return true;
  return !((plural === pod.plural && subresource === 'resize') || (plural === persistentVolumeClaim.plural && subresource === 'status'));
}

const nothing: ClaimSurroundings = { deviceClasses: () => [], pod: () => undefined, claims: () => [] };

/** What of the cluster decides what a claim counts for. */
async function surroundings(lookup: Lookup, { namespace, object }: AdmissionAttributes): Promise<ClaimSurroundings> {
  const classes = await lookup.list(deviceClass, '');
  const owner = isOfPod(object!) && controllerOf(object!);
  if (!owner) return { ...nothing, deviceClasses: () => classes };
  const [itsPod, claims] = await Promise.all([lookup.get(pod, namespace, owner.name), lookup.list(resourceClaim, namespace)]);
  return { deviceClasses: () => classes, pod: () => itsPod, claims: () => claims };
}
