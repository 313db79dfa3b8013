// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const ipAddress = defineResource<any>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  singular: 'ipaddress',
  scope: 'Cluster',
  schema: 'io.k8s.api.networking.v1.IPAddress',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["ip"],
  subresources: [],
});
