// interim, to be replaced by its engineer
import { defineResource } from '../../define.ts';

export const certificateSigningRequest = defineResource<any>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  scope: 'Cluster',
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  verbs: ["create","delete","deletecollection","get","list","patch","update","watch"],
  shortNames: ["csr"],
  subresources: [{ name: 'approval', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) {  } } },
{ name: 'status', type: 'part', verbs: ['get','patch','update'], strategy: { prepareForUpdate(o: any, old: any) { o.spec = old.spec; } } }],
});
