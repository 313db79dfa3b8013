import type { KubeObject } from '../../../api/meta/object.ts';
import type { Toleration } from '../../../openapi/types.ts';
import { matchesNodeAffinity, tolerates } from '../../runtime/node-selection.ts';
import { podFromTemplate } from '../../runtime/pod-control.ts';
import { daemonSets } from '../resources.ts';

export const hashLabel = 'controller-revision-hash';
const generationLabel = 'pod-template-generation';
const generationAnnotation = 'deprecated.daemonset.template.generation';
const nodeNameField = 'metadata.name';

/** What every pod of a DaemonSet puts up with: the conditions of a node that it is there to mend. */
const noExecute = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const noSchedule = [
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/unschedulable',
];
const withHostNetwork = 'node.kubernetes.io/network-unavailable';

function generationOf(set: KubeObject): string | undefined {
  const text = set.metadata!.annotations?.[generationAnnotation];
  return text !== undefined && /^[+-]?\d+$/.test(text) ? String(Number(text)) : undefined;
}

/** Whether the pod has the template of this hash. */
export function isUpdated(set: KubeObject, pod: KubeObject, hash: string): boolean {
  const labels = pod.metadata!.labels ?? {};
  const generation = generationOf(set);
  return labels[hashLabel] === hash || (generation !== undefined && labels[generationLabel] === generation);
}

function tolerationsOf(spec: KubeObject): Toleration[] {
  const own: Toleration[] = spec.tolerations ?? [];
  const keys = spec.hostNetwork ? [...noSchedule, withHostNetwork] : noSchedule;
  const added = [
    ...noExecute.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute' })),
    ...keys.map((key) => ({ key, operator: 'Exists', effect: 'NoSchedule' })),
  ];
  const same = (a: Toleration, b: Toleration) =>
    a.key === b.key && a.effect === b.effect && (a.operator ?? 'Equal') === b.operator && (a.value ?? '') === '';
  const kept = own.map((toleration) => added.find((candidate) => same(toleration, candidate)) ?? toleration);
  return [...kept, ...added.filter((toleration) => !kept.includes(toleration))];
}

/** The pod of a DaemonSet for one node, to which the scheduler will bind it. */
export function podFor(set: KubeObject, hash: string, node: string): KubeObject {
  const pod = podFromTemplate(set.spec.template, set, daemonSets);
  const generation = generationOf(set);
  const labels = { ...pod.metadata!.labels, ...(generation ? { [generationLabel]: generation } : {}), [hashLabel]: hash };
  const { affinity } = pod.spec;
  const here = { nodeSelectorTerms: [{ matchFields: [{ key: nodeNameField, operator: 'In', values: [node] }] }] };
  const nodeAffinity = { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: here };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...pod.spec, tolerations: tolerationsOf(pod.spec), affinity: { ...affinity, nodeAffinity } },
  };
}

/** The node that a pod is on, or made for; undefined for a pod that is made for none. */
export function targetNodeOf(pod: KubeObject): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { matchFields = [] } of terms) {
    for (const { key, operator, values } of matchFields) {
      if (key === nodeNameField && operator === 'In' && values?.length === 1) return values[0];
    }
  }
  return undefined;
}

export interface Placement {
  /** A pod belongs there. */
  readonly shouldRun: boolean;
  /** One that is there may stay. */
  readonly mayStay: boolean;
}

const nowhere: Placement = { shouldRun: false, mayStay: false };

/** Says for any node whether a pod of the set belongs there. */
export function placementOf(set: KubeObject): (node: KubeObject) => Placement {
  const { spec } = set.spec.template;
  const pod = { spec };
  const tolerations = tolerationsOf(spec);
  return (node) => {
    if (spec.nodeName && spec.nodeName !== node.metadata!.name) return nowhere;
    if (!matchesNodeAffinity(pod as never, node as never)) return nowhere;
    const refused = (node.spec?.taints ?? []).filter(({ effect }: { effect: string }) => effect === 'NoSchedule' || effect === 'NoExecute');
    const untolerated = refused.filter((taint: never) => !tolerates(tolerations, taint));
    if (untolerated.length === 0) return { shouldRun: true, mayStay: true };
    return { shouldRun: false, mayStay: !untolerated.some(({ effect }: { effect: string }) => effect === 'NoExecute') };
  };
}
