// What upstream's own tests of validation and of tables ask, where answers had differed.
export default ({ ns }) => {
  const dry = { dryRun: 'All' };
  const post = (name, group, plural, kind, body, more = {}) => ({ name, method: 'POST', path: `${group === 'v1' ? '/api' : '/apis'}/${group}${more.cluster ? '' : `/namespaces/${ns}`}/${plural}`, query: dry, pick: more.pick ?? ((b) => b.message ?? b.metadata.name), body: { apiVersion: group, kind, metadata: { name: 'x' }, ...body } });
  const container = { name: 'c', image: 'i' };
  const pod = (name, spec, more, pick) => post(name, 'v1', 'pods', 'Pod', { spec: { automountServiceAccountToken: false, containers: [{ ...container, ...more }], ...spec } }, pick && { pick });
  const template = { metadata: { labels: { a: 'b' } }, spec: { restartPolicy: 'Never', containers: [container] } };
  const indexed = (name, metadata, spec) => post(name, 'batch/v1', 'jobs', 'Job', { metadata, spec: { completionMode: 'Indexed', completions: 5, template, ...spec } });
  const volume = (name, path, more) => post(name, 'v1', 'persistentvolumes', 'PersistentVolume', { spec: { capacity: { storage: '1' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Recycle', hostPath: { path }, ...more } }, { cluster: true });
  const P = `/api/v1/namespaces/${ns}/pods`;
  const windows = (name, runAsUserName) => pod(name, {}, { securityContext: { windowsOptions: { runAsUserName } } });
  const table = (name, path) => ({ name, path, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }, pick: (b) => b.rows.map(({ cells, conditions }) => ({ name: cells[0], conditions: conditions ?? null })) });
  const status = (name, more) => ({ name, method: 'PATCH', path: `${P}/ended/status`, type: 'application/merge-patch+json', pick: (b) => b.message ?? b.status.containerStatuses ?? b.status.phase, body: { status: more } });
  const avoid = (podSignature) => ({ metadata: { annotations: { 'scheduler.alpha.kubernetes.io/preferAvoidPods': JSON.stringify({ preferAvoidPods: [{ podSignature }] }) } } });
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: `${ns}-n` } };
  const unable = (name, patch) => ({ name, method: 'PATCH', path: `/api/v1/nodes/${ns}-n`, type: 'application/merge-patch+json', pick: (b) => [b.message, b.details.causes], body: patch });
  return [
    { name: 'the default account', path: `/api/v1/namespaces/${ns}/serviceaccounts/default`, compare: false, until: (b, r) => r.status === 200 },
    pod('names of variables that HTML escapes, owned', {}, { env: [{ name: 'a<b>&c', value: 'v' }, { name: 'a', value: 'v' }] }, (b) => JSON.stringify(b.metadata.managedFields[0].fieldsV1['f:spec']['f:containers']['k:{"name":"c"}']['f:env'])),
    pod('options of volumes in reserved domains', { volumes: [{ name: 'v', flexVolume: { driver: 'd', options: { 'alpha.k8s.io': 'A' } } }] }), pod('in an upper-case one', { volumes: [{ name: 'v', flexVolume: { driver: 'd', options: { 'KUBERNETES.IO': 'A' } } }] }), pod('in one that only ends alike', { volumes: [{ name: 'v', flexVolume: { driver: 'd', options: { 'myk8s.io/a': 'A' } } }] }),
    windows('a user of windows that HTML escapes', 'a<b'), pod('a resource that it escapes', {}, { resources: { limits: { 'a<b': '1' } } }), pod('a signal that is not taken', {}, { lifecycle: { stopSignal: 'SIGHUP' } }, (b) => b.spec.containers[0].lifecycle ?? 'none'),
    pod('an operator that it escapes', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'a&b' }] }] } } } }),
    indexed('indexes beyond all numbers', { name: 'x' }, { successPolicy: { rules: [{ succeededIndexes: '99999999999999999999' }] } }), indexed('indexes beyond the completions', { name: 'x' }, { successPolicy: { rules: [{ succeededIndexes: '9' }] } }), indexed('no name', {}, {}),
    volume('the root by another way', '/a/..'), volume('the root', '/'), volume('another', '/a/b'),
    post('a controller made of no good name', 'v1', 'replicationcontrollers', 'ReplicationController', { metadata: { name: 'x', generateName: '^^' }, spec: { selector: { a: 'b' }, template: { ...template, spec: { containers: [container] } } } }),
    post('a class of devices', 'resource.k8s.io/v1', 'deviceclasses', 'DeviceClass', { metadata: { name: 'x', generateName: '^^' }, spec: {} }, { cluster: true }),
    post('a capacity with values and no default', 'resource.k8s.io/v1', 'resourceslices', 'ResourceSlice', { spec: { driver: 'd.example.com', nodeName: 'n', pool: { name: 'p', resourceSliceCount: 1 }, devices: [{ name: 'd', allowMultipleAllocations: true, capacity: { c: { value: '1Gi', requestPolicy: { default: null, validValues: ['1Gi'] } } } }] } }, { cluster: true }),
    { name: 'a node', method: 'POST', path: '/api/v1/nodes', body: node, compare: false },
    unable('pods to avoid without a controller', avoid({})), unable('of what does not control them', avoid({ podController: { apiVersion: 'v1', kind: 'ReplicationController', name: 'f', uid: 'u', controller: false } })),
    { name: 'without the node', method: 'DELETE', path: `/api/v1/nodes/${ns}-n`, compare: false },
    { name: 'a pod', method: 'POST', path: P, compare: false, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ended' }, spec: { automountServiceAccountToken: false, schedulerName: 'none', containers: [container] } } },
    table('while it waits', `${P}/ended`),
    status('what a kubelet may not tell yet', { phase: 'Running', nodeAllocatableResourceClaimStatuses: [{ resourceClaimName: 'a', resources: { cpu: '1' } }], containerStatuses: [{ name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0, volumeMounts: [{ name: 'v', mountPath: '/v', volumeStatus: { image: { imageRef: 'r' } } }] }] }),
    status('an end', { phase: 'Succeeded' }), table('is told in its row', `${P}/ended`), status('a failure', { phase: 'Failed' }), table('as well', P),
    { name: 'a class', method: 'POST', path: '/apis/networking.k8s.io/v1/ingressclasses', compare: false, body: { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: `${ns}-class`, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }, spec: { controller: 'a.b/c' } } },
    { ...table('the default', `/apis/networking.k8s.io/v1/ingressclasses/${ns}-class`), pick: (b) => b.rows.map(({ cells }) => cells[0].replace(ns, 'NS')) },
    { name: 'without it', method: 'DELETE', path: `/apis/networking.k8s.io/v1/ingressclasses/${ns}-class`, compare: false },
    { name: 'without the pod', method: 'DELETE', path: `${P}/ended`, query: { gracePeriodSeconds: 0 }, compare: false },
  ];
};
