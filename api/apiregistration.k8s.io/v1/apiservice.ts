// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const apiService = defineResource<any>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  singular: 'apiservice',
  scope: 'Cluster',
  schema: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  categories: ["api-extensions"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
