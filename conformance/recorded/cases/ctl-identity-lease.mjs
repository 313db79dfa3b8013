// The lease by which an API server tells that it is there: its name, labels and holder; what is put right of it and what stays, and that it comes back.
import { patch, get, del, until, managers } from './lib/ctl.mjs';

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const ours = { query: { labelSelector: 'apiserver.kubernetes.io/identity=kube-apiserver' } };
const form = (text) => text?.replace(/apiserver-[a-z2-7]{26}/, 'apiserver-<hash>').replace(/_[0-9a-f-]{36}$/, '_<uuid>');
const fact = ({ reason, metadata: { name, labels = {}, annotations = {} }, spec = {} }) => ({
  reason,
  name: form(name), labels: { ...labels, 'kubernetes.io/hostname': Boolean(labels['kubernetes.io/hostname']) },
  annotations: { ...annotations, 'kubernetes.io/peer-advertise-address': /^[0-9.]+:[0-9]+$/.test(annotations['kubernetes.io/peer-advertise-address']) },
  spec: { ...spec, holderIdentity: form(spec.holderIdentity), renewTime: /\.\d{6}Z$/.test(spec.renewTime) },
});
const renewed = (name, test) => (vars) => until(name, `${leases}/${vars.lease}`, test, fact);
export default () => [
  until('the lease', leases, (b) => b.items.length === 1, (b) => b.items.map(fact), { ...ours, save: (b, vars) => { vars.lease = b.items[0].metadata.name; } }),
  get('who wrote it', leases, (b) => b.items.map(managers), ours),
  (vars) => patch('others change it', `${leases}/${vars.lease}`, { metadata: { labels: { 'apiserver.kubernetes.io/identity': 'x', own: 'x' }, annotations: { 'kubernetes.io/peer-advertise-address': null, mine: 'y' } }, spec: { holderIdentity: 'other', leaseDurationSeconds: 7, leaseTransitions: 3 } }, (b) => b.spec.holderIdentity),
  renewed('what is its own is put right', (b) => b.spec.leaseDurationSeconds === 3600),
  (vars) => del('it is deleted', `${leases}/${vars.lease}`),
  renewed('it comes back', (b) => Boolean(b.spec.renewTime)),
];
