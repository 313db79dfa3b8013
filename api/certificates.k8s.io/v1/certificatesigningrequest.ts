import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
  CertificateSigningRequestSpec,
} from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { defineResource } from '../../define.ts';
import { nameIsPathSegment } from '../../meta/names.ts';
import { keepStatus, statusSubresource } from '../../meta/statuses.ts';
import { humanDuration } from '../../meta/time.ts';
import { validateRequest, validateRequestUpdate } from './certificatesigningrequest.validation.ts';

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

// Decisions are kept as they were; a change of their number is refused by validation.
function keepConditions(object: CertificateSigningRequest, old: CertificateSigningRequest, type: string): void {
  const isOfType = (condition: CertificateSigningRequestCondition) => condition.type === type;
  const before = (old.status?.conditions ?? []).filter(isOfType);
  const now = object.status?.conditions ?? [];
  if (now.filter(isOfType).length !== before.length || before.length === 0) return;
  let next = 0;
  object.status = { ...object.status, conditions: now.map((condition) => (isOfType(condition) ? before[next++]! : condition)) };
}

function stampConditions(object: CertificateSigningRequest, old: CertificateSigningRequest, now: string): void {
  const { conditions } = object.status ?? {};
  if (!conditions) return;
  object.status = {
    ...object.status,
    conditions: conditions.map((condition) => {
      const same = old.status?.conditions?.find(({ type, status }) => type === condition.type && status === condition.status);
      return {
        ...condition,
        lastUpdateTime: condition.lastUpdateTime || now,
        lastTransitionTime: condition.lastTransitionTime || same?.lastTransitionTime || now,
      };
    }),
  };
}

/** CertificateSigningRequests. Compared with v1.36.3: who asks, the request itself, usages, decisions, certificates, conditions' times, table. */
export const certificateSigningRequest = defineResource<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  scope: 'Cluster',
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  shortNames: ['csr'],
  selectableFields: { 'spec.signerName': (object) => object.spec?.signerName ?? '' },
  subresources: [
    {
      ...statusSubresource<CertificateSigningRequest>({}, [['spec'], ['status', 'certificate']]),
      name: 'approval',
      withoutTable: true,
      strategy: {
        prepareForUpdate(object: CertificateSigningRequest, old: CertificateSigningRequest, { now }) {
          stampConditions(object, old, now);
          object.spec = old.spec;
          const { conditions: _, ...kept } = old.status ?? {};
          const conditions = object.status?.conditions;
          object.status = { ...kept, ...(conditions ? { conditions } : {}) };
        },
        validateUpdate: (object, old) => validateRequestUpdate(object, old, { decide: true }),
      },
    },
    statusSubresource<CertificateSigningRequest>(
      {
        prepareForUpdate(object, old, { now }) {
          for (const type of ['Approved', 'Denied']) keepConditions(object, old, type);
          stampConditions(object, old, now);
        },
        validateUpdate: (object, old) => validateRequestUpdate(object, old, { issue: true }),
      },
      [['spec'], ['status', 'conditions']],
    ),
  ],
  columns: [
    nameColumn,
    ageColumn,
    {
      name: 'SignerName',
      type: 'string',
      description:
        'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, it will be defaulted:\n 1. If it\'s a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using `spec.signerName`.',
      cell: ({ spec }) => spec?.signerName ?? '<none>',
    },
    { name: 'Requestor', type: 'string', description: 'Base64-encoded PKCS#10 CSR data', cell: ({ spec }) => spec?.username ?? '' },
    {
      name: 'RequestedDuration',
      type: 'string',
      description: ['io.k8s.api.certificates.v1.CertificateSigningRequestSpec', 'expirationSeconds'],
      cell: requestedDuration,
    },
    {
      name: 'Condition',
      type: 'string',
      description: 'Conditions applied to the request, such as approval or denial.',
      cell: conditionCell,
    },
  ],
  resetFields: [['spec'], ['status']],
  metadataLast: true,
  validateName: nameIsPathSegment,
  prepareForCreate(object, { user }) {
    object.status = {};
    // Who asks is not the client's to say.
    const { username: _, uid: __, groups: ___, extra: ____, ...spec } = object.spec ?? {};
    const { username, uid, groups, extra } = user ?? { username: '', groups: [] };
    object.spec = {
      ...(spec as CertificateSigningRequestSpec),
      username,
      groups: [...groups],
      ...(uid ? { uid } : {}),
      ...(extra && Object.keys(extra).length > 0 ? { extra: extra as Record<string, string[]> } : {}),
    };
  },
  prepareForUpdate(object, old) {
    object.spec = old.spec;
    keepStatus(object, old);
  },
  validate: (object) => validateRequest(object),
  validateUpdate: (object, old) => validateRequestUpdate(object, old),
});
