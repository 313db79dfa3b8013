// Requests that are read in an unusual way: slashes too many, parameters that cannot be read, parameters of media types, several media types at once, versions in more digits than one.
export default ({ ns }) => {
  const maps = `/api/v1/namespaces/${ns}/configmaps`;
  const map = (name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { odd: 'yes' } } });
  const told = (b) => (typeof b === 'string' ? b : (b.message ?? b.kind ?? Object.keys(b)[0]));
  const get = (path, more) => ({ name: `GET ${path}`, path, pick: told, ...more });
  const listed = (b) => b.message ?? b.items?.map((item) => item.metadata.name);
  const token = (b) => ({
    names: listed(b),
    start: b.metadata?.continue && JSON.parse(Buffer.from(b.metadata.continue, 'base64url').toString()).start,
  });
  const patch = '{"metadata":{"labels":{"more":"yes"}}}';
  const account = (more) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'keyless' }, ...more });
  const keyless = { secrets: [{ apiVersion: 'v1' }] };
  const applied = { method: 'PATCH', path: `/api/v1/namespaces/${ns}/serviceaccounts/keyless`, type: 'application/apply-patch+yaml', query: { fieldManager: 'a', force: 'true', dryRun: 'All' }, pick: told };
  return [
    ...['a', 'b', 'c'].map((name) => ({ compare: false, method: 'POST', path: maps, body: map(name) })),
    ...['/api//', '/api///', '/api/v1//', '/apis//', '/apis/apps//', '/apis/apps/v1//', '/version//', '/version/x', '/.well-known/openid-configuration//'].map((path) => get(path)),
    ...['limit=1;x=2', 'limit=%zz', 'limit=1%', 'a;b&limit=1', '%zz=1&limit=1', 'labelSelector=odd%3Dno;c', 'watch=1;'].map((query) => get(`${maps}?${query}&fieldSelector=metadata.name!%3Dkube-root-ca.crt`, { pick: listed })),
    ...['as=', 'v=', 'v=v1', 'g=meta.k8s.io', 'as=;v=v1;g=meta.k8s.io', 'v=v1,application/json'].map((parameters) => get(`${maps}/a`, { name: `application/json;${parameters}`, headers: { accept: `application/json;${parameters}` } })),
    ...['application/merge-patch+json,application/json', 'text/plain,application/merge-patch+json', 'application/merge-patch+json;a=b,text/plain', 'text/plain,application/xml'].map((type) => ({ name: `a patch of ${type}`, method: 'PATCH', path: `${maps}/a`, query: { dryRun: 'All' }, type, body: patch, pick: told })),
    ...['00', '0'].flatMap((resourceVersion) => ['', 'Exact', 'NotOlderThan'].map((resourceVersionMatch) => ({ name: `a page at ${resourceVersion} ${resourceVersionMatch}`, path: maps, query: { limit: 1, labelSelector: 'odd=yes', resourceVersion, ...(resourceVersionMatch && { resourceVersionMatch }) }, pick: token }))),
    { compare: false, method: 'POST', path: `/api/v1/namespaces/${ns}/serviceaccounts`, body: account(keyless) },
    { ...applied, name: 'a list without its keys applied over one', body: JSON.stringify(account(keyless)) },
    { ...applied, name: 'nothing applied over a list without its keys', body: JSON.stringify(account()) },
  ];
};
