// Numbers as JSON and YAML write them: a fraction or an exponent is no integer in JSON, and one that is too large is told as it was written.
export default ({ ns }) => {
  const deployments = `/apis/apps/v1/namespaces/${ns}/deployments`;
  const template = '"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}';
  const replicas = (n) => `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{"replicas":${n},"selector":{"matchLabels":{"a":"b"}},${template}}}`;
  const services = `/api/v1/namespaces/${ns}/services`;
  const target = (n) => `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":80,"targetPort":${n}}]}}`;
  const claims = `/api/v1/namespaces/${ns}/persistentvolumeclaims`;
  const storage = (n) => `{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":${n}}}}}`;
  const configMaps = `/api/v1/namespaces/${ns}/configmaps`;
  const generation = (n) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","generation":${n}}}`;
  const labels = (n) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","annotations":{"text":"[1.0]"}},"data":{"n":${n}}}`;
  const revisions = `/apis/apps/v1/namespaces/${ns}/controllerrevisions`;
  const revision = (n) => `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"a"},"data":{"n":1.5},"revision":${n}}`;
  const sum = (b) => b.message ?? b.spec?.replicas ?? b.spec?.ports?.[0].targetPort ?? b.spec?.resources ?? b.revision ?? 'made';
  const post = (what, path, make, numbers, types = ['json']) =>
    types.flatMap((type) => numbers.map((n) => ({ name: `${what} ${n} in ${type}`, method: 'POST', path, query: { dryRun: 'All' }, type: `application/${type}`, body: make(n), pick: sum })));
  return [
    ...post('replicas', deployments, replicas, ['1', '1.0', '1e0', '1E0', '10e-1', '0.0', '1.5', '2147483648', '9223372036854775807', '9223372036854775808', '-9223372036854775809', '12345678901234567890123', '1e20']),
    ...post('replicas', deployments, replicas, ['1.0', '1e3', '1.5'], ['yaml']),
    ...post('a target', services, target, ['80.0', '8e1', '1.5', '2147483648', '12345678901234567890123']),
    ...post('storage', claims, storage, ['1.0', '1e3', '1.5', '1024', '12345678901234567', '1E3', '0.1']),
    ...post('a generation', configMaps, generation, ['1.0', '1e3', '9223372036854775807', '9223372036854775808']),
    ...post('a text', configMaps, labels, ['1.0', '1e3', '"1.0"']),
    ...post('a revision', revisions, revision, ['1', '1.0', '2e0']),
    { name: 'an earlier number that is none', method: 'POST', path: deployments, query: { dryRun: 'All' }, body: replicas('1.0').replace('"image"', '"ports":[{"containerPort":1e0}],"image"'), type: 'application/json', pick: sum },
    { name: 'a number of which the later one counts', method: 'POST', path: deployments, query: { dryRun: 'All', fieldValidation: 'Ignore' }, body: replicas('1,"replicas":2'), type: 'application/json', pick: sum },
    { name: 'a deployment', method: 'POST', path: deployments, body: replicas('1'), type: 'application/json', compare: false },
    ...['1.0', '1e0'].map((n) => ({ name: `PUT ${n}`, method: 'PUT', path: `${deployments}/a`, query: { dryRun: 'All' }, body: replicas(n), type: 'application/json', pick: sum })),
  ];
};
