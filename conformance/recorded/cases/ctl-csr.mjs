// CertificateSigningRequests: what is approved by itself, what signers refuse, what is issued.
import { X509Certificate } from 'node:crypto';
import { del, post, quiet, settle, get, until } from './lib/ctl.mjs';

// Requests with keys that nobody keeps.
const requests = {
  node: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIc01JR1NBZ0VBTURBeEZUQVRCZ05WQkFvTURITjVjM1JsYlRwdWIyUmxjekVYTUJVR0ExVUVBd3dPYzNsegpkR1Z0T201dlpHVTZjbkF3V1RBVEJnY3Foa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVFZd2lIRVNaWXhyeFNZCnMzR3ljQ0hUUE1BYWRCcjFUQVhXYlNLcWNQYTN6enhsMXZ3RjdVNGx6eU9yUmMvUGJtV2Y0TVRBVEZaeDBkWWoKSUZKbWZTcDRvQUF3Q2dZSUtvWkl6ajBFQXdJRFNRQXdSZ0loQVBtcU5ndGpKTDk5Wk95U2RwbHZ1aTMrb3l1MQphVXpVQ1p3WUVXMm9ncEtFQWlFQTg5WGxOdWJuUmFzUlEyaVE2bXZwVmFBS0kxK1JTdzYwd0pLTlp1RTZmMHM9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=',
  serving: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkVUQ0J1QUlCQURBd01SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14RnpBVkJnTlZCQU1NRG5ONQpjM1JsYlRwdWIyUmxPbkp3TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFeXU1b1gzaE0vN2s2CkJUMElzSnRxMzJIb1JEbVNFWnBQNmtOVGxwUVFLSC80WU1SdnFtNlNYVlo5SnJKbXRnZldEMWpCMnJjMmlyR08KK3U5dFJONUgxYUFtTUNRR0NTcUdTSWIzRFFFSkRqRVhNQlV3RXdZRFZSMFJCQXd3Q29JQ2NuQ0hCQUVDQXdRdwpDZ1lJS29aSXpqMEVBd0lEU0FBd1JRSWhBT1k1WDY3VGd0Q2IvSXBSdENHcDJDOG8renowVnkwL0N3b2pWTGJEClkvSStBaUFDVVltZGdqYmVaNi92QTNnZlVGaUdGM0lVL2VESW1UMmtBblF6UW16cTR3PT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==',
  user: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIVk1IMENBUUF3R3pFTU1Bb0dBMVVFQ2d3RFpHVjJNUXN3Q1FZRFZRUUREQUp5Y0RCWk1CTUdCeXFHU000OQpBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJIMWJCM2VaRE1RSjBwSDBGWm1GaUVFelk2WlhocCszeXRkY2ZaY1lkY1I4CmxoZTJnZExxWi9NMnI0eTlSSlJ5WEVFOFNJenA0dW9LUkJjTWZ0TFl3Um1nQURBS0JnZ3Foa2pPUFFRREFnTkkKQURCRkFpQjlDL1p4eTAxdG81ZWVoNU8rQ0RjcnQ4RkdnSHJxdEVCSUlXbVdsUWk4U0FJaEFOM09zaklXeC9MVQp1YVJoY2VMYTE3TzdyL2RaRStXRXhRNHpGMEZ1TUhFYQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K',
  odd: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIZk1JR0dBZ0VBTUNReEZUQVRCZ05WQkFvTURITjVjM1JsYlRwdWIyUmxjekVMTUFrR0ExVUVBd3dDY25BdwpXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBUWluMGFhZUNFOWVmWjdXRmlkQlhnREdyd21KQjdoCksrcjlzNTY2REp5M25hL1k3djNaUCt2eDcyQnlXeDdDZklObUVwbnEraUc0N1psbDl3a1BTQmIwb0FBd0NnWUkKS29aSXpqMEVBd0lEU0FBd1JRSWhBS2RQdEloM0ltbkZGc0phUG9xdGVicWJyRU1BdXNhTzUrUFpqcFBOcjFHaApBaUJaOGx6amdhOE5tajFpUFlMRHVpelM1KzQ2b3lQTGRLWHJxWlR1MXVtWjBRPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==',
  san: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkZUQ0J1d0lCQURBd01SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14RnpBVkJnTlZCQU1NRG5ONQpjM1JsYlRwdWIyUmxPbkp3TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFQThxSWkzLzd6N0RICm9RUm81OHVxYi9zbitJajR5eUVMSldqanRFcXhPaVM3TVhPeCtjSURZcTd4L2kzTWEyeTNPNXNmRnk2bnB0MXMKdFl6UUExZ3FrS0FwTUNjR0NTcUdTSWIzRFFFSkRqRWFNQmd3RmdZRFZSMFJCQTh3RFlFTFlVQmlMbVY0WVcxdwpiR1V3Q2dZSUtvWkl6ajBFQXdJRFNRQXdSZ0loQU9JS0I1cEpRNkpzKzRLU0pTSFpoMHFEdDdQaTBFV1VwYjJSCmx3ODkvRE15QWlFQWlHdUNKTkhpRlg3VWpMaVNuTWhhcDRxTVE0N3FoczR2bzNYVTZYaGkxZzg9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=',
};

