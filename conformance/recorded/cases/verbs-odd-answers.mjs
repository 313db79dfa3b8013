// Edges of answers: paths that name nothing, a column of a table in two versions, and what is no JSONPath.
export default ({ ns }) => {
  const A = '/apis/autoscaling', G = '/apis/admissionregistration.k8s.io/v1';
  const table = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
  const said = (b, r) => ({ status: r.status, type: r.headers['content-type'], cache: r.headers['cache-control'] ?? null, body: b });
  const cells = (b) => b.rows?.map(({ cells }) => cells.slice(0, -1)) ?? b;
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  const metrics = [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
    { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '5' } } },
    { type: 'Pods', pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '7' } } },
  ];
  const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': JSON.stringify([{ type: 'Resource', resource: { name: 'memory', targetAverageValue: '5' } }]) };
  const list = (version) => `${A}/${version}/namespaces/${ns}/horizontalpodautoscalers`;
  const policy = `${ns}-edges`;
  const binding = (kind, spec, paramRef) => [{ name: `${kind} of ${JSON.stringify(paramRef)}`, method: 'POST', path: `${G}/${kind.toLowerCase()}s`, query: { dryRun: 'All' }, headers: table, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: policy }, spec: { policyName: 'none', ...(paramRef && { paramRef: { ...paramRef, parameterNotFoundAction: 'Allow' } }), ...spec } }, pick: cells }];
  const paths = ['spec.a', '.spec[0]', 'a[', 'a[x]', 'a..', '..b....c', 'a[?(@.b==1)]', 'a[?(@.b', "a['b']", 'a["b"]', 'a"b', 'a!', '1.2.3', 'a}b{', 'a b', '[-]', ' ', "'\\q'"];
  const warning = (fieldRef) => ({ name: `a field named ${JSON.stringify(fieldRef)}`, method: 'PATCH', path: `${G}/validatingadmissionpolicies/${policy}/status`, query: { dryRun: 'All' }, type: 'application/merge-patch+json', body: { status: { typeChecking: { expressionWarnings: [{ fieldRef, warning: 'w' }] } } }, pick: (b) => b.details?.causes ?? b.status?.typeChecking });
  return [
    ...['/api/v1/watch', '/api/v1/watch/', '/apis/apps/v1/watch', '/api/v1/proxy', '/apis/nope.example.com/v1/watch'].map((path) => ({ name: path, path, pick: said })),
    { name: 'an autoscaler of v2', method: 'POST', path: list('v2'), body: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'two' }, spec: { maxReplicas: 3, scaleTargetRef: target, metrics } }, headers: table, pick: cells },
    { name: 'an autoscaler of v1', method: 'POST', path: list('v1'), body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'one', annotations }, spec: { maxReplicas: 3, scaleTargetRef: target, targetCPUUtilizationPercentage: 40 } }, headers: table, pick: cells },
    ...['v1', 'v2'].flatMap((version) => ['one', 'two'].map((name) => ({ name: `${name} as ${version}`, path: `${list(version)}/${name}`, headers: table, pick: cells }))),
    { name: 'all as v1', path: list('v1'), headers: table, pick: cells },
    ...[{ name: 'p' }, { name: 'p', namespace: 'n' }, { name: 'p', namespace: '' }, { selector: {} }, { selector: { matchLabels: { b: 'c', a: 'b' }, matchExpressions: [{ key: 'k', operator: 'In', values: ['x', 'y'] }] } }, undefined].flatMap((paramRef) => binding('ValidatingAdmissionPolicyBinding', { validationActions: ['Deny'] }, paramRef)),
    ...[{ name: 'p' }, { selector: { matchLabels: { a: 'b' } } }].flatMap((paramRef) => binding('MutatingAdmissionPolicyBinding', {}, paramRef)),
    ...[{ path: '/a' }, { path: null }, { path: '/a', type: null }].map((hostPath) => ({ name: `an attachment of ${JSON.stringify(hostPath)}`, method: 'POST', path: '/apis/storage.k8s.io/v1/volumeattachments', query: { dryRun: 'All' }, body: { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment', metadata: { name: 'a' }, spec: { attacher: 'd.example.com', nodeName: 'n', source: { inlineVolumeSpec: { capacity: { storage: '1.5' }, accessModes: ['ReadWriteOnce'], hostPath } } } }, pick: (b) => b.spec ?? b })),
    { name: 'a policy', method: 'POST', path: `${G}/validatingadmissionpolicies`, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: policy }, spec: { matchConstraints: { resourceRules: [{ apiGroups: ['nope.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] }] }, validations: [{ expression: 'true' }] } }, pick: (b, r) => r.status },
    ...paths.map(warning),
    { name: 'clear', method: 'DELETE', path: `${G}/validatingadmissionpolicies/${policy}`, compare: false },
  ];
};
