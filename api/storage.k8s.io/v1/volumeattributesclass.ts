// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const volumeAttributesClass = defineResource<any>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  singular: 'volumeattributesclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.storage.v1.VolumeAttributesClass',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["vac"],
  subresources: [],
});
