import type { CertificateSigningRequest } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { keepStatus, statusSubresource } from '../../meta/statuses.ts';
import { humanDuration } from '../../meta/time.ts';

function requestedDuration({ spec }: CertificateSigningRequest): string {
  return spec?.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000);
}

function conditionCell({ status }: CertificateSigningRequest): string {
  const types = new Set((status?.conditions ?? []).map(({ type }) => type));
  const words = types.has('Denied') ? ['Denied'] : types.has('Approved') ? ['Approved'] : ['Pending'];
  if (types.has('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}

/** CertificateSigningRequests. Compared with v1.36.3: table, status. */
export const certificateSigningRequest = defineResource<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  scope: 'Cluster',
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  shortNames: ['csr'],
  subresources: [
    { ...statusSubresource<CertificateSigningRequest>({}), name: 'approval' },
    statusSubresource<CertificateSigningRequest>({}),
  ],
  columns: [
    nameColumn,
    ageColumn,
    { name: 'SignerName', type: 'string', description: 'Who is asked to sign.', cell: ({ spec }) => spec?.signerName ?? '<none>' },
    { name: 'Requestor', type: 'string', description: 'Who asks.', cell: ({ spec }) => spec?.username ?? '' },
    { name: 'RequestedDuration', type: 'string', description: 'How long the certificate should hold.', cell: requestedDuration },
    { name: 'Condition', type: 'string', description: 'How far the request has come.', cell: conditionCell },
  ],
  resetFields: [['status']],
  prepareForCreate(object, { user }) {
    object.status = {};
    // Who asks is not the client's to say.
    const { username, uid, groups, extra } = user ?? { username: '', groups: [] };
    Object.assign(object.spec, { username, groups: [...groups], ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) });
  },
  prepareForUpdate(object, old) {
    keepStatus(object, old);
  },
});
