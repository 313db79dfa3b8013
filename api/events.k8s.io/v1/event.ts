// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const event = defineResource<any>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  scope: 'Namespaced',
  schema: 'io.k8s.api.events.v1.Event',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["ev"],
  subresources: [],
});
