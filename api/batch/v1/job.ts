// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const job = defineResource<any>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  singular: 'job',
  scope: 'Namespaced',
  schema: 'io.k8s.api.batch.v1.Job',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  categories: ["all"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
