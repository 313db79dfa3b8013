import { requestProblem } from '../../../api/certificates.k8s.io/v1/certificate-request.ts';
import { readCertificateRequest } from '../../auth/certificate-authority.ts';
import { type Restrict, refused } from './restriction.ts';

/** The signers of what makes a node's identity. */
const nodeSigners: readonly string[] = ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving'];

/** A kubelet asks for certificates of its own node only. */
export const restrictCertificateRequests: Restrict = async (restriction) => {
  const { operation, subresource, object, user } = restriction.attributes;
  if (operation !== 'CREATE' || subresource !== '') return;
  const { signerName, request } = object!['spec'] ?? {};
  if (!nodeSigners.includes(signerName)) return;
  let commonName: string;
  try {
    ({ commonName } = await readCertificateRequest(Buffer.from(request ?? '', 'base64').toString()));
  } catch (error) {
    const problem = requestProblem(request ?? '') ?? (error as Error).message;
    throw refused(restriction, `unable to parse csr: ${problem}`);
  }
  if (commonName !== user.username) throw refused(restriction, `can only create a node CSR with CN=${user.username}`);
};
