// Certificates: what each signer grants and refuses, usages, durations, approval and denial and failure, what may still change, and what is issued by whom.
import { post, patch, get, del, until, gone, quiet, settle, P, cleanup, condsFull, managers, cond } from './lib/ctl.mjs';
import { generateKeyPairSync, sign, createHash, X509Certificate } from 'node:crypto';
// A PKCS #10 request, put together from DER.
const der = (tag, ...parts) => { const body = Buffer.concat(parts.map((p) => Buffer.from(p))); const n = body.length; const len = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255]; return Buffer.concat([Buffer.from([tag, ...len]), body]); };
const oid = (s) => { const [a, b, ...rest] = s.split('.').map(Number); const out = [a * 40 + b]; for (const n of rest) { const part = [n & 127]; for (let m = n >> 7; m; m >>= 7) part.unshift((m & 127) | 128); out.push(...part); } return der(6, Buffer.from(out)); };
const utf8 = (s) => der(12, Buffer.from(s)); const seq = (...p) => der(0x30, ...p); const set = (...p) => der(0x31, ...p);
function request(cn, orgs = [], dns = []) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = seq(...orgs.map((o) => set(seq(oid('2.5.4.10'), utf8(o)))), set(seq(oid('2.5.4.3'), utf8(cn))));
  const san = seq(oid('2.5.29.17'), der(4, seq(...dns.map((d) => der(0x82, Buffer.from(d))))));
  const attrs = dns.length ? der(0xa0, seq(oid('1.2.840.113549.1.9.14'), set(seq(san)))) : der(0xa0);
  const info = seq(der(2, Buffer.from([0])), name, publicKey.export({ type: 'spki', format: 'der' }), attrs);
  const signature = sign('sha256', info, privateKey);
  const all = seq(info, seq(oid('1.2.840.10045.4.3.2')), der(3, Buffer.from([0]), signature));
  return Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${all.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE REQUEST-----\n`).toString('base64');
}
export default ({ ns }) => {
  const R = '/apis/certificates.k8s.io/v1/certificatesigningrequests'; const n = (x) => `${ns}-${x}`; const K = 'kubernetes.io/';
  const xs = ['client', 'kubelet', 'serving', 'badorg', 'badsan', 'usage', 'short', 'denied', 'failed', 'custom', 'legacy', 'cn'];
  const csr = (x, signerName, usages, req, more = {}) => post(`request ${x}`, R, { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: n(x) }, spec: { signerName, usages, request: req, ...more } }, (b) => (b.kind === 'Status' ? b.message : { ...b.spec, request: undefined, extra: undefined }));
  const approve = (x, type = 'Approved', more = {}) => ({ name: `${x}: ${type}`, method: 'PATCH', type: 'application/merge-patch+json', path: `${R}/${n(x)}/approval`, body: { status: { conditions: [{ type, status: 'True', reason: 'Test', message: 'by hand', ...more }] } }, pick: (b) => (b.kind === 'Status' ? b.message : condsFull(b)) });
  const cert = (b) => { const c = new X509Certificate(Buffer.from(b.status.certificate, 'base64')); return { subject: c.subject, issuer: c.issuer, ca: c.ca, usages: c.keyUsage?.slice().sort(), san: c.subjectAltName, more: Buffer.from(b.status.certificate, 'base64').toString().match(/BEGIN/g).length }; };
  const issued = (x) => until(`${x} is issued`, `${R}/${n(x)}`, (b) => b.status.certificate, (b) => ({ ...cert(b), conditions: condsFull(b), by: managers(b) }));
  const st = (x, test = () => true) => until(`${x}: status`, `${R}/${n(x)}`, test, (b) => ({ conditions: condsFull(b), certificate: Boolean(b.status.certificate), by: managers(b) }));
  const client = ['digital signature', 'client auth']; const server = ['digital signature', 'key encipherment', 'server auth'];
  const steps = [
    ...xs.map((x) => quiet(del('none', `${R}/${n(x)}`))),
    csr('client', `${K}kube-apiserver-client`, ['client auth', 'digital signature', 'key encipherment'], request('jane', ['dev'])), settle(700), st('client'), approve('client'), issued('client'), approve('client', 'Denied'), approve('client', 'Approved', { status: 'False' }),
    csr('kubelet', `${K}kube-apiserver-client-kubelet`, client, request('system:node:x', ['system:nodes'])), approve('kubelet'), issued('kubelet'),
    csr('serving', `${K}kubelet-serving`, server, request('system:node:x', ['system:nodes'], ['x.example.com'])), approve('serving'), issued('serving'),
    csr('badorg', `${K}kube-apiserver-client-kubelet`, client, request('system:node:x', ['others'])), approve('badorg'), st('badorg', (b) => cond(b, 'Failed')), csr('badsan', `${K}kubelet-serving`, server, request('system:node:x', ['system:nodes'])), approve('badsan'), st('badsan', (b) => cond(b, 'Failed')),
    csr('usage', `${K}kube-apiserver-client`, ['server auth'], request('joe')), approve('usage'), st('usage', (b) => cond(b, 'Failed')), csr('short', `${K}kube-apiserver-client`, client, request('joe'), { expirationSeconds: 7200 }), approve('short'), issued('short'), csr('x', `${K}kube-apiserver-client`, client, request('joe'), { expirationSeconds: 60 }),
    csr('denied', `${K}kube-apiserver-client`, client, request('joe')), approve('denied', 'Denied'), settle(700), st('denied'), approve('denied', 'Approved'), csr('failed', 'example.com/own', client, request('joe')), approve('failed'), settle(700), st('failed'), { name: 'its signer fails', method: 'PATCH', type: 'application/strategic-merge-patch+json', path: `${R}/${n('failed')}/status`, body: { status: { conditions: [{ type: 'Failed', status: 'True', reason: 'No', message: 'not today' }] } }, pick: (b) => (b.kind === 'Status' ? b.message : condsFull(b)) },
    csr('custom', 'example.com/own', client, request('joe')), { name: 'issued without approval', method: 'PATCH', type: 'application/merge-patch+json', path: `${R}/${n('custom')}/status`, body: { status: { certificate: 'bm9wZQ==' } }, pick: (b) => (b.kind === 'Status' ? b.message : b.status) }, csr('legacy', `${K}legacy-unknown`, ['digital signature', 'key encipherment', 'server auth'], request('joe', [], ['a.example.com'])),
    csr('x', `${K}kube-apiserver-client`, [], request('joe')), csr('x', 'nodomain', client, request('joe')), csr('x', `${K}kube-apiserver-client`, ['client auth', 'client auth', 'nonsense'], request('joe')), csr('x', `${K}kube-apiserver-client`, client, 'bm9wZQ=='), csr('cn', `${K}kube-apiserver-client`, client, request('eve', ['system:masters'])), patch('the spec may not change', `${R}/${n('client')}`, { spec: { usages: ['server auth'] } }, (b) => b.message ?? b.spec.usages),
    get('as a table', `${R}/${n('client')}`, (b) => b.rows[0].cells.filter((_, i) => i !== 1), { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } }),
  ];
  steps.cleanup = cleanup(ns, 0, xs.map((x) => `${R}/${n(x)}`));
  return steps;
};
