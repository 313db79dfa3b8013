// How amounts are read and given back: which spellings are kept, which become canonical, and which are none.
const spellings = ['0.5', '0.500', '0.125', '.250', '1.500', '00.125', '1.', '+1', '-1', '0.001', '0.0001', '100u', '1500n', '0.125k', '0.1Gi', '0.5Gi', '1.5Gi', '1024Mi', '1000Mi', '8Ki', '9Ki', '1e3', '1E3', '1e-3', '12e2', '1e+6', '100E', '8Ei', '9999999999999999999', '1000000', '123456', '0e5', '-', '.', '-n', '.Ti', '.Pi', 'e-10', '', 'x', '1 ', ' 1', '1K', '1ki', '1.2.3', '--1', '0x1', '1e1.5'];
export default ({ ns }) => {
  const dry = { dryRun: 'All' };
  const quota = (value) => ({ name: `a quota of ${JSON.stringify(value)}`, method: 'POST', path: `/api/v1/namespaces/${ns}/resourcequotas`, query: dry, pick: (b) => b.spec?.hard ?? b.message, body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { 'requests.example.com/x': value } } } });
  const template = (name, resources, spec) => ({ name, method: 'POST', path: `/api/v1/namespaces/${ns}/podtemplates`, query: dry, pick: (b) => b.message ?? [b.template.spec.resources ?? null, b.template.spec.containers.map((c) => c.resources)], body: { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 't' }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i', resources }], ...spec } } } });
  return [
    ...spellings.map(quota),
    quota(0.125), quota(0.5), quota(1e21), quota(100), quota(null),
    template('what a container asks for', { requests: { cpu: '0.125', memory: '0.500Gi', 'example.com/x': '1.0' }, limits: { cpu: '0.250', memory: '1e9', 'example.com/x': '1' } }),
    template('more than its limit', { requests: { cpu: '0.500' }, limits: { cpu: '0.250' } }),
    template('for the pod and its containers', { requests: { cpu: '0.250' } }, { resources: { requests: { cpu: '0.125' }, limits: { cpu: '1.0', memory: '0.5Gi' } } }),
    { name: 'a volume', method: 'POST', path: '/api/v1/persistentvolumes', query: dry, pick: (b) => b.spec?.capacity ?? b.message, body: { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'x' }, spec: { capacity: { storage: '0.500' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } } } },
  ];
};
