import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { Pod, Toleration } from '../../../openapi/types.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

export interface TolerationSeconds {
  readonly notReady: number;
  readonly unreachable: number;
}

/** Pods that say nothing of a node that is not ready or unreachable stay on it for so long. */
export function defaultTolerationSecondsPlugin({ notReady, unreachable }: TolerationSeconds): AdmissionPlugin {
  const defaults = [
    ['node.kubernetes.io/not-ready', notReady],
    ['node.kubernetes.io/unreachable', unreachable],
  ] as const;
  return {
    name: 'DefaultTolerationSeconds',
    mutate(attributes) {
      if (attributes.operation !== 'CREATE' && attributes.operation !== 'UPDATE') return;
      if (!isFor(attributes, pods) || !attributes.object) return;
      const spec = (attributes.object as Pod).spec!;
      const tolerations: Toleration[] = spec.tolerations ?? [];
      const missing = defaults.filter(([key]) => !tolerations.some((toleration) => tolerates(toleration, key)));
      if (missing.length === 0) return;
      spec.tolerations = [
        ...tolerations,
        ...missing.map(([key, tolerationSeconds]) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds })),
      ];
    },
  };
}

function tolerates(toleration: Toleration, key: string): boolean {
  return (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect);
}
