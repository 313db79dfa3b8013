// Integers of 64 bits on their way through webhooks and policies: what these are sent, and what becomes of what they answer.
import { CRDS, define } from '../custom-kinds.mjs';
import { authority, startWebhookServer } from '../webhook-server.mjs';

const at = '1732600000123456789';
const registration = '/apis/admissionregistration.k8s.io/v1';

export default ({ ns }) => {
  const group = 'rp-ext-hook-numbers.example.com';
  const spec = (text) => /"spec":\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/.exec(text)?.[0] ?? text;
  const seen = {};
  const base64 = (text) => Buffer.from(text).toString('base64');
  const server = startWebhookServer({
    // A converted object is the one that came, with the wanted version and another field.
    '/convert': ({ uid, desiredAPIVersion }, { apiVersion }, text) => {
      const { convertedObjects } = { convertedObjects: /"objects":(\[.*\])\}/s.exec(text)[1] };
      const changed = convertedObjects.replaceAll(/"apiVersion":"rp-ext-hook-numbers[^"]*"/g, `"apiVersion":"${desiredAPIVersion}"`).replaceAll('"spec":{', '"spec":{"by":9223372036854775807,');
      return { body: `{"apiVersion":"${apiVersion}","kind":"ConversionReview","response":{"uid":"${uid}","result":{"status":"Success"},"convertedObjects":${changed}}}` };
    },
    '/mutate': (request, review, text) => {
      seen.mutating = spec(text);
      return { allowed: true, patchType: 'JSONPatch', patch: base64('[{"op":"add","path":"/spec/i64","value":9007199254740993},{"op":"add","path":"/spec/n","value":1e3},{"op":"copy","from":"/spec/i","path":"/spec/copy"}]') };
    },
    '/validate': (request, review, text) => {
      seen.validating = spec(text);
      return { allowed: true };
    },
  });
  const clientConfig = (path) => ({ url: server.url(path), caBundle: authority });
  const integer = { type: 'integer' };
  const number = { type: 'number' };
  const schema = { spec: { type: 'object', properties: { i: integer, i64: integer, n: number, copy: integer, by: integer, policy: integer, sum: integer, any: { 'x-kubernetes-preserve-unknown-fields': true } } } };
  const crd = () => {
    const made = define(group, 'Meter', schema);
    made.spec.versions.push({ ...made.spec.versions[0], name: 'v2', storage: false });
    made.spec.conversion = { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: clientConfig('/convert') } };
    return made;
  };
  const rules = [{ operations: ['CREATE'], apiGroups: [group], apiVersions: ['v1'], resources: ['meters'] }];
  const hook = (kind, path) => ({
    compare: false, method: 'POST', path: `${registration}/${kind.toLowerCase()}webhookconfigurations`,
    get body() { return { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}WebhookConfiguration`, metadata: { name: `${kind.toLowerCase()}.${group}` }, webhooks: [{ name: `${kind.toLowerCase()}.${group}`, clientConfig: clientConfig(path), admissionReviewVersions: ['v1'], sideEffects: 'None', matchPolicy: 'Exact', rules }] }; },
  });
  const matchConstraints = { resourceRules: [{ operations: ['CREATE'], apiGroups: [group], apiVersions: ['v1'], resources: ['meters'] }] };
  const policy = (kind, more) => [
    { compare: false, method: 'POST', path: `${registration}/${kind.toLowerCase().replace(/y$/, 'ies')}`, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: `numbers.${group}` }, spec: { matchConstraints, ...more } } },
    { compare: false, method: 'POST', path: `${registration}/${kind.toLowerCase()}bindings`, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind}Binding`, metadata: { name: `numbers.${group}` }, spec: { policyName: `numbers.${group}`, ...(kind.startsWith('Val') && { validationActions: ['Deny'] }) } } },
  ];
  const meters = (version, name = '') => `/apis/${group}/${version}/namespaces/${ns}/meters${name && `/${name}`}`;
  const object = (version, name, fields) => `{"apiVersion":"${group}/${version}","kind":"Meter","metadata":{"name":"${name}"},"spec":{${fields}}}`;
  const shown = (b, r) => (r.status < 300 ? /"spec":.*/.exec(r.text)[0] : b.message);
  const create = (name, fields, version = 'v1') => ({ name: `create ${fields} as ${version}`, method: 'POST', path: meters(version), type: 'application/json', body: object(version, name, fields), pick: shown });
  const sent = (name) => ({ name: `what the ${name} webhook was sent`, path: `/api/v1/namespaces/${ns}`, pick: () => seen[name] });
  const probe = (fields) => ({ method: 'POST', path: meters('v1'), query: { dryRun: 'All' }, type: 'application/json', body: object('v1', 'probe', fields) });
  const steps = [
    { compare: false, method: 'POST', path: CRDS, get body() { return crd(); } },
    { compare: false, path: meters('v2'), until: (b, r) => r.status === 200 },
    create('a', `"i":${at},"any":{"l":[9007199254740993,9223372036854775808]}`),
    ...['v1', 'v2'].map((version) => ({ name: `get as ${version}`, path: meters(version, 'a'), pick: shown })),
    { name: 'apply as v2', method: 'PATCH', path: meters('v2', 'b'), type: 'application/apply-patch+yaml', query: { fieldManager: 'm' }, body: object('v2', 'b', `"i":${at}`), pick: shown },
    { name: 'merge patch as v2', method: 'PATCH', path: meters('v2', 'a'), type: 'application/merge-patch+json', body: '{"spec":{"i":1732600000123456790}}', pick: shown },
    hook('Mutating', '/mutate'), hook('Validating', '/validate'),
    { ...probe('"i":1'), compare: false, until: () => seen.mutating && seen.validating },
    create('c', `"i":${at}`), sent('mutating'), sent('validating'),
    { compare: false, method: 'DELETE', path: `${registration}/mutatingwebhookconfigurations/mutating.${group}` }, { compare: false, method: 'DELETE', path: `${registration}/validatingwebhookconfigurations/validating.${group}` },
    ...policy('ValidatingAdmissionPolicy', { validations: [{ expression: `!has(object.spec.i) || object.spec.i != ${at}`, messageExpression: '"i is " + string(object.spec.i)' }, { expression: '!has(object.spec.any) || object.spec.any + 1 == 9007199254740994', messageExpression: '"any is " + string(object.spec.any)' }] }),
    { ...probe(`"i":${at}`), compare: false, until: (b, r) => r.status === 422 },
    create('d', `"i":${at}`), create('d', '"any":9007199254740993'), create('e', '"any":9007199254740992'),
    { compare: false, method: 'DELETE', path: `${registration}/validatingadmissionpolicies/numbers.${group}` }, { compare: false, method: 'DELETE', path: `${registration}/validatingadmissionpolicybindings/numbers.${group}` },
    { ...probe(`"i":${at}`), compare: false, until: (b, r) => r.status === 201 },
    ...policy('MutatingAdmissionPolicy', { reinvocationPolicy: 'Never', mutations: [
      { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{spec: Object.spec{policy: object.spec.i, sum: object.spec.i + 1}}' } },
      { patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "add", path: "/spec/by", value: object.spec.i}]' } },
      { patchType: 'JSONPatch', jsonPatch: { expression: 'has(object.spec.any) ? [JSONPatch{op: "add", path: "/spec/any/copy", value: object.spec.any.l}, JSONPatch{op: "add", path: "/spec/any/made", value: Object.spec{i: object.spec.i}}] : []' } } ] }),
    { ...probe('"i":1'), compare: false, until: (b) => b.spec?.policy === 1 },
    create('f', `"i":${at}`), create('g', '"i":5,"any":{"l":[9007199254740993,{"x":1}]}'), create('h', '"i":9007199254740993'),
    { compare: false, method: 'DELETE', path: `${registration}/mutatingadmissionpolicies/numbers.${group}` }, { compare: false, method: 'DELETE', path: `${registration}/mutatingadmissionpolicybindings/numbers.${group}` },
  ];
  steps.cleanup = [`${CRDS}/meters.${group}`, ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'].map((kind) => `${registration}/${kind}/numbers.${group}`), `${registration}/mutatingwebhookconfigurations/mutating.${group}`, `${registration}/validatingwebhookconfigurations/validating.${group}`];
  return steps;
};
