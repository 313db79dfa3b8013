// The tokens that pods have mounted: they hold longer than was asked for, and say from when on another should be used; the order of the claims.
export default ({ ns }) => {
  const core = `/api/v1/namespaces/${ns}`;
  const read = (b) => {
    const [header, payload] = b.status.token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    const c = JSON.parse(payload), own = c['kubernetes.io'];
    return { header: Object.keys(JSON.parse(header)), claims: Object.keys(c), own: Object.keys(own), life: c.exp - c.iat, warns: own.warnafter && own.warnafter - c.iat, told: Date.parse(b.status.expirationTimestamp) / 1000 - c.iat, spec: b.spec };
  };
  const ask = (name, spec) => ({ name, method: 'POST', path: `${core}/serviceaccounts/robot/token`, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }, pick: (b, r) => (r.status === 201 ? read(b) : b) });
  const pod = { apiVersion: 'v1', kind: 'Pod', name: 'one' }, secret = { apiVersion: 'v1', kind: 'Secret', name: 'one' };
  const own = 'https://kubernetes.default.svc.cluster.local';
  return [
    { name: 'a service account', method: 'POST', path: `${core}/serviceaccounts`, body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }, pick: (b) => b.kind },
    { name: 'a pod of it', method: 'POST', path: `${core}/pods`, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec: { serviceAccountName: 'robot', schedulerName: 'nobody', containers: [{ name: 'c', image: 'x' }] } }, pick: (b) => b.spec.volumes.map((v) => v.projected.sources[0]) },
    { name: 'a secret', method: 'POST', path: `${core}/secrets`, body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one' } }, pick: (b) => b.kind },
    ask('as kubelets ask for it', { expirationSeconds: 3607, boundObjectRef: pod }),
    ask('for the own audience', { expirationSeconds: 3607, boundObjectRef: pod, audiences: [own] }),
    ask('for another audience as well', { expirationSeconds: 3607, boundObjectRef: pod, audiences: [own, 'vault'] }),
    ask('a second more', { expirationSeconds: 3608, boundObjectRef: pod }),
    ask('not bound', { expirationSeconds: 3607 }),
    ask('bound to a secret', { expirationSeconds: 3607, boundObjectRef: secret }),
    ask('a day', { expirationSeconds: 86400, boundObjectRef: pod }),
    { name: 'a token in a secret', method: 'POST', path: `${core}/secrets`, body: { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token', metadata: { name: 'kept', annotations: { 'kubernetes.io/service-account.name': 'robot' } } }, pick: (b) => b.kind },
    { name: 'its claims', path: `${core}/secrets/kept`, until: (b) => b.data?.token, pick: (b) => Object.keys(JSON.parse(Buffer.from(Buffer.from(b.data.token, 'base64').toString().split('.')[1], 'base64url'))) },
    { name: 'the pod goes', method: 'DELETE', path: `${core}/pods/one?gracePeriodSeconds=0`, pick: (b) => b.kind },
  ];
};
