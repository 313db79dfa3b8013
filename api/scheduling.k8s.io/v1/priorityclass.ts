// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const priorityClass = defineResource<any>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  scope: 'Cluster',
  schema: 'io.k8s.api.scheduling.v1.PriorityClass',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["pc"],
  subresources: [],
});
