import { defineResource } from '../../define.ts';

export const subjectAccessReview = defineResource<any>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  singular: 'subjectaccessreview',
  scope: 'Cluster',
  schema: 'io.k8s.api.authorization.v1.SubjectAccessReview',
  verbs: ['create'],
  action: 'subjectaccessreview',
  subresources: [],
});
