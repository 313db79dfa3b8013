// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const cronJob = defineResource<any>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  singular: 'cronjob',
  scope: 'Namespaced',
  schema: 'io.k8s.api.batch.v1.CronJob',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["cj"],
  categories: ["all"],
  subresources: [{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
