// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const resourceClaimTemplate = defineResource<any>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  returnsDeletedObject: true,
  singular: 'resourceclaimtemplate',
  scope: 'Namespaced',
  schema: 'io.k8s.api.resource.v1.ResourceClaimTemplate',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
