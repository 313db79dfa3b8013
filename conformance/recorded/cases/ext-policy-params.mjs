// Parameters of policies: found by name or by selector, several, none, in the request's namespace or elsewhere, of the cluster.
const REG = '/apis/admissionregistration.k8s.io/v1';
export default ({ ns }) => {
  const vap = `${REG}/validatingadmissionpolicies`, vapb = `${REG}/validatingadmissionpolicybindings`;
  const meta = (name) => ({ name: `rp-ext-params-${name}` });
  const cms = (n = ns, name = '') => `/api/v1/namespaces/${n}/configmaps${name && `/${name}`}`;
  const other = `${ns}-b`;
  const policy = (name, paramKind, validations) => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: meta(name),
    spec: { paramKind, failurePolicy: 'Fail', matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }] }, validations } });
  const binding = (name, paramRef) => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: meta(name),
    spec: { policyName: meta(name).name, validationActions: ['Deny'], paramRef, matchResources: { namespaceSelector: { matchLabels: { 'rp-ext-params': 'yes' } } } } });
  const svc = (name, labels) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec: { ports: [{ port: 80 }] } });
  const svcs = (n = ns) => `/api/v1/namespaces/${n}/services`;
  const cm = (name, data, labels) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data });
  const setRef = (name, paramRef) => ({ name: `binding ${name} by ${JSON.stringify(paramRef)}`, method: 'PATCH', type: 'application/json-patch+json', path: `${vapb}/${meta(name).name}`, body: [{ op: 'replace', path: '/spec/paramRef', value: paramRef }], pick: (b) => b.spec?.paramRef ?? b });
  const dry = { dryRun: 'All' };
  let n = 0;
  const attempt = (name, marks, at = ns, labels = { tier: 'red' }) => ({ name, method: 'POST', path: svcs(at), query: dry, body: svc(`s${n++}`, labels), until: (b) => (marks === undefined ? b.kind === 'Service' : JSON.stringify(b).includes(marks)), pick: (b) => (b.kind === 'Service' ? b.metadata.labels : b) });
  const steps = [
    { compare: false, method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other, labels: { 'rp-ext-params': 'yes' } } } },
    { compare: false, method: 'PATCH', type: 'application/merge-patch+json', path: `/api/v1/namespaces/${ns}`, body: { metadata: { labels: { 'rp-ext-params': 'yes' } } } },
    { compare: false, method: 'POST', path: cms(), body: cm('one', { tier: 'blue' }, { set: 'a' }) },
    { compare: false, method: 'POST', path: cms(), body: cm('two', { tier: 'green' }, { set: 'a' }) },
    { compare: false, method: 'POST', path: cms(other), body: cm('one', { tier: 'red' }, { set: 'a' }) },
    { name: 'policy', method: 'POST', path: vap, body: policy('ns', { apiVersion: 'v1', kind: 'ConfigMap' }, [{ expression: "object.metadata.labels.tier == params.data.tier", messageExpression: "'tier ' + object.metadata.labels.tier + ' is not ' + params.data.tier + ' of ' + params.metadata.name" }]), pick: (b) => b.spec ?? b },
    { name: 'binding by name', method: 'POST', path: vapb, body: binding('ns', { name: 'one', parameterNotFoundAction: 'Deny' }), pick: (b) => b.spec ?? b },
    attempt('refused by the namespace own parameter', 'is not blue'),
    attempt('allowed in another namespace', undefined, other),
    attempt('allowed with the value', undefined, ns, { tier: 'blue' }),
    setRef('ns', { name: 'gone', parameterNotFoundAction: 'Deny' }),
    attempt('missing is denied', 'no params found'),
    setRef('ns', { name: 'gone', parameterNotFoundAction: 'Allow' }),
    attempt('missing is allowed', undefined),
    setRef('ns', { name: 'one', namespace: other, parameterNotFoundAction: 'Deny' }),
    attempt('found in the other namespace', undefined),
    attempt('and it does not hold', 'is not red', ns, { tier: 'blue' }),
    setRef('ns', { selector: { matchLabels: { set: 'a' } }, parameterNotFoundAction: 'Deny' }),
    attempt('one of two holds', 'is not green', ns, { tier: 'blue' }),
    attempt('the other holds', 'is not blue', ns, { tier: 'green' }),
    attempt('all hold elsewhere', undefined, other),
    setRef('ns', { selector: { matchLabels: { set: 'b' } }, parameterNotFoundAction: 'Deny' }),
    attempt('nothing selected is denied', 'no params found'),
    setRef('ns', { selector: { matchExpressions: [{ key: 'set', operator: 'NotIn', values: ['a'] }] }, namespace: other, parameterNotFoundAction: 'Allow' }),
    attempt('only what is not of the set', 'key: tier', ns, { tier: 'blue' }),
    setRef('ns', { name: 'one', selector: {}, parameterNotFoundAction: 'Deny' }),
    setRef('ns', { parameterNotFoundAction: 'Deny' }),
    setRef('ns', { name: 'one' }),
    setRef('ns', { name: 'one', parameterNotFoundAction: 'Maybe' }),
    setRef('ns', { name: 'one', namespace: 'Not A Name', parameterNotFoundAction: 'Deny' }),
    setRef('ns', { selector: { matchLabels: { 'a b': 'c' } }, parameterNotFoundAction: 'Deny' }),
    { name: 'policy of the cluster', method: 'POST', path: vap, body: policy('cluster', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' }, [{ expression: "params.value < 5", message: 'too high' }]), pick: (b) => b.spec ?? b },
    { name: 'its binding', method: 'POST', path: vapb, body: binding('cluster', { name: 'system-node-critical', parameterNotFoundAction: 'Deny' }), pick: (b) => b.spec ?? b },
    { compare: false, method: 'DELETE', path: `${vapb}/${meta('ns').name}` },
    attempt('refused by the cluster', 'too high'),
    setRef('cluster', { name: 'system-node-critical', namespace: ns, parameterNotFoundAction: 'Deny' }),
    attempt('a namespace for what has none', 'paramRef'),
    { name: 'policy of no kind', method: 'POST', path: vap, body: policy('none', { apiVersion: 'nope.example.com/v1', kind: 'Nope' }, [{ expression: 'params != null' }]), pick: (b) => b.spec ?? b },
    { compare: false, method: 'DELETE', path: `${vapb}/${meta('cluster').name}` },
    { name: 'its binding too', method: 'POST', path: vapb, body: binding('none', { name: 'x', parameterNotFoundAction: 'Allow' }), pick: (b) => b.spec ?? b },
    attempt('an unknown kind', 'failed to find resource'),
  ];
  steps.cleanup = [...['ns', 'cluster', 'none'].flatMap((p) => [`${vapb}/${meta(p).name}`, `${vap}/${meta(p).name}`]), `/api/v1/namespaces/${other}`];
  return steps;
};
