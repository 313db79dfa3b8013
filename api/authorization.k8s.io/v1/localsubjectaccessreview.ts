import { defineResource } from '../../define.ts';

export const localSubjectAccessReview = defineResource<any>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  singular: 'localsubjectaccessreview',
  scope: 'Namespaced',
  schema: 'io.k8s.api.authorization.v1.LocalSubjectAccessReview',
  verbs: ['create'],
  action: 'localsubjectaccessreview',
  subresources: [],
});
