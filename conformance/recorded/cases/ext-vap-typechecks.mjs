// Type checking in the status of a ValidatingAdmissionPolicy: words, order, several kinds.
export default ({ ns }) => {
  const P = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  const rule = (group, resources, more) => ({ apiGroups: [].concat(group), apiVersions: ['v1'], operations: ['CREATE'], resources: [].concat(resources), ...more });
  const list = [];
  const check = (name, spec, rules = [rule('apps', 'deployments')]) => {
    const n = `rp-ext-vap-typechecks-${list.length}`;
    list.push([name, n, { matchConstraints: { resourceRules: rules }, ...spec }]);
  };
  const V = (...v) => ({ validations: v.map((x) => (typeof x === 'string' ? { expression: x } : x)) });
  check('clean', V('object.spec.replicas < 5'));
  check('several', V('object.spec.replicas == "a"', 'object.spec.foo', 'object.metadata.name == 1', 'oldObject.spec.bar == 1', 'has(object.spec.nope)'));
  check('messages', V({ expression: 'object.foo == 1', messageExpression: 'object.bar' }, { expression: 'true', messageExpression: 'string(object.spec.replicas) + object.baz' }));
  check('two kinds', V('object.spec.replicas > 1', 'object.data.x == "a"'), [rule('apps', ['deployments', 'statefulsets']), rule('', 'configmaps')]);
  check('stars', V('object.foo'), [rule('*', 'deployments')]);
  check('star resource', V('object.foo'), [rule('apps', '*')]);
  check('subresource', V('object.spec.foo == 1'), [rule('apps', 'deployments/scale')]);
  check('subresources', V('object.spec.foo == 1'), [rule('apps', 'deployments/*')]);
  check('status', V('object.status.foo == 1'), [rule('apps', 'deployments/status')]);
  check('unknown resource', V('object.foo'), [rule('apps', 'nones')]);
  check('unknown group', V('object.foo'), [rule('none.example.com', 'nones')]);
  check('star version', V('object.foo'), [rule('apps', 'deployments', { apiVersions: ['*'] })]);
  check('many versions', V('object.foo'), [rule('autoscaling', 'horizontalpodautoscalers', { apiVersions: ['v1', 'v2'] })]);
  check('params', { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...V('params.foo == 1', 'params.data.x == 1') });
  check('params unknown', { paramKind: { apiVersion: 'none.example.com/v1', kind: 'None' }, ...V('params.foo == 1', 'object.foo == 1') });
  check('params bad version', { paramKind: { apiVersion: 'none.example.com/v1', kind: 'None' }, ...V('true') });
  check('variables', { variables: [{ name: 'a', expression: 'object.spec.foo' }, { name: 'b', expression: 'variables.a + 1' }, { name: 'c', expression: 'object.spec.replicas' }], ...V('variables.a == 1', 'variables.c == "x"', 'variables.b == 2') });
  check('audits', { auditAnnotations: [{ key: 'k', valueExpression: 'object.foo' }, { key: 'j', valueExpression: 'string(object.spec.foo)' }], ...V('true') });
  check('conditions', { matchConditions: [{ name: 'a', expression: 'object.foo == 1' }, { name: 'b', expression: 'object.spec.replicas == "x"' }], ...V('true') });
  check('cost', V('object.spec.template.spec.containers.all(a, object.spec.template.spec.containers.all(b, object.spec.template.spec.containers.all(c, a.name == b.name && c.name == a.name)))'));
  check('containers', V('object.spec.template.spec.containers.all(c, c.foo == 1)', 'object.spec.template.spec.containers[0].image == 1', 'object.spec.template.metadata.labels.x == 1', 'object.metadata.labels["a"] == 2', 'object.spec.template.spec.volumes.exists(v, v.hostPath.path == 1)', 'object.spec.strategy.rollingUpdate.maxSurge == true', 'object.spec.strategy.rollingUpdate.maxSurge > 1', 'object.metadata.creationTimestamp == "a"', 'object.metadata.managedFields[0].fieldsV1.x == 1', 'object.spec.template.spec.containers[0].resources.limits["cpu"] == 1', 'quantity(object.spec.template.spec.containers[0].resources.limits["cpu"]).isLessThan(1)'));
  check('request', V('request.foo', 'request.name == 1', 'namespaceObject.metadata.foo'));
  check('null rules', V('object.foo', 'oldObject.foo'), [rule('', ['pods', 'pods/exec', 'pods/binding', 'pods/eviction', 'nodes', 'namespaces'])]);
  check('twelve kinds', V('object.foo'), [rule('', ['pods', 'configmaps', 'secrets', 'services', 'endpoints', 'nodes', 'namespaces', 'events', 'limitranges', 'serviceaccounts', 'resourcequotas', 'persistentvolumes', 'persistentvolumeclaims', 'podtemplates', 'replicationcontrollers'])]);
  check('several groups', V('object.foo'), [rule(['apps', 'batch'], ['deployments', 'jobs', 'cronjobs', 'daemonsets'])]);
  check('apiservice', V('object.spec.foo == 1'), [rule('apiregistration.k8s.io', 'apiservices')]);
  check('crds', V('object.spec.foo == 1', 'object.spec.versions[0].schema.openAPIV3Schema.foo == 1'), [rule('apiextensions.k8s.io', 'customresourcedefinitions')]);
  check('reviews', V('object.spec.foo == 1'), [rule('authorization.k8s.io', 'subjectaccessreviews'), rule('authentication.k8s.io', 'tokenreviews')]);
  check('secret', V('object.data["a"] == "x"', 'object.stringData.a == 1', 'object.immutable == "x"'), [rule('', 'secrets')]);
  check('multi line', V('object.spec.replicas ==\n  "a"', { expression: 'object.spec.foo ==\n\n1', message: 'x' }));
  check('two errors', V('object.foo == 1 && object.bar == 2 && object.spec.replicas == "x"'));
  check('crs', V('object.foo == 1'), [rule('none.example.com', '*', { apiVersions: ['*'] })]);
  check('exclusion', { matchConstraints: { resourceRules: [rule('apps', 'deployments')], excludeResourceRules: [rule('apps', 'deployments')] }, ...V('object.foo == 1') });
  const steps = [
    ...list.map(([, n]) => ({ compare: false, method: 'DELETE', path: `${P}/${n}` })),
    ...list.map(([name, n, spec]) => ({ name: `create: ${name}`, method: 'POST', path: P, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: n }, spec: { ...spec, ...(spec.validations && { validations: spec.validations.map((v) => (v.expression.includes('\n') ? { message: 'm', ...v } : v)) }) } }, pick: (b, r) => (r.status === 201 ? b.status ?? 'ok' : b) })),
    ...list.map(([name, n]) => ({ name: `status: ${name}`, path: `${P}/${n}`, within: 5000, until: (b) => b.status?.observedGeneration, pick: (b) => b.status ?? b.reason })),
  ];
  steps.cleanup = list.map(([, n]) => `${P}/${n}`);
  return steps;
};
