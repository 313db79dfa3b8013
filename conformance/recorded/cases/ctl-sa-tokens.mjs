// Secrets with tokens of service accounts, the accounts of a namespace, and its root certificates.
import { post, patch, get, del, until, gone, P, cleanup, names } from './lib/ctl.mjs';

export default ({ ns }) => {
  const { core } = P(ns);
  const secret = (name, account, more) => ({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name, annotations: { 'kubernetes.io/service-account.name': account }, ...more } });
  const parts = (b) => ({ keys: Object.keys(b.data ?? {}).sort(), annotations: Object.keys(b.metadata.annotations), namespace: Buffer.from(b.data?.namespace ?? '', 'base64').toString(), labels: b.metadata.labels });
  const claims = (b) => { const c = JSON.parse(Buffer.from(Buffer.from(b.data.token, 'base64').toString().split('.')[1], 'base64url')); return { ...c, 'kubernetes.io/serviceaccount/service-account.uid': typeof c['kubernetes.io/serviceaccount/service-account.uid'] }; };
  const steps = [
    until('the default account', `${core}/serviceaccounts/default`, (b) => b.kind === 'ServiceAccount', (b) => ({ ...b, metadata: Object.keys(b.metadata).sort() })),
    until('the root certificates', `${core}/configmaps/kube-root-ca.crt`, (b) => b.data?.['ca.crt'], (b) => ({ keys: Object.keys(b.data), annotations: b.metadata.annotations })),
    patch('are put right', `${core}/configmaps/kube-root-ca.crt`, { data: { 'ca.crt': 'x' } }, (b) => b.kind),
    until('again', `${core}/configmaps/kube-root-ca.crt`, (b) => b.data['ca.crt'] !== 'x', (b) => Object.keys(b.data)),
    del('deleted', `${core}/configmaps/kube-root-ca.crt`), until('and again', `${core}/configmaps/kube-root-ca.crt`, (b) => b.data?.['ca.crt'], (b) => Object.keys(b.data)),
    del('the default account is deleted', `${core}/serviceaccounts/default`), until('and comes back', `${core}/serviceaccounts/default`, (b) => b.kind === 'ServiceAccount', (b) => b.metadata.name),
    post('an account', `${core}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }),
    post('a secret for it', `${core}/secrets`, secret('token', 'robot'), (b) => ({ type: b.type, data: b.data })),
    until('is filled', `${core}/secrets/token`, (b) => b.data?.token, parts),
    get('with these claims', `${core}/secrets/token`, claims),
    patch('emptied', `${core}/secrets/token`, { data: { token: null } }, (b) => Object.keys(b.data).sort()),
    until('is filled again', `${core}/secrets/token`, (b) => b.data?.token, parts),
    patch('another namespace and certificate', `${core}/secrets/token`, { data: { namespace: 'eA==', 'ca.crt': 'eA==' } }, (b) => Object.keys(b.data).sort()),
    post('one for nobody', `${core}/secrets`, secret('nobody', 'nobody'), (b) => b.type),
    gone('is removed', `${core}/secrets/nobody`),
    post('one without a name', `${core}/secrets`, { ...secret('unnamed', ''), metadata: { name: 'unnamed' } }, (b) => ({ message: b.message, causes: b.details?.causes })),
    post('one that names another uid', `${core}/secrets`, secret('uid', 'robot', { annotations: { 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': 'x' } }), (b) => b.type),
    gone('is removed too', `${core}/secrets/uid`),
    del('delete the account', `${core}/serviceaccounts/robot`), gone('its secret goes', `${core}/secrets/token`),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
