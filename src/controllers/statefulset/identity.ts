import type { KubeObject } from '../../../api/meta/object.ts';
import { podFromTemplate } from '../../runtime/pod-control.ts';
import { statefulSets } from '../resources.ts';

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const indexLabel = 'apps.kubernetes.io/pod-index';
const revisionLabel = 'controller-revision-hash';

const nameForm = /^(.*)-(\d+)$/s;

/** The ordinal in a pod's name; -1 if the name is not one that the set gives. */
export function ordinalOf(pod: KubeObject): number {
  const ordinal = Number(nameForm.exec(pod.metadata!.name!)?.[2] ?? -1);
  return ordinal <= 2147483647 ? ordinal : -1;
}

/** Whether the pod's name is one that the set gives. */
export function isMember(set: KubeObject, pod: KubeObject): boolean {
  return nameForm.exec(pod.metadata!.name!)?.[1] === set.metadata!.name;
}

export const startOrdinalOf = (set: KubeObject): number => set.spec.ordinals?.start ?? 0;
export const replicasOf = (set: KubeObject): number => set.spec.replicas ?? 1;

/** Whether the set wants a pod of this pod's ordinal. */
export function isWanted(set: KubeObject, pod: KubeObject): boolean {
  const index = ordinalOf(pod) - startOrdinalOf(set);
  return index >= 0 && index < replicasOf(set);
}

export function revisionOf(pod: KubeObject): string {
  return pod.metadata!.labels?.[revisionLabel] ?? '';
}

export function claimName(set: KubeObject, template: KubeObject, ordinal: number): string {
  return `${template.metadata!.name}-${set.metadata!.name}-${ordinal}`;
}

/** The pod of an ordinal as `set` has its template, labelled with that template's revision. */
export function newPod(set: KubeObject, revision: string, ordinal: number): KubeObject {
  const pod = podFromTemplate(set.spec.template, set, statefulSets);
  const name = `${set.metadata!.name}-${ordinal}`;
  const labelled = withIdentity(set, { ...pod, metadata: { ...pod.metadata, name } });
  const { serviceName } = set.spec;
  const spec = { ...pod.spec, hostname: name, ...(serviceName ? { subdomain: serviceName } : {}) };
  const { metadata } = labelled;
  return withStorage(set, { ...labelled, metadata: { ...metadata, labels: { ...metadata!.labels, [revisionLabel]: revision } }, spec });
}

export function hasIdentity(set: KubeObject, pod: KubeObject): boolean {
  const { name, labels } = pod.metadata!;
  return name === `${set.metadata!.name}-${ordinalOf(pod)}` && labels?.[podNameLabel] === name;
}

/** The pod with the labels that tell which one of the set it is. */
export function withIdentity(set: KubeObject, pod: KubeObject): KubeObject {
  const ordinal = ordinalOf(pod);
  const name = `${set.metadata!.name}-${ordinal}`;
  const labels = { ...pod.metadata!.labels, [podNameLabel]: name, [indexLabel]: String(ordinal) };
  return { ...pod, metadata: { ...pod.metadata, name, labels } };
}

/** Whether the pod mounts its own claims. */
export function hasStorage(set: KubeObject, pod: KubeObject): boolean {
  const ordinal = ordinalOf(pod);
  return claimTemplatesOf(set).every((template) => {
    const volume = pod.spec.volumes?.find(({ name }: { name: string }) => name === template.metadata!.name);
    return volume?.persistentVolumeClaim?.claimName === claimName(set, template, ordinal);
  });
}

/** The pod with a volume for each claim template, in place of volumes of that name. */
export function withStorage(set: KubeObject, pod: KubeObject): KubeObject {
  const templates = claimTemplatesOf(set);
  if (templates.length === 0) return pod;
  const ordinal = ordinalOf(pod);
  const claimed = templates.map((template) => ({
    name: template.metadata!.name,
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
  const others = (pod.spec.volumes ?? []).filter(({ name }: { name: string }) => !claimed.some((volume) => volume.name === name));
  return { ...pod, spec: { ...pod.spec, volumes: [...claimed, ...others] } };
}

export function claimTemplatesOf(set: KubeObject): readonly KubeObject[] {
  return set.spec.volumeClaimTemplates ?? [];
}
