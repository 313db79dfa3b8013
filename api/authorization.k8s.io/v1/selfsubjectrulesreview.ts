import { defineResource } from '../../define.ts';

export const selfSubjectRulesReview = defineResource<any>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
  scope: 'Cluster',
  schema: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  verbs: ['create'],
  action: 'selfsubjectrulesreview',
  subresources: [],
});
