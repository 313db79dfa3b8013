// What the controller says of policies: several resources, params, variables, match conditions, messages and annotations, kinds that are not there, and names of fields.
import { post, patch, get, del, until, quiet, cleanup } from './lib/ctl.mjs';
export default ({ ns }) => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  const rule = (apiGroups, resources, apiVersions = ['v1']) => ({ apiGroups, apiVersions, operations: ['CREATE', 'UPDATE'], resources });
  const vap = (x, spec, rules = [rule(['apps'], ['deployments'])]) => post(`policy ${x}`, path, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: `${ns}-${x}` }, spec: { matchConstraints: { resourceRules: rules }, ...spec } }, (b) => ({ kind: b.kind, message: b.message, status: b.status }));
  const list = ['two', 'any', 'vars', 'cond', 'msg', 'audit', 'param', 'none', 'deep', 'auth', 'late', 'many'];
  const all = list.map((x) => `${path}/${ns}-${x}`);
  const seen = (x, generation = 1) => until(`${x} is seen`, `${path}/${ns}-${x}`, (b) => b.status?.observedGeneration === generation, (b) => b.status);
  const v = (expression, more) => ({ validations: [{ expression, ...more }] });
  const steps = [
    ...all.map((p) => quiet(del('none from before', p))),
    vap('two', v('object.spec.replicas > 1 && object.spec.serviceName == "x"'), [rule(['apps'], ['deployments', 'statefulsets'])]), seen('two'),
    vap('any', v('object.nothing == 1'), [rule(['*'], ['*'])]), seen('any'),
    vap('wrong', { variables: [{ name: 'n', expression: 'object.spec.replicas' }], validations: [{ expression: 'variables.unknown == 1' }] }), vap('wrong', v('request.userInfo.nam == "x"')),
    vap('vars', { variables: [{ name: 'n', expression: 'object.spec.replicas' }, { name: 'bad', expression: 'object.spec.nope' }], ...v('variables.n == "x"') }), seen('vars'),
    vap('cond', { matchConditions: [{ name: 'c', expression: 'object.metadata.nam == "x"' }], ...v('true') }), seen('cond'),
    vap('msg', v('object.spec.replicas == 1', { messageExpression: '"n: " + string(object.spec.nope)' })), seen('msg'),
    vap('audit', { auditAnnotations: [{ key: 'k', valueExpression: 'string(object.spec.nope)' }], ...v('true') }), seen('audit'),
    vap('param', { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...v('params.data.x == object.spec.replicas || params.dat == null') }), seen('param'),
    vap('none', { paramKind: { apiVersion: 'example.com/v1', kind: 'Thing' }, ...v('params.x == object.spec.nope') }, [rule(['example.com'], ['things'])]), seen('none'),
    vap('deep', v('object.spec.template.spec.containers.all(c, c.imag == "x" || c.ports[0].containerPort == "80")')), seen('deep'),
    vap('auth', v('authorizer.group("").resource("pods").check("get").allowed() && request.userInfo.username == "x" && namespaceObject.metadata.labels.size() == 1 && oldObject.spec.nope == 1')), seen('auth'),
    vap('late', v('object.spec.suspen == true'), [rule(['batch'], ['jobs', 'cronjobs'])]), seen('late'),
    vap('many', { validations: [{ expression: 'object.a == 1' }, { expression: 'object.b == 1' }, { expression: 'object.spec.replicas == 1.5' }] }, [rule(['apps'], ['deployments/status', 'deployments/scale', 'deployments'])]), seen('many'),
    patch('mended', `${path}/${ns}-many`, { spec: { validations: [{ expression: 'object.spec.replicas == 1' }] } }, (b) => b.metadata.generation), seen('many', 2),
    patch('a label', `${path}/${ns}-many`, { metadata: { labels: { a: 'b' } } }, (b) => b.metadata.generation),
    vap('syntax', v('object.spec.(')),
  ];
  steps.cleanup = cleanup(ns, 0, all);
  return steps;
};
