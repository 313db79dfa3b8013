// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const statefulSet = defineResource<any>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.StatefulSet',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["sts"],
  categories: ["all"],
  subresources: [{ name: 'scale', type: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: ['get','patch','update'], specReplicasPath: ['spec', 'replicas'], statusReplicasPath: ['status', 'replicas'], selector: () => '' },
{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
