import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { goJsonError } from '../../../api/meta/json-errors.ts';
import { podQosClass } from '../../../api/meta/resources.ts';
import type { Pod, Toleration } from '../../../openapi/types.ts';
import { explain } from '../../machinery/schema/explain.ts';
import { int64, list, object, string } from '../../machinery/schema/shapes.ts';
import { ApiError } from '../../registry/errors.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { isSuperset, mergeTolerations } from '../tolerations.ts';

const defaults = 'scheduler.alpha.kubernetes.io/defaultTolerations';
const whitelist = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist';
const memoryPressure: Toleration = { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' };

const shape = list(
  object('io.k8s.api.core.v1.Toleration', { key: string, operator: string, value: string, effect: string, tolerationSeconds: int64 }),
);

export interface PodTolerationConfiguration {
  readonly default?: readonly Toleration[];
  readonly whitelist?: readonly Toleration[];
}

/** Pods get the default tolerations of their namespace (or the cluster's) and may have those of its whitelist. */
export function podTolerationRestrictionPlugin(lookup: Lookup, configuration: PodTolerationConfiguration): AdmissionPlugin {
  const ofNamespace = async (
    { namespace: name }: AdmissionAttributes,
    annotation: string,
    otherwise: readonly Toleration[] | undefined,
  ) => {
    const namespace = lookup.cached(namespaces, '', name) ?? (await lookup.get(namespaces, '', name));
    const text = namespace?.metadata?.annotations?.[annotation];
    if (text === undefined) return otherwise ?? [];
    return text === '' ? [] : tolerationsOf(text);
  };
  const judge = async (attributes: AdmissionAttributes): Promise<void> => {
    const allowed = await ofNamespace(attributes, whitelist, configuration.whitelist);
    if (allowed.length === 0) return;
    for (const toleration of (attributes.object as Pod).spec?.tolerations ?? []) {
      if (allowed.some((one) => isSuperset(one, toleration))) continue;
      throw new ApiError(
        500,
        '',
        'pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist',
      );
    }
  };
  return {
    name: 'PodTolerationRestriction',
    concerns: (attributes) =>
      ['CREATE', 'UPDATE'].includes(attributes.operation) && isFor(attributes, pods) && attributes.object !== undefined,
    async mutate(attributes) {
      const spec = (attributes.object as Pod).spec!;
      let tolerations: readonly Toleration[] = spec.tolerations ?? [];
      if (attributes.operation === 'CREATE') {
        tolerations = mergeTolerations(tolerations, await ofNamespace(attributes, defaults, configuration.default));
      }
      if (podQosClass(spec) !== 'BestEffort') tolerations = mergeTolerations(tolerations, [memoryPressure]);
      if (tolerations.length > 0) spec.tolerations = [...tolerations];
      await judge(attributes);
    },
    validate: judge,
  };
}

/** @throws ApiError in the words of Go's decoder */
function tolerationsOf(text: string): Toleration[] {
  let value: Toleration[];
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError(500, '', goJsonError(text));
  }
  const problem = explain(value, shape);
  if (problem !== undefined) throw new ApiError(500, '', problem);
  return value ?? [];
}
