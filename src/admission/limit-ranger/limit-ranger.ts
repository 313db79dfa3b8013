import { limitRange as limitRanges } from '../../../api/core/v1/limitrange.ts';
import { persistentVolumeClaim as claims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { aggregate } from '../../../api/meta/text.ts';
import type { LimitRange } from '../../../openapi/types.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';
import { claimViolations, podViolations } from './constraints.ts';
import { setDefaults } from './defaults.ts';

/** Gives containers the requests and limits that a LimitRange of their namespace sets by default, and refuses pods and claims beyond its bounds. */
export function limitRangerPlugin(lookup: Lookup): AdmissionPlugin {
  const rangesOf = async ({ namespace }: AdmissionAttributes) => (await lookup.list(limitRanges, namespace)) as readonly LimitRange[];
  return {
    name: 'LimitRanger',
    concerns: applies,
    async mutate(attributes) {
      if (!isPod(attributes)) return;
      for (const range of await rangesOf(attributes)) setDefaults(attributes.object!, range);
    },
    async validate(attributes) {
      const violations = isPod(attributes) ? podViolations : claimViolations;
      for (const range of await rangesOf(attributes)) {
        const found = violations(attributes.object as KubeObject, range);
        if (found.length > 0) throw refuse(attributes, aggregate(found));
      }
    },
  };
}

function isPod({ definition }: AdmissionAttributes): boolean {
  return definition.plural === pods.plural && definition.group === pods.group;
}

// Containers of a pod cannot be changed but by `resize`.
function applies(attributes: AdmissionAttributes): boolean {
  const { operation, subresource, old } = attributes;
  if ((operation !== 'CREATE' && operation !== 'UPDATE') || old?.metadata?.deletionTimestamp) return false;
  if (isPod(attributes)) return subresource === 'resize' ? operation === 'UPDATE' : subresource === '' && operation === 'CREATE';
  return isFor(attributes, claims);
}
