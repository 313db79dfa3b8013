// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const podDisruptionBudget = defineResource<any>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  scope: 'Namespaced',
  schema: 'io.k8s.api.policy.v1.PodDisruptionBudget',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["pdb"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
