// Dry runs that the request and the eviction in it speak of; versions of options that can be none.
export default ({ ns }) => {
  const pods = `/api/v1/namespaces/${ns}/pods`;
  const evict = (name, asked, dryRun) => ({
    name: `evict ${name}, asked ${JSON.stringify(asked)}, told ${JSON.stringify(dryRun)}`,
    method: 'POST',
    path: `${pods}/${name}/eviction`,
    query: { dryRun: asked },
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, deleteOptions: { dryRun } },
  });
  return [
    { name: 'an account', method: 'POST', path: `/api/v1/namespaces/${ns}/serviceaccounts`, body: { metadata: { name: 'own' } }, pick: (b, r) => r.status },
    { name: 'a pod', method: 'POST', path: pods, body: { metadata: { name: 'p' }, spec: { serviceAccountName: 'own', schedulerName: 'none', containers: [{ name: 'a', image: 'i' }] } }, pick: (b, r) => r.status },
    ...['p', 'absent'].flatMap((name) => [
      ...[['All'], ['All', 'All'], []].flatMap((asked) => [['All'], ['All', 'All'], ['All', 'x'], ['x']].map((dryRun) => evict(name, asked, dryRun))),
      ...[['All'], ['All', 'All'], ['x']].map((asked) => evict(name, asked, [])),
    ]),
    ...[{ apiVersion: 'a/b/c', kind: 'ConfigMap' }, { apiVersion: 'a/b/c', kind: 'DeleteOptions' }, { apiVersion: 'a/b/c' }, { apiVersion: 'a/b', kind: 'DeleteOptions' }].map((body) => ({ name: `delete with ${JSON.stringify(body)}`, method: 'DELETE', path: `${pods}/absent`, body })),
  ];
};
