// Single rules of many kinds, each at its edge.
export default ({ ns }) => {
  const post = (name, group, plural, kind, body, more = {}) => ({ name, method: 'POST', path: `${group === 'v1' ? '/api' : '/apis'}/${group}${more.cluster ? '' : `/namespaces/${ns}`}/${plural}`, query: { dryRun: 'All' }, pick: more.pick ?? ((b) => b.message ?? b.spec ?? b.metadata.name), body: { apiVersion: group, kind, metadata: { name: 'x' }, ...body } });
  const pod = (name, spec, container) => post(name, 'v1', 'pods', 'Pod', { spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i', ...container }], ...spec } }, { pick: (b) => b.message ?? b.spec.containers[0].resources });
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const set = (name, updateStrategy, more) => post(name, 'apps/v1', 'daemonsets', 'DaemonSet', { spec: { selector: { matchLabels: { a: 'b' } }, template, updateStrategy, ...more } }, { pick: (b) => b.message ?? b.spec.updateStrategy });
  const service = (name, spec) => post(name, 'v1', 'services', 'Service', { spec: { ports: [{ port: 80 }], ...spec } }, { pick: (b) => b.message ?? { type: b.spec.type, internalTrafficPolicy: b.spec.internalTrafficPolicy } });
  const twice = (a, b) => [{ name: 'a', ...a }, { name: 'b', ...b }];
  const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'r' }, revision: 1 };
  const R = `/apis/apps/v1/namespaces/${ns}/controllerrevisions`;
  const policies = `/apis/networking.k8s.io/v1/namespaces/${ns}/networkpolicies`;
  return [
    { name: 'the default account', path: `/api/v1/namespaces/${ns}/serviceaccounts/default`, compare: false, until: (b, r) => r.status === 200 },
    pod('huge pages of no size', {}, { resources: { limits: { 'hugepages-': '2Mi', cpu: '1' } } }), pod('huge pages of a size that is none', {}, { resources: { limits: { 'hugepages-x': '2Mi', cpu: '1' } } }), pod('as much memory as can be said', {}, { resources: { limits: { memory: '1Ei' } } }),
    pod('a runtime class without a name', { runtimeClassName: '' }), pod('no claims at the level of the pod', { resources: { claims: [] } }), set('no claims in a template', {}, { template: { ...template, spec: { ...template.spec, resources: { claims: [] } } } }),
    set('a surge that is not used', { type: 'OnDelete', rollingUpdate: { maxSurge: 1 } }), set('no numbers that are not used', { type: 'OnDelete', rollingUpdate: {} }),
    post('a budget may have any name', 'policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', { metadata: { name: 'A_' }, spec: { minAvailable: 1 } }), post('but not that of a path', 'policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', { metadata: { name: 'a%b' }, spec: { minAvailable: 1 } }),
    post('an event, too', 'v1', 'events', 'Event', { metadata: { name: 'A_' }, involvedObject: { namespace: ns } }), post('a name that no event may have', 'v1', 'events', 'Event', { metadata: { name: 'a%b' }, involvedObject: { namespace: ns } }),
    post('a provisioner', 'storage.k8s.io/v1', 'storageclasses', 'StorageClass', { provisioner: 'A_' }, { cluster: true }), post('a driver', 'storage.k8s.io/v1', 'volumeattributesclasses', 'VolumeAttributesClass', { driverName: 'A_', parameters: { a: 'b' } }, { cluster: true }),
    post('a secret of no namespace', 'v1', 'persistentvolumes', 'PersistentVolume', { spec: { capacity: { storage: '1' }, accessModes: ['ReadWriteOnce'], storageos: { volumeName: 'a', secretRef: { name: 'x' } } } }, { cluster: true }),
    post('an inline volume without a driver', 'storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', { spec: { attacher: 'a', nodeName: 'n', source: { inlineVolumeSpec: { volumeAttributesClassName: 'c' } } } }, { cluster: true }),
    service('a policy that is none, of an external name', { type: 'ExternalName', externalName: 'a.b', internalTrafficPolicy: 'X' }), service('one that is not used', { type: 'ExternalName', externalName: 'a.b', internalTrafficPolicy: 'Local' }),
    service('a node port twice', { type: 'NodePort', ports: twice({ port: 80, nodePort: 30003 }, { port: 81, nodePort: 30003 }) }), service('a node port twice for one number', { type: 'NodePort', ports: twice({ port: 80, nodePort: 30003 }, { port: 80, protocol: 'UDP', nodePort: 30003 }) }),
    service('a type with what JSON escapes', { type: '<&>' }),
    post('an autoscaler of the first version with a behaviour without policies', 'autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', { metadata: { name: 'x', annotations: { 'autoscaling.alpha.kubernetes.io/behavior': '{"ScaleDown":{"StabilizationWindowSeconds":5}}' } }, spec: { maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'd' } } }),
    { name: 'a revision', method: 'POST', path: R, body: { ...revision, data: { a: 1 } }, compare: false },
    { name: 'its data with a null more', method: 'PUT', path: `${R}/r`, query: { dryRun: 'All' }, pick: (b) => b.message ?? b.data, body: { ...revision, data: { a: 1, b: null } } },
    { name: 'a policy without rules', method: 'POST', path: policies, compare: false, body: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec: { podSelector: {} } } },
    { name: 'an empty list of them is another', method: 'PATCH', path: `${policies}/p`, type: 'application/apply-patch+yaml', query: { dryRun: 'All', fieldManager: 'm' }, pick: (b) => ({ generation: b.metadata.generation, spec: b.spec }), body: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec: { podSelector: {}, ingress: [] } } },
  ];
};
