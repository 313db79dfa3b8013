import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { priorityClass as priorityClasses } from '../../../api/scheduling.k8s.io/v1/priorityclass.ts';
import type { Pod, PriorityClass } from '../../../openapi/types.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** Names of classes that the cluster itself needs. */
const systemPrefix = 'system-';

/** Resolves a pod's priority from its PriorityClass, and lets at most one class be the default (KEP-268). */
export function priorityPlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'Priority',
    concerns: (attributes) => isFor(attributes, pods) || isFor(attributes, priorityClasses),
    async mutate(attributes) {
      if (!isFor(attributes, pods)) return;
      if (attributes.operation === 'CREATE') await resolve(attributes, lookup);
      else if (attributes.operation === 'UPDATE') keep(attributes);
    },
    async validate(attributes) {
      if (attributes.operation === 'DELETE' && isFor(attributes, priorityClasses) && attributes.name.startsWith(systemPrefix)) {
        throw refuse(attributes, 'this is a system priority class and cannot be deleted');
      }
      if (attributes.operation !== 'CREATE' && attributes.operation !== 'UPDATE') return;
      if (!isFor(attributes, priorityClasses) || !attributes.object?.globalDefault) return;
      const others = await lookup.list(priorityClasses, '');
      const present = others.find((other) => other.globalDefault && other.metadata!.name !== attributes.object!.metadata!.name);
      if (present) {
        throw refuse(attributes, `PriorityClass ${present.metadata!.name} is already marked as default. Only one default can exist`);
      }
    },
  };
}

// An update that leaves them out does not mean to change them.
function keep({ object, old }: AdmissionAttributes): void {
  const spec = (object as Pod).spec;
  const before = (old as Pod | undefined)?.spec;
  if (!spec || !before) return;
  if (before.priority !== undefined) spec.priority ??= before.priority;
  if (before.preemptionPolicy !== undefined) spec.preemptionPolicy ??= before.preemptionPolicy;
}

async function resolve(attributes: AdmissionAttributes, lookup: Lookup): Promise<void> {
  const spec = (attributes.object as Pod).spec!;
  let priority = 0;
  let preemptionPolicy: string | undefined = 'PreemptLowerPriority';
  if (!spec.priorityClassName) {
    const byDefault = lowest(await lookup.list(priorityClasses, ''));
    if (byDefault) {
      spec.priorityClassName = byDefault.metadata!.name!;
      priority = byDefault.value ?? 0;
      preemptionPolicy = byDefault.preemptionPolicy;
    }
  } else {
    const named = (await lookup.get(priorityClasses, '', spec.priorityClassName)) as PriorityClass | undefined;
    if (!named) throw refuse(attributes, `no PriorityClass with name ${spec.priorityClassName} was found`);
    priority = named.value ?? 0;
    preemptionPolicy = named.preemptionPolicy;
  }
  if (spec.priority !== undefined && spec.priority !== priority) {
    throw refuse(
      attributes,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
    );
  }
  if (spec.preemptionPolicy !== undefined && preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    throw refuse(
      attributes,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    );
  }
  spec.priority = priority;
  spec.preemptionPolicy ??= preemptionPolicy;
}

// Two defaults can only come from a race of two writes; the lower one holds then.
function lowest(classes: readonly KubeObject[]): PriorityClass | undefined {
  let best: PriorityClass | undefined;
  for (const candidate of classes as readonly PriorityClass[]) {
    if (candidate.globalDefault && (!best || (candidate.value ?? 0) < (best.value ?? 0))) best = candidate;
  }
  return best;
}
