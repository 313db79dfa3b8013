import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { Pod, Toleration } from '../../../openapi/types.ts';
import { isFor } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const tolerationSeconds = 300;

/** Pods that say nothing of a node that is not ready or unreachable stay on it for five minutes. */
export function defaultTolerationSecondsPlugin(): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    mutate(attributes) {
      if (attributes.operation !== 'CREATE' && attributes.operation !== 'UPDATE') return;
      if (!isFor(attributes, pods) || !attributes.object) return;
      const spec = (attributes.object as Pod).spec!;
      const tolerations: Toleration[] = spec.tolerations ?? [];
      const missing = keys.filter((key) => !tolerations.some((toleration) => tolerates(toleration, key)));
      if (missing.length === 0) return;
      spec.tolerations = [...tolerations, ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }))];
    },
  };
}

function tolerates(toleration: Toleration, key: string): boolean {
  return (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect);
}
