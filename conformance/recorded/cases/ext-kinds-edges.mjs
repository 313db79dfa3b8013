// Edges of built-in kinds: what is sent empty, what belongs to features that are off, names that are no path segment, embedded types, inline volumes.
export default ({ ns }) => {
  const core = `/api/v1/namespaces/${ns}`, dry = { dryRun: 'All' }, merge = 'application/merge-patch+json';
  const make = (name, path, body, more = {}) => ({ name, method: 'POST', path, query: dry, body, ...more });
  const change = (name, path, body, more = {}) => ({ name, method: 'PATCH', path, query: dry, type: merge, body, ...more });
  const container = { name: 'a', image: 'i' };
  const pod = (spec) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container], ...spec } });
  const labels = { a: 'b' };
  const sets = `/apis/apps/v1/namespaces/${ns}/statefulsets`, jobs = `/apis/batch/v1/namespaces/${ns}/jobs`;
  const set = (claims, metadata = {}, spec = {}) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's' }, spec: { serviceName: 's', selector: { matchLabels: labels }, template: { metadata: { labels, ...metadata }, spec: { containers: [container], ...spec } }, volumeClaimTemplates: claims } });
  const job = (rules) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { backoffLimitPerIndex: 1, completionMode: 'Indexed', completions: 1, ...(rules && { podFailurePolicy: { rules } }), template: { spec: { restartPolicy: 'Never', containers: [container] } } } });
  const range = (item) => ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: [{ type: 'Container', ...item }] } });
  const prefers = (...values) => ({ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'In', values }] } }] } } });
  const volume = (spec, name = 'v') => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: `${ns}-${name}` }, spec: { accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' }, ...spec } });
  const inline = (spec) => ({ apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name: `${ns}-a` }, spec: { attacher: 'd.example.com', nodeName: 'n', source: { inlineVolumeSpec: spec } } });
  const attachments = '/apis/storage.k8s.io/v1/volumeattachments', volumes = '/api/v1/persistentvolumes', claims = `${core}/persistentvolumeclaims`;
  const claim = (spec) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1' } }, ...spec } });
  const owned = (b) => (b.code ? b : { managers: b.metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1), spec: b.spec.template ?? b.spec });
  const templates = (b) => (b.code ? b : { managers: b.metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1), metadata: b.spec.template.metadata, claims: b.spec.volumeClaimTemplates?.map(({ metadata }) => metadata) });
  const request = (name, meta) => make(name, '/apis/certificates.k8s.io/v1/certificatesigningrequests', { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: meta, spec: { request: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWk1JR0FBZ0VBTUI0eERqQU1CZ05WQkFNTUJXRnNhV05sTVF3d0NnWURWUVFLREFOa1pYWXdXVEFUQmdjcQpoa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVNFdDZQbG51bWcvbnd3U2dNTVhjbGV6eU1pMUtmZkM1dVFDMHVFCmhuaVY2dmgyTDVUVmlnYllYcDQzZC83WVdLWXA5cW9yREJSbjN2MWJSMTBtVldwNm9BQXdDZ1lJS29aSXpqMEUKQXdJRFNBQXdSUUloQU91clI2aHoyRmloREMyaTZmQTdnV0w1d3pPNy9BTTdKam1uMWJ6d3BDTFNBaUJPaWpCOAptRkNNTFBvNFhSbnBBRFJCTE82emRkMTBUNnE5TUlrekxEQldDUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=', signerName: 'example.com/signer', usages: ['client auth'] } });
  const full = { claimRef: { name: 'a' }, capacity: { storage: '1' }, nodeAffinity: {}, persistentVolumeReclaimPolicy: 'Delete', storageClassName: 'a b', volumeMode: 'Block' };
  return [
    { name: 'the default account', path: `${core}/serviceaccounts/default`, compare: false, until: (_, r) => r.status === 200 },
    make('an empty overhead is one', `${core}/pods`, pod({ overhead: {} })),
    make('a null overhead is none', `${core}/pods`, pod({ overhead: null }), { pick: (b) => b.code ?? 201 }),
    make('values that a preference cannot match', `${core}/pods`, pod(prefers('b c', 'ok', '-x')), { pick: (b) => b.code ?? 201 }),
    make('a least amount above the greatest, both with exponents', `${core}/limitranges`, range({ min: { memory: '12E' }, max: { memory: '1E18' } })),
    make('amounts as they were written', `${core}/limitranges`, range({ max: { memory: '12E6', cpu: '012' }, default: { memory: '1.5E3' } }), { pick: (b) => b.spec }),
    make('templates without managers to speak of', sets, set([{ metadata: { name: 'v', managedFields: [] }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } }], { managedFields: [] }), { pick: templates }),
    make('templates with managers', sets, set([], { managedFields: [{ manager: 'x', operation: 'Update' }] }), { pick: templates }),
    make('a claim of a template with a wrong version', sets, set([{ apiVersion: {} }])),
    make('an eviction with wrong options', `${core}/pods/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' }, deleteOptions: { kind: 1 } }),
    make('fields of features that are off, in a template', sets, set([], {}, { schedulingGroup: {}, containers: [{ ...container, lifecycle: { stopSignal: 'SIGTERM' } }] }), { pick: owned }),
    make('fields of features that are off, in a pod', `${core}/pods`, pod({ schedulingGroup: {}, volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 'x' } }, { secret: { name: 's' } }] } }] }), { pick: (b) => (b.code ? b : { managers: b.metadata.managedFields.map(({ fieldsV1 }) => fieldsV1), group: b.spec.schedulingGroup, volume: b.spec.volumes[0] }) }),
    make('no exit codes', jobs, job([{ action: 'FailJob', onExitCodes: { operator: 'In', values: [] } }])),
    make('a volume of no capacity', volumes, volume({ capacity: {} })),
    make('an inline volume with what it may not say', attachments, inline(full)),
    make('an inline volume of a wrong path', attachments, inline({ hostPath: { path: '../a' }, nodeAffinity: { required: { nodeSelectorTerms: [] } } })),
    make('sources of a claim, one with an empty group', claims, claim({ dataSource: { kind: 'PersistentVolumeClaim', name: 'o', apiGroup: '' }, dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'o' } })),
    make('an Ingress of no rules', `/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses`, { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i' }, spec: { rules: [] } }),
    make('a slice of no terms', '/apis/resource.k8s.io/v1/resourceslices', { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: `${ns}-s` }, spec: { driver: 'd.example.com', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, nodeSelector: { nodeSelectorTerms: [] } } }),
    request('a signing request with a slash', { name: 'a/b' }), request('a signing request of a dot', { name: '.' }), request('a prefix with a slash', { name: 'x', generateName: 'a/' }),
    { name: 'a quota', method: 'POST', path: `${core}/resourcequotas`, compare: false, body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard: { pods: '100' }, scopes: ['BestEffort'] } } },
    change('its scopes emptied', `${core}/resourcequotas/q`, { spec: { scopes: [] } }),
    { name: 'a claim', method: 'POST', path: claims, compare: false, body: claim({}) },
    change('the claim changed in two places', `${claims}/c`, { spec: { resources: { limits: { 'example.com/gpu': '1.5' } }, volumeMode: 'Block' } }),
    { name: 'a volume', method: 'POST', path: volumes, compare: false, body: volume({ capacity: { storage: '1' }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['n'] }] }] } } }) },
    change('a key of its affinity emptied', `${volumes}/${ns}-v`, { spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: '', operator: 'In', values: ['n'] }] }] } } } }),
    { name: 'clear the volume', method: 'DELETE', path: `${volumes}/${ns}-v`, compare: false },
    { name: 'a job', method: 'POST', path: jobs, compare: false, body: { ...job(), spec: { ...job().spec, suspend: false } } },
    change("the metadata of its template changed", `${jobs}/j`, { spec: { template: { metadata: { managedFields: [{ manager: 'z' }], annotations: { z: '1', a: '2' } } } } }),
    { name: 'a template', method: 'POST', path: `${core}/podtemplates`, compare: false, body: { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 't' }, template: { metadata: { labels }, spec: { containers: [container] } } } },
    change('a signal that is dropped is no change', `${core}/podtemplates/t`, { template: { spec: { containers: [{ ...container, lifecycle: { stopSignal: 'SIGTERM' } }] } } }, { pick: (b) => [b.metadata?.generation, b.template?.spec.containers] }),
  ];
};
