import { certificateSigningRequest } from '../../../api/certificates.k8s.io/v1/certificatesigningrequest.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { CertificateSigningRequest } from '../../../openapi/types.ts';
import { readCertificateRequest } from '../../auth/certificate-authority.ts';
import type { Authorizer, UserInfo } from '../../auth/types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

const clientSigner = 'kubernetes.io/kube-apiserver-client';
const superusers = 'system:masters';

/** CertificateApproval: who approves a request must have the right to approve for its signer. */
export function certificateApprovalPlugin(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    validate(attributes) {
      if (!isFor(attributes, 'approval')) return;
      return requireRight(attributes, authorizer, 'approve');
    },
  };
}

/** CertificateSigning: who writes a certificate or conditions into a request must have the right to sign for its signer. */
export function certificateSigningPlugin(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    validate(attributes) {
      if (!isFor(attributes, 'status')) return;
      const [now, before] = [attributes.object as CertificateSigningRequest, attributes.old as CertificateSigningRequest];
      if (now.status?.certificate === before.status?.certificate && semanticEqual(now.status?.conditions, before.status?.conditions))
        return;
      return requireRight(attributes, authorizer, 'sign');
    },
  };
}

/** CertificateSubjectRestriction: nobody asks for a client certificate of the group whose members may do everything. */
export const certificateSubjectRestrictionPlugin: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  async validate(attributes) {
    const { definition, subresource, operation, object } = attributes;
    if (definition !== certificateSigningRequest || subresource !== '' || operation !== 'CREATE') return;
    const { signerName, request } = (object as CertificateSigningRequest).spec;
    if (signerName !== clientSigner) return;
    const { organizations } = await readCertificateRequest(Buffer.from(request, 'base64').toString());
    if (organizations.includes(superusers))
      throw refuse(attributes, `use of ${clientSigner} signer with ${superusers} group is not allowed`);
  },
};

function isFor({ definition, subresource }: AdmissionAttributes, wanted: string): boolean {
  return definition === certificateSigningRequest && subresource === wanted;
}

// The signer is that of the stored request: an update cannot change it.
async function requireRight(attributes: AdmissionAttributes, authorizer: Authorizer, verb: 'approve' | 'sign'): Promise<void> {
  const { signerName } = (attributes.old as CertificateSigningRequest).spec;
  if (await mayUse(authorizer, attributes.user, verb, signerName)) return;
  throw refuse(attributes, `user not permitted to ${verb} requests with signerName ${goQuote(signerName)}`);
}

/** Whether a user has a right over a signer, by its name or over all of its domain (`example.com/*`). */
async function mayUse(authorizer: Authorizer, user: UserInfo, verb: string, signerName: string): Promise<boolean> {
  const domain = `${signerName.split('/')[0]}/*`;
  for (const name of [signerName, domain]) {
    const signers = { group: certificateSigningRequest.group, version: '*', resource: 'signers', subresource: '', namespace: '', path: '' };
    const { decision } = await authorizer.authorize({ ...signers, user, verb, resourceRequest: true, name });
    if (decision === 'allow') return true;
  }
  return false;
}
