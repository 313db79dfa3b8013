// Approval of certificate requests: who may approve and sign for which signer, and what the conditions must be.
export default ({ ns }) => {
  const CSR = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const RBAC = '/apis/rbac.authorization.k8s.io/v1';
  const request = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIUU1IY0NBUUF3RlRFVE1CRUdBMVVFQXd3S2NuQXRZWEJ3Y205MlpUQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxRwpTTTQ5QXdFSEEwSUFCRkpjRExESVZ3NXZoWTlBVTJtUzJSZWpiV3YwNUNnQTlmYXpReGY4ekhid0ZzNjJmUnJUClZyTU9YR1hEK3BCYVVnYWhYTnFJTHUvdWoyVWhBakV6NXNxZ0FEQUtCZ2dxaGtqT1BRUURBZ05KQURCR0FpRUEKK0FBZU56NVkvZ0RhZ3lSaWVESkRlZzdtbHpiODZrSUZRNS84T09HZ0lGa0NJUUNQRzlwaHNQd1c5bjl2dnZIUApic29sUUowTjc3Y0swOFV1R21LeWtESTVNUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';
  const body = (name, signerName, usages = ['client auth'], more = {}) => ({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: `rp-ext-approve-${name}` }, spec: { request, signerName, usages, ...more } });
  const at = (name, sub = '') => `${CSR}/rp-ext-approve-${name}${sub && `/${sub}`}`;
  const condition = (type, more = {}) => ({ type, status: 'True', reason: 'Because', message: 'of it', ...more });
  const as = (user) => ({ 'impersonate-user': user, 'impersonate-group': 'system:authenticated' });
  const role = (name, rules) => [{ compare: false, method: 'POST', path: `${RBAC}/clusterroles`, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: `rp-ext-approve-${name}` }, rules } },
    { compare: false, method: 'POST', path: `${RBAC}/clusterrolebindings`, body: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: `rp-ext-approve-${name}` }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `rp-ext-approve-${name}` }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: `rp-${name}` }] } }];
  const all = { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests', 'certificatesigningrequests/approval', 'certificatesigningrequests/status'], verbs: ['*'] };
  const signers = (verbs, resourceNames) => ({ apiGroups: ['certificates.k8s.io'], resources: ['signers'], verbs, resourceNames });
  const shown = (b) => (b.status && b.kind !== 'Status' ? b.status.conditions ?? b.status : b);
  const patch = (name, of, sub, conditions, headers) => ({ name, method: 'PATCH', type: 'application/merge-patch+json', path: at(of, sub), headers, body: { status: { conditions } }, pick: shown });
  const steps = [
    ...role('none', [all]), ...role('exact', [all, signers(['approve'], ['example.com/a'])]), ...role('domain', [all, signers(['approve', 'sign'], ['example.com/*'])]), ...role('sign', [all, signers(['sign'], ['example.com/a'])]),
    { name: 'a', method: 'POST', path: CSR, body: body('a', 'example.com/a'), pick: (b) => b.spec?.signerName ?? b },
    { name: 'b', method: 'POST', path: CSR, body: body('b', 'example.com/b'), pick: (b) => b.spec?.signerName ?? b },
    { compare: false, path: at('a', ''), headers: as('rp-domain'), until: (b, r) => r.status === 200 }, { compare: false, path: at('a', ''), headers: as('rp-sign'), until: (b, r) => r.status === 200 },
    patch('nobody of the signer', 'a', 'approval', [condition('Approved')], as('rp-none')),
    patch('of another signer', 'b', 'approval', [condition('Approved')], as('rp-exact')),
    patch('only to sign', 'a', 'approval', [condition('Approved')], as('rp-sign')),
    patch('not True', 'a', 'approval', [condition('Approved', { status: 'False' })], as('rp-exact')),
    patch('no status', 'a', 'approval', [condition('Approved', { status: '' })], as('rp-exact')),
    patch('no type', 'a', 'approval', [condition('')], as('rp-exact')),
    patch('both', 'a', 'approval', [condition('Approved'), condition('Denied')], as('rp-exact')),
    patch('twice', 'a', 'approval', [condition('Approved'), condition('Approved')], as('rp-exact')),
    patch('another type, by status False', 'a', 'approval', [condition('Custom', { status: 'False' })], as('rp-exact')),
    patch('the exact signer', 'a', 'approval', [condition('Approved')], as('rp-exact')),
    patch('then denied', 'a', 'approval', [condition('Denied')], as('rp-exact')),
    patch('then taken back', 'a', 'approval', [], as('rp-exact')),
    patch('reworded', 'a', 'approval', [condition('Approved', { reason: 'Other' })], as('rp-exact')),
    patch('the domain', 'b', 'approval', [condition('Denied')], as('rp-domain')),
    patch('a failure with the approval', 'b', 'approval', [condition('Denied'), condition('Failed')], as('rp-domain')),
    patch('a failure by its status', 'a', 'status', [condition('Approved', { reason: 'Other' }), condition('Failed')], as('rp-sign')),
    { name: 'a certificate by one who may not', method: 'PATCH', type: 'application/merge-patch+json', path: at('a', 'status'), headers: as('rp-exact'), body: { status: { certificate: 'bm9uZQ==' } }, pick: shown },
    { name: 'no certificate', method: 'PATCH', type: 'application/merge-patch+json', path: at('a', 'status'), headers: as('rp-sign'), body: { status: { certificate: 'bm9uZQ==' } }, pick: shown },
    { name: 'the spec stays', method: 'PATCH', type: 'application/merge-patch+json', path: at('b'), headers: as('rp-domain'), body: { spec: { signerName: 'example.com/c', expirationSeconds: 700 } }, pick: (b) => b.spec?.signerName ?? b },
    { name: 'labels go', method: 'PATCH', type: 'application/merge-patch+json', path: at('b', 'approval'), headers: as('rp-domain'), body: { metadata: { labels: { x: 'y' } } }, pick: (b) => b.metadata?.labels ?? [b.kind, b.message] },
    ...['example.com', 'example.com/', '/x', 'kubernetes.io/legacy-unknown', 'kubernetes.io/other', 'Example.com/a', 'example.com/a/b', 'a.b/' + 'c'.repeat(64)].map((s, i) => ({ name: `signer ${s}`, method: 'POST', path: CSR, query: { dryRun: 'All' }, body: body(`n${i}`, s), pick: (b) => b.spec?.signerName ?? b })),
    ...[[], ['client auth', 'client auth'], ['nope'], ['any'], ['server auth', 'nope']].map((usages, i) => ({ name: `usages ${usages}`, method: 'POST', path: CSR, query: { dryRun: 'All' }, body: body(`u${i}`, 'example.com/a', usages), pick: (b) => b.spec?.usages ?? b })),
    ...[0, 599, 600, -1].map((expirationSeconds) => ({ name: `expires in ${expirationSeconds}`, method: 'POST', path: CSR, query: { dryRun: 'All' }, body: body(`e${expirationSeconds}x`.replace('-', 'm'), 'example.com/a', ['any'], { expirationSeconds }), pick: (b) => b.spec?.expirationSeconds ?? b })),
    { name: 'by field', path: CSR, query: { fieldSelector: 'spec.signerName=example.com/b' }, pick: (b) => b.items?.map((i) => i.metadata.name) ?? b },
  ];
  steps.cleanup = [at('a'), at('b'), ...['none', 'exact', 'domain', 'sign'].flatMap((n) => [`${RBAC}/clusterrolebindings/rp-ext-approve-${n}`, `${RBAC}/clusterroles/rp-ext-approve-${n}`])];
  return steps;
};
