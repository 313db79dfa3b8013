// What is told first of several things that are wrong, and who refuses a form: the router of a path, or its handler.
export default ({ ns }) => {
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const said = (b, r) => ({ status: r.status, type: r.headers['content-type'], body: b });
  const write = (method, path, type, query) => ({ name: `${method} of ${type || 'nothing'} with ${JSON.stringify(query)}`, method, path, headers: { accept: 'application/json', 'content-type': type }, query, body: '{}', pick: said });
  const list = 'as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const read = (path, accept) => ({ name: `${path.replace(ns, 'NS')} as ${accept}`, path, headers: { accept }, pick: (b, r) => (r.status === 200 ? { status: 200, type: r.headers['content-type'] } : said(b, r)) });
  return [
    ...['nonsense', 'text/plain', 'application/merge-patch+json', 'application/json'].flatMap((type) => [
      write('POST', cms, type, { fieldValidation: 'x', dryRun: 'y' }),
      write('PUT', `${cms}/x`, type, { fieldValidation: 'x', dryRun: 'y' }),
      write('PATCH', `${cms}/x`, type, { fieldValidation: 'x', dryRun: 'y' }),
      write('POST', `/api/v1/namespaces/${ns}/pods/x/eviction`, type, { fieldValidation: 'x' }),
      write('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', type, { fieldValidation: 'x' }),
    ]),
    { name: 'an account', method: 'POST', path: `/api/v1/namespaces/${ns}/serviceaccounts`, body: { metadata: { name: 'own' } }, pick: (b, r) => r.status },
    { name: 'a pod', method: 'POST', path: `/api/v1/namespaces/${ns}/pods`, body: { metadata: { name: 'p' }, spec: { serviceAccountName: 'own', schedulerName: 'none', containers: [{ name: 'a', image: 'i' }] } }, pick: (b, r) => r.status },
    ...['application/json', `application/json;${list}`, `application/json;${list},application/json`, `application/json,application/json;${list}`, 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1', 'application/json;as=Table;g=meta.k8s.io;v=v1', 'text/html'].flatMap((accept) =>
      ['pods/p/log', 'pods/absent/log', 'pods/p/log/x', 'configmaps/x/log'].map((path) => read(`/api/v1/namespaces/${ns}/${path}`, accept)),
    ),
    ...['/version', '/apis', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/.well-known/openid-configuration', '/openid/v1/jwks'].flatMap((path) =>
      ['text/html', 'application/yaml', 'application/json;as=x', '*/*;as=Table;g=meta.k8s.io;v=v1'].map((accept) => read(path, accept)),
    ),
  ];
};
