import type { CertificateRequest } from '../../../api/certificates.k8s.io/v1/certificate-request.ts';
import type { KubeObject } from '../../../api/meta/object.ts';

export const kubeletClient = 'kubernetes.io/kube-apiserver-client-kubelet';
export const kubeletServing = 'kubernetes.io/kubelet-serving';
export const apiServerClient = 'kubernetes.io/kube-apiserver-client';
export const legacyUnknown = 'kubernetes.io/legacy-unknown';

const nodes = 'system:nodes';
const nodePrefix = 'system:node:';

/** The PEM in a CertificateSigningRequest. */
export function requestText({ spec }: KubeObject): string {
  return Buffer.from(spec.request, 'base64').toString('utf8');
}

export function hasCondition({ status }: KubeObject, type: string): boolean {
  return (status?.conditions ?? []).some(
    (condition: { type: string; status?: string }) => condition.type === type && condition.status !== 'False',
  );
}

/** Why a request may not become a kubelet's client certificate; undefined: it may. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!request.commonName.startsWith(nodePrefix)) return 'subject common name does not begin with system:node:';
  return usagesProblem(usages, 'client auth');
}

/** The same for the certificate with which it serves. */
export function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length === 0 && request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return (
    usagesProblem(usages, 'server auth') ??
    (request.commonName.startsWith(nodePrefix) ? undefined : 'subject common name does not begin with system:node:')
  );
}

/** The same for a client of the API server. */
export function apiServerClientProblem(_: CertificateRequest, usages: readonly string[]): string | undefined {
  const wrong = usages.find((usage) => !['client auth', 'digital signature', 'key encipherment'].includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

function isOfNodes({ organizations }: CertificateRequest): boolean {
  return organizations.length === 1 && organizations[0] === nodes;
}

// Encipherment is for RSA keys only.
function usagesProblem(usages: readonly string[], purpose: string): string | undefined {
  const required = ['digital signature', 'key encipherment', purpose].sort();
  const given = new Set(usages);
  const rest = required.filter((usage) => usage !== 'key encipherment');
  const fits = [...given].every((usage) => required.includes(usage)) && rest.every((usage) => given.has(usage));
  return fits ? undefined : `usages did not match [${required.join(' ')}]`;
}
