import { pod as pods } from '../../../api/core/v1/pod.ts';
import { isExtendedResource } from '../../../api/core/v1/resource-names.ts';
import { sorted } from '../../../api/meta/text.ts';
import type { Pod } from '../../../openapi/types.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { addToleration } from '../tolerations.ts';

/** Pods that ask for an extended resource tolerate the taint of that name, with which nodes are kept for it. */
export const extendedResourceTolerationPlugin: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  mutate(attributes) {
    const { operation, object } = attributes;
    if ((operation !== 'CREATE' && operation !== 'UPDATE') || !isFor(attributes, pods)) return;
    const spec = (object as Pod).spec!;
    const requested = [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
      Object.keys(resources?.requests ?? {}),
    );
    for (const key of sorted(new Set(requested.filter(isExtendedResource)))) {
      spec.tolerations = addToleration(spec.tolerations ?? [], { key, operator: 'Exists', effect: 'NoSchedule' });
    }
  },
};