export default ({ ns }) => {
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const signer = (name) => `kubernetes.io/${name}`;
  const make = (name, request, signerName, usages, more = {}) => post(`${name} asks`, path, { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: `${ns}-${name}` }, spec: { request: requests[request], signerName: signer(signerName), usages, ...more } }, (b) => b.kind);
  const conditions = (b) => (b.status.conditions ?? []).map(({ type, status, reason, message }) => ({ type, status, reason, message }));
  const issued = (b) => {
    const c = new X509Certificate(Buffer.from(b.status.certificate, 'base64'));
    return { conditions: conditions(b), subject: c.subject, names: c.subjectAltName, purposes: c.keyUsage, authority: c.ca, issuer: c.issuer, hours: b.spec.expirationSeconds ? Math.round((Date.parse(c.validTo) - Date.parse(c.validFrom)) / 3_600_000) : undefined };
  };
  const approve = (name, type = 'Approved') => ({ name: `${name} is ${type}`, method: 'PATCH', path: `${path}/${ns}-${name}/approval`, type: 'application/merge-patch+json', body: { status: { conditions: [{ type, status: 'True', reason: 'ByHand', message: 'so it is' }] } }, pick: (b) => conditions(b) });
  const certificate = (name) => until(`${name} has its certificate`, `${path}/${ns}-${name}`, (b) => b.status.certificate, issued);
  const failed = (name) => until(`${name} fails`, `${path}/${ns}-${name}`, (b) => b.status.conditions.some((c) => c.type === 'Failed'), (b) => ({ conditions: conditions(b), certificate: b.status.certificate ?? 'none' }));
  const three = ['digital signature', 'key encipherment'];
  const names = ['kubelet', 'user', 'serving', 'denied', 'usage', 'usages', 'organization', 'common', 'email', 'nosan', 'other'];
  const all = names.map((x) => `${path}/${ns}-${x}`);
  const steps = [
    ...all.map((p) => quiet(del(`no ${p}`, p))),
    make('kubelet', 'node', 'kube-apiserver-client-kubelet', [...three, 'client auth']), certificate('kubelet'),
    make('user', 'user', 'kube-apiserver-client', ['client auth'], { expirationSeconds: 86_400 }), approve('user'), certificate('user'),
    make('serving', 'serving', 'kubelet-serving', ['digital signature', 'server auth'], { expirationSeconds: 7200 }), approve('serving'), certificate('serving'),
    make('denied', 'user', 'kube-apiserver-client', ['client auth']), approve('denied', 'Denied'),
    make('usage', 'user', 'kube-apiserver-client', ['server auth']), approve('usage'), failed('usage'),
    make('usages', 'node', 'kube-apiserver-client-kubelet', ['client auth']), approve('usages'), failed('usages'),
    make('organization', 'user', 'kubelet-serving', ['digital signature', 'server auth']), approve('organization'), failed('organization'),
    make('common', 'odd', 'kube-apiserver-client-kubelet', [...three, 'client auth']), approve('common'), failed('common'),
    make('email', 'san', 'kube-apiserver-client-kubelet', [...three, 'client auth']), approve('email'), failed('email'),
    make('nosan', 'node', 'kubelet-serving', [...three, 'server auth']), approve('nosan'), failed('nosan'),
    make('other', 'user', 'rp-other', ['client auth']), approve('other'),
    settle(800),
    get('nobody signs what is denied', `${path}/${ns}-denied`, (b) => b.status.certificate ?? 'none'), get('or meant for another', `${path}/${ns}-other`, (b) => b.status.certificate ?? 'none'),
  ];
  steps.cleanup = all;
  return steps;
};
