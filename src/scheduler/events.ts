import type { Node, Pod } from '../../openapi/types.ts';
import { sameJson } from '../machinery/json-equal.ts';
import { podAmounts, statedByStatus } from './resources.ts';

/** What something happened to. `Pod` stands only in what plugins ask for, and means both kinds of pods. */
export type EventResource =
  | 'Pod'
  | 'AssignedPod'
  | 'UnscheduledPod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment'
  | 'ResourceClaim'
  | 'ResourceSlice'
  | 'DeviceClass';

/** `update` is a change of no particular kind; asked for, it means every change. */
export type EventAction =
  | 'add'
  | 'delete'
  | 'update'
  | 'updateNodeAllocatable'
  | 'updateNodeLabel'
  | 'updateNodeTaint'
  | 'updateNodeCondition'
  | 'updateNodeAnnotation'
  | 'updateNodeDeclaredFeature'
  | 'updatePodLabel'
  | 'updatePodScaleDown'
  | 'updatePodToleration'
  | 'updatePodSchedulingGatesEliminated'
  | 'updatePodGeneratedResourceClaim';

/** What happened in the cluster. Added things have no `old`, deleted ones nothing but `old`. */
export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: EventAction;
  readonly object?: any;
  readonly old?: any;
}

/** The events that may let a pod fit that a plugin refused; `hint`, where there is one, says whether this event may (KEP-4247). */
export interface EventRegistration {
  readonly resource: EventResource;
  readonly actions: readonly EventAction[];
  readonly hint?: (pod: Pod, event: ClusterEvent) => boolean;
}

export function concerns(registration: EventRegistration, { resource, action }: ClusterEvent): boolean {
  const { actions } = registration;
  if (
    registration.resource !== resource &&
    !(registration.resource === 'Pod' && (resource === 'AssignedPod' || resource === 'UnscheduledPod'))
  )
    return false;
  return actions.includes(action) || (action.startsWith('update') && actions.includes('update'));
}

const everyResource: readonly EventResource[] = [
  'Pod',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CSINode',
  'CSIDriver',
  'CSIStorageCapacity',
  'StorageClass',
  'ResourceClaim',
  'DeviceClass',
];

/** What a plugin gets that names no events: all of them. */
export const everyEvent: readonly EventRegistration[] = everyResource.map((resource) => ({
  resource,
  actions: ['add', 'delete', 'update'],
}));

/** The changes of a pod that plugins can ask for; a change of no particular kind is an `update`. */
export function podEvents(pod: Pod, old: Pod): ClusterEvent[] {
  const actions: EventAction[] = [];
  if (!sameJson(pod.metadata!.labels ?? {}, old.metadata!.labels ?? {})) actions.push('updatePodLabel');
  if (scaledDown(pod, old)) actions.push('updatePodScaleDown');
  if (!pod.spec!.schedulingGates?.length && old.spec!.schedulingGates?.length) actions.push('updatePodSchedulingGatesEliminated');
  if ((pod.spec!.tolerations?.length ?? 0) !== (old.spec!.tolerations?.length ?? 0)) actions.push('updatePodToleration');
  const claims = ({ status }: Pod) => [status?.resourceClaimStatuses ?? [], (status as any)?.extendedResourceClaimStatus];
  if (!sameJson(claims(pod), claims(old))) actions.push('updatePodGeneratedResourceClaim');
  if (actions.length === 0) actions.push('update');
  const resource = pod.spec!.nodeName ? 'AssignedPod' : 'UnscheduledPod';
  return actions.map((action) => ({ resource, action, object: pod, old }));
}

function scaledDown(pod: Pod, old: Pod): boolean {
  if (sameResources(pod, old)) return false;
  const { taken: now } = podAmounts(pod);
  for (const [name, before] of podAmounts(old).taken) if (before > (now.get(name) ?? 0)) return true;
  return false;
}

/** Whether two states of a pod take the same of a node for certain. */
export function sameResources(pod: Pod, old: Pod): boolean {
  if (pod.metadata!.generation !== old.metadata!.generation) return false;
  return sameJson(statedByStatus(pod) ?? null, statedByStatus(old) ?? null);
}

/** The changes of a node that plugins can ask for: none for a heartbeat. */
export function nodeEvents(node: Node, old: Node): ClusterEvent[] {
  const actions: EventAction[] = [];
  const changed = (part: (node: Node) => unknown) => !sameJson(part(node) ?? null, part(old) ?? null);
  if (old.spec?.unschedulable && !node.spec?.unschedulable) actions.push('updateNodeTaint');
  if (changed(({ status }) => status?.allocatable)) actions.push('updateNodeAllocatable');
  if (changed(({ metadata }) => metadata!.labels)) actions.push('updateNodeLabel');
  if (changed(({ spec }) => spec?.taints)) actions.push('updateNodeTaint');
  if (changed(({ status }) => Object.fromEntries((status?.conditions ?? []).map((condition) => [condition.type, condition.status]))))
    actions.push('updateNodeCondition');
  if (changed(({ metadata }) => metadata!.annotations)) actions.push('updateNodeAnnotation');
  if (changed(({ status }) => (status as any)?.declaredFeatures)) actions.push('updateNodeDeclaredFeature');
  return actions.map((action) => ({ resource: 'Node', action, object: node, old }));
}
