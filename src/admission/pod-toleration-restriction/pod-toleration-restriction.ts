import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { isJsonObject } from '../../../api/meta/json.ts';
import { goJsonError } from '../../../api/meta/json-errors.ts';
import { podQosClass } from '../../../api/meta/resources.ts';
import type { Pod, Toleration } from '../../../openapi/types.ts';
import { explain } from '../../machinery/schema/explain.ts';
import { list } from '../../machinery/schema/shapes.ts';
import { ApiError } from '../../registry/errors.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { isSuperset, mergeTolerations } from '../tolerations.ts';
import { toleration } from './configuration.ts';

const defaults = 'scheduler.alpha.kubernetes.io/defaultTolerations';
const whitelist = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist';
const memoryPressure: Toleration = { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' };

export interface PodTolerationConfiguration {
  readonly default?: readonly Toleration[];
  readonly whitelist?: readonly Toleration[];
}

/** Pods get the default tolerations of their namespace (or the cluster's) and may have those of its whitelist. */
export function podTolerationRestrictionPlugin(lookup: Lookup, configuration: PodTolerationConfiguration): AdmissionPlugin {
  const ofNamespace = async ({ namespace: name }: AdmissionAttributes, annotation: string) => {
    const namespace = lookup.cached(namespaces, '', name) ?? (await lookup.get(namespaces, '', name));
    const text = namespace?.metadata?.annotations?.[annotation];
    if (text === undefined) return undefined;
    return text === '' ? [] : tolerationsOf(text);
  };
  const judge = async (attributes: AdmissionAttributes): Promise<void> => {
    const tolerations = (attributes.object as Pod).spec?.tolerations ?? [];
    if (tolerations.length === 0) return;
    const own = await ofNamespace(attributes, whitelist);
    const allowed = own ?? configuration.whitelist ?? [];
    if (allowed.length === 0 || tolerations.every((one) => allowed.some((whole) => isSuperset(whole, one)))) return;
    const message = `pod tolerations (possibly merged with namespace default tolerations) conflict with its ${own ? 'namespace' : 'cluster'} whitelist`;
    throw new ApiError(500, '', message);
  };
  return {
    name: 'PodTolerationRestriction',
    concerns: (attributes) =>
      ['CREATE', 'UPDATE'].includes(attributes.operation) && isFor(attributes, pods) && attributes.object !== undefined,
    async mutate(attributes) {
      const spec = (attributes.object as Pod).spec!;
      const isNew = attributes.operation === 'CREATE';
      const more = isNew ? ((await ofNamespace(attributes, defaults)) ?? configuration.default ?? []) : [];
      const further = podQosClass(spec) === 'BestEffort' ? more : [...more, memoryPressure];
      if (further.length > 0) spec.tolerations = mergeTolerations(spec.tolerations ?? [], further);
      await judge(attributes);
    },
    validate: judge,
  };
}

const fields = new Map([...toleration.fields.keys()].map((name) => [name.toLowerCase(), name]));

/** @throws ApiError in the words of Go's decoder, which takes names in any case and passes over those that it does not know */
function tolerationsOf(text: string): Toleration[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError(500, '', goJsonError(text));
  }
  const known = (one: object) =>
    Object.entries(one).flatMap(([name, field]) => {
      const own = fields.get(name.toLowerCase());
      return own === undefined || field === null ? [] : [[own, field]];
    });
  const tolerations = Array.isArray(value)
    ? value.map((one) => (isJsonObject(one) ? Object.fromEntries(known(one)) : (one ?? {})))
    : (value ?? []);
  const problem = explain(tolerations, list({ ...toleration, name: `v1.${toleration.name}` }));
  if (problem !== undefined) throw new ApiError(500, '', problem);
  return tolerations as Toleration[];
}
