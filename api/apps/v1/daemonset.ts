// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const daemonSet = defineResource<any>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  singular: 'daemonset',
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.DaemonSet',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["ds"],
  categories: ["all"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
