// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const horizontalPodAutoscaler = defineResource<any>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  scope: 'Namespaced',
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["hpa"],
  categories: ["all"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
