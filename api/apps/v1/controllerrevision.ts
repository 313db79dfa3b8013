// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const controllerRevision = defineResource<any>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  subresources: [],
});
