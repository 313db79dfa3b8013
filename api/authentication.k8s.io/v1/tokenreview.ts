import { defineResource } from '../../define.ts';

export const tokenReview = defineResource<any>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  singular: 'tokenreview',
  scope: 'Cluster',
  schema: 'io.k8s.api.authentication.v1.TokenReview',
  verbs: ['create'],
  action: 'tokenreview',
  subresources: [],
});
