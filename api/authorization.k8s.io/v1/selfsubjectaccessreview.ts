import { defineResource } from '../../define.ts';

export const selfSubjectAccessReview = defineResource<any>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  scope: 'Cluster',
  schema: 'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
  verbs: ['create'],
  action: 'selfsubjectaccessreview',
  subresources: [],
});
