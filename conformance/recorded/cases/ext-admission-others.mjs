// Admission of single kinds: who approves and signs certificate requests, how claims and pods are resized, what a pod learns of its node's place.
const request = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IQUNBUUF3RGpFTU1Bb0dBMVVFQXd3RFltOWlNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRApRZ0FFRHl1dGZUYk1LcFZNVHlWOFcvM3c2UHh3UU5ETFVYRUtaQjRlb3V3dENIT1U5OWlPbFNXR1FkTmVTYzVmCllhVXp5bk9TS2pIbzU1WmdLWWVHd0tCdU42QUFNQW9HQ0NxR1NNNDlCQU1DQTBrQU1FWUNJUURlempFMnVoWmkKK2JERkowdVVrTkdEWG54VjQycDVFT013bC9HbnhEQkEzUUloQU50andBVmtKK2lPWmZrdGZYZGk5N0llOWs1bgptdGpyNkw2MllmTENjWHF5Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

export default ({ ns }) => {
  const C = '/apis/certificates.k8s.io/v1/certificatesigningrequests', R = '/apis/rbac.authorization.k8s.io/v1';
  const P = `/api/v1/namespaces/${ns}/pods`, V = `/api/v1/namespaces/${ns}/persistentvolumeclaims`, N = '/api/v1/nodes';
  const name = (x) => `${ns}-${x}`;
  const pick = (b, r) => (r.status < 300 ? 'let through' : b);
  const post = (title, path, body, more) => ({ name: title, method: 'POST', path, body, pick, ...more });
  const patch = (title, path, body, more) => ({ name: title, method: 'PATCH', path, type: 'application/merge-patch+json', body, pick, ...more });
  const csr = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: name('csr') }, spec: { signerName: 'example.com/mine', usages: ['digital signature'], request } };
  const condition = (type) => ({ type, status: 'True', reason: 'R', message: 'm' });
  const bob = { as: 'bob' };
  const rules = (verbs, signers, resource = 'signers') => ({ apiGroups: ['certificates.k8s.io'], resources: [resource], verbs, ...(signers && { resourceNames: signers }) });
  const role = (x, list) => [post(`role ${x}`, `${R}/clusterroles`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: name(x) }, rules: list }), post(`its binding ${x}`, `${R}/clusterrolebindings`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: name(x) }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: name(x) }, subjects: [{ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }] })];
  const claim = (x, className, size = '1Gi') => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: x }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: className, volumeName: 'made-up', resources: { requests: { storage: size } } } });
  const grow = (title, x, size) => patch(title, `${V}/${x}`, { spec: { resources: { requests: { storage: size } } } }, { query: { dryRun: 'All' } });
  const storageClass = (x, more) => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: name(x) }, provisioner: 'example.com/none', ...more });
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: name('n'), labels: { 'topology.kubernetes.io/zone': 'z', 'topology.kubernetes.io/region': 'r', 'kubernetes.io/hostname': 'h', 'kubernetes.io/os': 'linux' } }, status: { allocatable: { cpu: '2', memory: '1Gi', pods: '10' }, capacity: { cpu: '2', memory: '1Gi', pods: '10' } } };
  const pod = (x, nodeName, labels) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: x, ...(labels && { labels }) }, spec: { schedulerName: 'nobody', terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1', memory: '100Mi' } } }], ...(nodeName && { nodeName }) } });
  const labels = { pick: (b, r) => (r.status < 300 ? (b.metadata.labels ?? null) : b) };
  const resize = (title, x, requests) => patch(title, `${P}/${x}/resize`, { spec: { containers: [{ name: 'c', image: 'i', resources: { requests } }] } }, { type: 'application/strategic-merge-patch+json', query: { dryRun: 'All' } });
  const left = [`${C}/${name('csr')}`, ...['use', 'approve', 'sign'].flatMap((x) => [`${R}/clusterroles/${name(x)}`, `${R}/clusterrolebindings/${name(x)}`]), ...['grows', 'stays'].map((x) => `/apis/storage.k8s.io/v1/storageclasses/${name(x)}`), `${N}/${name('n')}`];
  const steps = [
    ...left.map((path) => ({ compare: false, method: 'DELETE', path })),
    ...role('use', [rules(['update', 'patch'], undefined, 'certificatesigningrequests/approval'), rules(['update', 'patch'], undefined, 'certificatesigningrequests/status')]),
    post('a request', C, csr), patch('bob may not approve', `${C}/${csr.metadata.name}/approval`, { status: { conditions: [condition('Approved')] } }, { ...bob, until: (b) => !/cannot patch/.test(b.message) }), patch('nor sign', `${C}/${csr.metadata.name}/status`, { status: { certificate: 'QQ==' } }, bob), patch('nor fail it', `${C}/${csr.metadata.name}/status`, { status: { conditions: [condition('Failed')] } }, bob), patch('but leave the status as it is', `${C}/${csr.metadata.name}/status`, { metadata: { labels: { a: 'b' } } }, bob),
    ...role('approve', [rules(['approve'], ['example.com/mine'])]), patch('bob may approve', `${C}/${csr.metadata.name}/approval`, { status: { conditions: [condition('Approved')] } }, { ...bob, until: (b, r) => r.status === 200 }), patch('but not sign', `${C}/${csr.metadata.name}/status`, { status: { conditions: [condition('Approved'), condition('Failed')] } }, bob), ...role('sign', [rules(['sign'], ['example.com/*'])]), patch('bob may fail it', `${C}/${csr.metadata.name}/status`, { status: { conditions: [condition('Approved'), condition('Failed')] } }, { ...bob, until: (b, r) => r.status === 200 }),
    post('classes', '/apis/storage.k8s.io/v1/storageclasses', storageClass('grows', { allowVolumeExpansion: true })), post('another', '/apis/storage.k8s.io/v1/storageclasses', storageClass('stays')),
    post('a claim', V, claim('grows', name('grows'))), post('one that stays', V, claim('stays', name('stays'))), post('one without a class', V, claim('none', '')), grow('an unbound claim', 'grows', '2Gi'), grow('an unbound claim shrinks', 'grows', '1Mi'),
    ...['grows', 'stays', 'none'].map((x) => patch(`${x} is bound`, `${V}/${x}/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] } })),
    grow('a bound claim grows', 'grows', '2Gi'), grow('one whose class does not allow it', 'stays', '2Gi'), grow('one without a class grows', 'none', '2Gi'), grow('the same size', 'stays', '1024Mi'), grow('a bound claim shrinks', 'grows', '500Mi'),
    post('a node', N, node, { until: (b, r) => r.status === 201 }), post('a pod on it', P, pod('on', name('n'), { 'topology.kubernetes.io/zone': 'mine' }), labels), post('a pod on none', P, pod('off', name('none')), labels), post('a pod to bind', P, pod('free', undefined, { a: 'b', 'topology.kubernetes.io/region': 'mine' }), labels), post('is bound', `${P}/free/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'free' }, target: { kind: 'Node', name: name('n') } }), { name: 'and has the labels', path: `${P}/free`, ...labels },
    patch('the node changes', `${N}/${name('n')}`, { metadata: { labels: { 'topology.kubernetes.io/zone': 'z2' } } }), { name: 'the pod does not', path: `${P}/free`, ...labels },
    resize('a resize', 'on', { cpu: '1500m', memory: '100Mi' }), resize('too much', 'on', { cpu: '2500m', memory: '2Gi' }), resize('too much memory', 'on', { cpu: '1', memory: '1025Mi' }), resize('on a node that is not there', 'off', { cpu: '2', memory: '100Mi' }), resize('nothing new', 'on', { cpu: '1', memory: '100Mi' }), patch('another system', `${N}/${name('n')}`, { metadata: { labels: { 'kubernetes.io/os': 'windows' } } }), resize('on another system', 'on', { cpu: '1500m', memory: '100Mi' }),
    ...['on', 'off', 'free'].map((x) => ({ compare: false, method: 'DELETE', path: `${P}/${x}`, query: { gracePeriodSeconds: '0' } })),
  ];
  steps.cleanup = left;
  return steps;
};
