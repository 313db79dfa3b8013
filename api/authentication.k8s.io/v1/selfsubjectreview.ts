import { defineResource } from '../../define.ts';

export const selfSubjectReview = defineResource<any>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  scope: 'Cluster',
  schema: 'io.k8s.api.authentication.v1.SelfSubjectReview',
  verbs: ['create'],
  action: 'selfsubjectreview',
  subresources: [],
});
