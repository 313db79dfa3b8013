// Names of a map that are numbers stand in the order of their bytes, as all others, wherever an object is shown; texts that cannot be printed are quoted as Go quotes them.
export default ({ ns }) => {
  const maps = `/api/v1/namespaces/${ns}/configmaps`;
  const shown = (_body, { text }) => text.match(/"(?:labels|annotations|data)":\s*\{[^}]*\}/g);
  const values = { 9: 'a', 10: 'b', 100: 'c', 1: 'd', z: 'e', '02': 'f' };
  const object = (name, more = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: values, ...more }, data: values });
  const step = (name, method, path, rest = {}) => ({ name: `names: ${name}`, method, path, headers: { accept: rest.accept ?? 'application/json' }, pick: shown, ...rest });
  const odd = 'x\u00a0y\u0001\u007f\u200b';
  const workload = (name, path, apiVersion, kind, rest) => ({ name: `quoted: ${name}`, method: 'POST', path, query: { dryRun: 'All' }, body: { apiVersion, kind, metadata: { name: 'x' }, ...rest } });
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'i' }] } };
  return [
    step('made', 'POST', maps, { body: object('numbers') }),
    step('read', 'GET', `${maps}/numbers`),
    step('read by a person', 'GET', `${maps}/numbers`, { query: { pretty: 'true' } }),
    step('listed', 'GET', maps, { query: { fieldSelector: 'metadata.name=numbers' } }),
    step('its metadata', 'GET', `${maps}/numbers`, { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }),
    step('as a row', 'GET', `${maps}/numbers`, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }),
    step('in YAML', 'GET', `${maps}/numbers`, { accept: 'application/yaml', pick: (_body, { text }) => /data:[^]*kind/.exec(text)[0] }),
    step('watched', 'GET', maps, { query: { watch: 'true', timeoutSeconds: '2', fieldSelector: 'metadata.name=numbers' }, watch: { events: 1 } }),
    step('patched', 'PATCH', `${maps}/numbers`, { type: 'application/merge-patch+json', body: { data: { 20: 'g' }, metadata: { annotations: { 3: 'x', 20: 'y' } } } }),
    step('patched in JSON', 'PATCH', `${maps}/numbers`, { type: 'application/json-patch+json', body: [{ op: 'add', path: '/data/11', value: 'h' }] }),
    step('applied', 'PATCH', `${maps}/applied`, { type: 'application/apply-patch+yaml', query: { fieldManager: 'm' }, body: object('applied') }),
    workload('a time zone and a schedule', `/apis/batch/v1/namespaces/${ns}/cronjobs`, 'batch/v1', 'CronJob', { spec: { schedule: odd, timeZone: odd, jobTemplate: { spec: { template } } } }),
    workload('whom a binding names', `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings`, 'rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef: { kind: odd, name: odd, apiGroup: odd }, subjects: [{ kind: odd, name: odd, apiGroup: odd }] }),
    workload('a time', maps, 'v1', 'ConfigMap', { metadata: { name: 'x', creationTimestamp: `2020-01-01T00:00:00é"` } }),
    workload('a field', maps, 'v1', 'ConfigMap', { [odd]: 1 }),
    { name: 'quoted: a timeout', path: maps, query: { timeout: `1${odd}` } },
    { name: 'quoted: a timeout beyond all', path: maps, query: { timeout: '9999999h' } },
    { name: 'quoted: a name', path: `${maps}/${encodeURIComponent(odd)}` },
    { name: 'quoted: a part of a JSON patch', method: 'PATCH', path: `${maps}/numbers`, type: 'application/json-patch+json', body: [{ op: 'remove', path: `/${odd}` }] },
  ];
};
