// Bodies whose apiVersion leaves the version or the group open: `apps/`, `/v1`, `/`.
export default ({ ns }) => {
  const paths = { ConfigMap: `/api/v1/namespaces/${ns}/configmaps`, Deployment: `/apis/apps/v1/namespaces/${ns}/deployments` };
  const object = (apiVersion, kind) => ({ apiVersion, kind, metadata: { name: 'x' } });
  const tries = ['apps/', '/', 'batch/', 'x/', '//', '/v1', 'apps//'].flatMap((apiVersion) => ['ConfigMap', 'Deployment', 'Nope', ''].map((kind) => [apiVersion, kind]));
  return Object.entries(paths).flatMap(([wanted, path]) => [
    ...tries.map(([apiVersion, kind]) => ({ name: `${wanted}: ${apiVersion} ${kind}`, method: 'POST', path, query: { dryRun: 'All' }, body: object(apiVersion, kind) })),
    ...['apps/', 'x/'].map((apiVersion) => ({ name: `${wanted}: ${apiVersion} in YAML`, method: 'POST', path, query: { dryRun: 'All' }, type: 'application/yaml', body: `apiVersion: ${apiVersion}\nkind: ${wanted}\nmetadata: {name: x}\n` })),
    { name: `${wanted}: put`, method: 'PUT', path: `${path}/none`, body: object('apps/', wanted) },
  ]);
};
