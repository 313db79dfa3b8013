import type { PodSpec, PodStatus, PodTemplateSpec } from '../../../openapi/types.ts';
import type { Strategy } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';
import { containerStatuses } from './pod-containers.ts';

/** Forgets the fields of features that v1.36 has off. Who sent them has been written down by then, and admission has seen them. */
export function dropDisabledPodFields(spec: PodSpec | undefined): void {
  if (!spec) return;
  delete spec.schedulingGroup;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    if (container.lifecycle?.stopSignal === undefined) continue;
    delete container.lifecycle.stopSignal;
    if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
  }
  for (const volume of spec.volumes ?? []) {
    for (const source of volume.projected?.sources ?? []) {
      delete source.clusterTrustBundle;
      delete source.podCertificate;
    }
  }
}

/** The same of what kubelets report; what the pod has already stays allowed (features ImageVolumeWithDigest and DRANodeAllocatableResources). */
export function dropDisabledStatusFields(status: PodStatus, old: PodStatus | undefined): void {
  const mounts = (of: PodStatus | undefined) => containerStatuses(of).flatMap(({ volumeMounts }) => volumeMounts ?? []);
  if (!mounts(old).some(({ volumeStatus }) => volumeStatus)) for (const mount of mounts(status)) delete mount.volumeStatus;
  if (!old?.nodeAllocatableResourceClaimStatuses?.length) delete status.nodeAllocatableResourceClaimStatuses;
}

type Hooks<T> = Required<Pick<Strategy<T>, 'prepareForCreate' | 'prepareForUpdate'>>;

/** A kind's hooks that first drop what its pods may not have. */
export function withPodTemplate<T extends KubeObject>(templateOf: (object: T) => PodTemplateSpec | undefined, hooks: Hooks<T>): Hooks<T> {
  return {
    prepareForCreate(object, context) {
      dropDisabledPodFields(templateOf(object)?.spec);
      hooks.prepareForCreate(object, context);
    },
    prepareForUpdate(object, old, context) {
      dropDisabledPodFields(templateOf(object)?.spec);
      hooks.prepareForUpdate(object, old, context);
    },
  };
}
