// What is published to everybody: bundles of certificates, the root certificates of each namespace, and what becomes of them when somebody changes them.
import { post, patch, get, del, until, gone, quiet, settle, P, cleanup, managers, whole, each } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core } = P(ns);
  const V = ['v1', 'v1beta1', 'v1alpha1'].map((v) => get(`bundles of ${v}`, `/apis/certificates.k8s.io/${v}/clustertrustbundles`, (b, r) => ({ code: b.code, kind: b.kind, message: typeof b === 'string' ? b : b.message, items: b.items?.map((i) => [i.metadata.name.replace(/:[a-zA-Z0-9_-]{20,}$/, ':<hash>'), i.spec.signerName]) })));
  const R = `${core}/configmaps/kube-root-ca.crt`;
  const steps = [
    ...V, until('the root certificates', R, (b) => b.data?.['ca.crt'], (b) => ({ keys: Object.keys(b.data), annotations: b.metadata.annotations, labels: b.metadata.labels, by: managers(b) })),
    patch('more than that', R, { data: { more: 'x' }, metadata: { annotations: { 'kubernetes.io/description': 'mine', own: 'y' }, labels: { l: 'm' } } }, (b) => Object.keys(b.data).sort()), settle(1200), get('what is left', R, (b) => ({ keys: Object.keys(b.data).sort(), annotations: b.metadata.annotations, labels: b.metadata.labels, by: managers(b) })),
    patch('immutable', R, { immutable: true }, (b) => b.immutable), patch('no more', R, { data: { 'ca.crt': 'x' } }, (b) => b.message ?? Object.keys(b.data)), del('deleted', R), until('is back', R, (b) => b.data?.['ca.crt'], (b) => ({ keys: Object.keys(b.data), immutable: b.immutable ?? false, annotations: b.metadata.annotations })),
    patch('the default account', `${core}/serviceaccounts/default`, { metadata: { annotations: { a: 'b' } }, automountServiceAccountToken: false }, (b) => b.automountServiceAccountToken), settle(500), get('stays so', `${core}/serviceaccounts/default`, whole),
    patch('held', `${core}/serviceaccounts/default`, { metadata: { finalizers: ['example.com/hold'] } }, (b) => b.kind), del('deleted', `${core}/serviceaccounts/default`), settle(500), get('is on its way', `${core}/serviceaccounts/default`, (b) => Boolean(b.metadata.deletionTimestamp)), patch('let go', `${core}/serviceaccounts/default`, { metadata: { finalizers: null } }, (b) => b.kind), until('a new one', `${core}/serviceaccounts/default`, (b) => b.kind === 'ServiceAccount' && !b.metadata.deletionTimestamp && !b.metadata.annotations, (b) => ({ ...whole(b), by: managers(b) })),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
