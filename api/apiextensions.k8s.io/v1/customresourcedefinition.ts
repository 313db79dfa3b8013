// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const customResourceDefinition = defineResource<any>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  scope: 'Cluster',
  schema: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["crd","crds"],
  categories: ["api-extensions"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
