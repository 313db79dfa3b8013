import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { Pod } from '../../../openapi/types.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

const hostname = 'kubernetes.io/hostname';

/** Required anti-affinity keeps pods off single nodes only: over larger domains one pod could keep all others out. */
export const limitPodHardAntiAffinityTopologyPlugin: AdmissionPlugin = {
  name: 'LimitPodHardAntiAffinityTopology',
  validate(attributes) {
    const { operation, object } = attributes;
    if ((operation !== 'CREATE' && operation !== 'UPDATE') || !isFor(attributes, pods)) return;
    const terms = (object as Pod).spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const wrong = terms.find(({ topologyKey }) => topologyKey !== hostname);
    if (!wrong) return;
    const where = `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${wrong.topologyKey}`;
    throw refuse(attributes, `${where} but only key ${hostname} is allowed`);
  },
};
