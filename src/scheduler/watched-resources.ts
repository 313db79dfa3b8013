import { persistentVolume } from '../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim } from '../../api/core/v1/persistentvolumeclaim.ts';
import { deviceClass } from '../../api/resource.k8s.io/v1/deviceclass.ts';
import { resourceClaim } from '../../api/resource.k8s.io/v1/resourceclaim.ts';
import { resourceSlice } from '../../api/resource.k8s.io/v1/resourceslice.ts';
import { csiDriver } from '../../api/storage.k8s.io/v1/csidriver.ts';
import { csiNode } from '../../api/storage.k8s.io/v1/csinode.ts';
import { csiStorageCapacity } from '../../api/storage.k8s.io/v1/csistoragecapacity.ts';
import { storageClass } from '../../api/storage.k8s.io/v1/storageclass.ts';
import { volumeAttachment } from '../../api/storage.k8s.io/v1/volumeattachment.ts';
import type { ResourceReference } from '../client/client.ts';
import type { EventResource } from './events.ts';

/** The resources besides nodes and pods whose changes may let a pod fit. */
export const watchedResources: ReadonlyMap<EventResource, ResourceReference> = new Map<EventResource, ResourceReference>([
  ['PersistentVolume', persistentVolume],
  ['PersistentVolumeClaim', persistentVolumeClaim],
  ['StorageClass', storageClass],
  ['CSINode', csiNode],
  ['CSIDriver', csiDriver],
  ['CSIStorageCapacity', csiStorageCapacity],
  ['VolumeAttachment', volumeAttachment],
  ['ResourceClaim', resourceClaim],
  ['ResourceSlice', resourceSlice],
  ['DeviceClass', deviceClass],
]);
