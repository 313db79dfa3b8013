// Service accounts of pods: tokens of pods and secrets, what is made again, what goes with an account, who may not be used, token requests that are bound.
import { post, patch, get, del, until, gone, settle, P, cleanup, loose, pod, brief, events, quiet } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const A = `${core}/serviceaccounts`; const S = `${core}/secrets`;
  const secret = (name, account, more) => post(`secret ${name}`, S, { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name, ...(account ? { annotations: { 'kubernetes.io/service-account.name': account } } : {}), ...more } });
  const steps = [
    post('an account', A, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }, (b) => ({ secrets: b.secrets, kind: b.kind })),
    secret('robot-token', 'robot'), until('has a token', `${S}/robot-token`, (b) => b.data?.token, (b) => ({ keys: Object.keys(b.data).sort(), annotations: { ...b.metadata.annotations, 'kubernetes.io/service-account.uid': typeof b.metadata.annotations['kubernetes.io/service-account.uid'] }, labels: b.metadata.labels ?? 'none', namespace: Buffer.from(b.data.namespace, 'base64').toString() })),
    get('the account does not list it', `${A}/robot`, (b) => b.secrets ?? 'none'),
    patch('its token goes', `${S}/robot-token`, { data: { token: null } }, (b) => b.kind), until('and comes again', `${S}/robot-token`, (b) => b.data?.token, (b) => Object.keys(b.data).sort()),
    patch('its authority is changed', `${S}/robot-token`, { data: { 'ca.crt': 'eA==' } }, (b) => b.kind), until('and mended', `${S}/robot-token`, (b) => b.data['ca.crt'] !== 'eA==', (b) => Buffer.from(b.data['ca.crt'], 'base64').toString().slice(0, 27)),
    secret('nobody-token', 'nobody'), gone('a token of nobody goes', `${S}/nobody-token`),
    secret('bad'),
    secret('wrong', 'robot', { annotations: { 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': 'x' } }), gone('of another uid too', `${S}/wrong`),
    post('a pod of it', pods, pod('p', loose({ serviceAccountName: 'robot' })), (b) => ({ account: b.spec.serviceAccountName, old: b.spec.serviceAccount, volumes: b.spec.volumes.map((x) => x.projected?.sources.map((s) => Object.keys(s)[0])) })),
    post('a pod of nobody', pods, pod('q', loose({ serviceAccountName: 'nobody' }))),
    post('a token for the pod', `${A}/robot/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' }, expirationSeconds: 3600, audiences: ['x'] } }, (b) => ({ status: b.status && Object.keys(b.status).sort(), spec: b.spec && { ...b.spec, boundObjectRef: { ...b.spec.boundObjectRef, uid: undefined } }, claims: b.status && (({ aud, iss, sub, 'kubernetes.io': k }) => ({ aud, sub, k: Object.keys(k).sort(), pod: k.pod.name }))(JSON.parse(Buffer.from(b.status.token.split('.')[1], 'base64url').toString())) })),
    post('for a pod that is not there', `${A}/robot/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'none' } } }),
    post('for too short', `${A}/robot/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 10 } }),
    del('the account goes', `${A}/robot`), gone('its secret too', `${S}/robot-token`), get('its pod stays', `${pods}/p`, (b) => b.kind),
    del('the default account goes', `${A}/default`), until('it comes again', `${A}/default`, (b) => b.kind === 'ServiceAccount', (b) => b.metadata.name),
    del('the root certificate goes', `${core}/configmaps/kube-root-ca.crt`), until('it comes too', `${core}/configmaps/kube-root-ca.crt`, (b) => b.data?.['ca.crt'], (b) => ({ annotations: b.metadata.annotations, keys: Object.keys(b.data) })),
    patch('is changed', `${core}/configmaps/kube-root-ca.crt`, { data: { 'ca.crt': 'x', more: 'y' } }, (b) => Object.keys(b.data).sort()), until('is mended', `${core}/configmaps/kube-root-ca.crt`, (b) => b.data['ca.crt'] !== 'x', (b) => Object.keys(b.data).sort()),
    post('an account with what it had', A, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'old', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } }, automountServiceAccountToken: false, secrets: [{ name: 'x' }], imagePullSecrets: [{ name: 'pull' }] }),
    post('a pod of that', pods, pod('o', loose({ serviceAccountName: 'old' })), (b) => ({ volumes: b.spec.volumes ?? 'none', pull: b.spec.imagePullSecrets })),
    post('with a secret that is not its', pods, pod('r', loose({ serviceAccountName: 'old', volumes: [{ name: 's', secret: { secretName: 'other' } }] }))),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
