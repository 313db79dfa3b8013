// Forms that subresources have and have not, of logs and deprecated kinds, and the table of a Scale.
export default ({ ns }) => {
  const table = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
  const get = (name, path, headers) => ({ name, path, headers, pick: (b) => b.message ?? b });
  const D = `/apis/apps/v1/namespaces/${ns}/deployments`;
  const P = `/api/v1/namespaces/${ns}/pods/none`;
  return [
    ...['status', 'log', 'ephemeralcontainers', 'resize'].map((part) => get(`${part} of a pod as a table`, `${P}/${part}`, table)),
    get('an approval as a table', '/apis/certificates.k8s.io/v1/certificatesigningrequests/none/approval', table), get('a status as a table', '/apis/certificates.k8s.io/v1/certificatesigningrequests/none/status', table),
    { name: 'finalizing as a table', method: 'PUT', path: '/api/v1/namespaces/none/finalize', headers: table, pick: (b) => b.message, body: { metadata: { name: 'none' } } },
    ...['text/plain', '*/*', 'text/html', 'application/json;as=Table;g=meta.k8s.io;v=v1, application/json', 'text/plain, application/json'].map((accept) => get(`a log as ${accept}`, `${P}/log`, { accept })),
    ...['text/plain', 'application/json;as=Nothing', '*/*'].map((accept) => get(`Endpoints as ${accept}`, `/api/v1/namespaces/${ns}/endpoints/none`, { accept })),
    { name: 'a deployment', method: 'POST', path: D, compare: false, body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'i' }] } } } } },
    { name: 'its scale as a table', path: `${D}/d/scale`, headers: table, pick: (b) => ({ columns: b.columnDefinitions, cells: b.rows[0].cells.slice(0, 3) }) },
    get('its scale as a list of metadata', `${D}/d/scale`, { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }),
    { name: 'its scale as metadata', path: `${D}/d/scale`, headers: { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }, pick: (b) => ({ kind: b.kind, name: b.metadata.name }) },
  ];
};
