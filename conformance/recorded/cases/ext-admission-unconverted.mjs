// Admission in a version of a custom kind into which, or out of which, an object cannot be converted: who asks for that version says so in its own way.
import { authority, startWebhookServer } from '../webhook-server.mjs';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

export default ({ ns }) => {
  const group = 'rp-ext-unconverted.example.com';
  const server = startWebhookServer({
    '/convert': ({ objects, desiredAPIVersion }) => (objects.some(({ spec }) => spec.note === 'bad')
      ? { result: { status: 'Failure', message: 'it is bad' } }
      : { result: { status: 'Success' }, convertedObjects: objects.map((object) => ({ ...object, apiVersion: desiredAPIVersion })) }),
    '/spoil': ({ object }) => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify([{ op: 'replace', path: '/spec/note', value: object.spec.note === 'probe' ? 'probed' : 'bad' }])).toString('base64') }),
    '/judge': ({ object }) => ({ allowed: object.spec.note !== 'probe' }),
  });
  const clientConfig = (at) => ({ url: server.url(at), caBundle: authority });
  const path = (version, name = '') => `/apis/${group}/${version}/namespaces/${ns}/unconvs${name && `/${name}`}`;
  const object = (version, name, by, note) => ({ apiVersion: `${group}/${version}`, kind: 'Unconv', metadata: { name, labels: { by } }, spec: { note } });
  const served = { served: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { note: { type: 'string' } } } } } } };
  const crd = () => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `unconvs.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural: 'unconvs', kind: 'Unconv' }, conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: clientConfig('/convert') } },
      versions: [{ name: 'v1', storage: true, ...served }, { name: 'v2', storage: false, ...served }] } });
  const rules = [{ operations: ['CREATE', 'UPDATE'], apiGroups: [group], apiVersions: ['v1'], resources: ['unconvs'] }];
  const chosen = (by) => ({ objectSelector: { matchLabels: { by } } });
  const hook = (kind, at) => (by, failurePolicy) => [{ kind, name: `${by}.${group}`, body: () => ({ webhooks: [{ name: `${by}.${group}`, clientConfig: clientConfig(at), admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy, rules, ...chosen(by) }] }) }];
  const policy = (kind, rest, binding) => (by, failurePolicy) => [
    { kind, name: `${by}.${group}`, body: () => ({ spec: { failurePolicy, matchConstraints: { resourceRules: rules, ...chosen(by) }, ...rest } }) },
    { kind: `${kind}Binding`, name: `${by}.${group}`, body: () => ({ spec: { policyName: `${by}.${group}`, ...binding } }) },
  ];
  const kinds = {
    mutating: hook('MutatingWebhookConfiguration', '/spoil'),
    validating: hook('ValidatingWebhookConfiguration', '/judge'),
    vap: policy('ValidatingAdmissionPolicy', { validations: [{ expression: "object.spec.note != 'probe'" }] }, { validationActions: ['Deny'] }),
    map: policy('MutatingAdmissionPolicy', { reinvocationPolicy: 'Never', mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: "[JSONPatch{op: 'replace', path: '/spec/note', value: object.spec.note == 'probe' ? 'probed' : 'bad'}]" } }] }, {}),
  };
  const all = Object.entries(kinds).flatMap(([kind, make]) => ['Fail', 'Ignore'].map((failurePolicy) => ({ by: `${kind}-${failurePolicy.toLowerCase()}`, parts: make(`${kind}-${failurePolicy.toLowerCase()}`, failurePolicy) })));
  const place = ({ kind }) => `${ADMISSION}/${kind.replace('Policy', 'Policie').toLowerCase()}s`.replace('policiebindings', 'policybindings');
  const said = (b) => JSON.parse(server.clean(JSON.stringify(b.spec ?? b)));
  const post = (name, version, by, note) => ({ name, method: 'POST', path: path(version), body: object(version, by.replace(' ', '-'), by.split(' ')[0], note), pick: said });
  const steps = [
    { compare: false, method: 'POST', path: CRDS, get body() { return crd(); } },
    ...['v1', 'v2'].map((version) => ({ compare: false, path: path(version), until: (b, r) => r.status === 200 })),
    ...all.flatMap(({ parts }) => parts.map((part) => ({ compare: false, method: 'POST', path: place(part), get body() { return { apiVersion: 'admissionregistration.k8s.io/v1', kind: part.kind, metadata: { name: part.name }, ...part.body() }; } }))),
    ...all.map(({ by }) => ({ compare: false, method: 'POST', query: { dryRun: 'All' }, path: path('v1'), body: object('v1', 'probe', by, 'probe'), until: (b, r) => r.status !== 503 && b.spec?.note !== 'probe' })),
    post('nobody asks', 'v2', 'nobody', 'bad'),
    ...all.flatMap(({ by }) => [post(`${by}: a new one`, 'v2', by, 'bad'), post(`${by}: one that can be`, 'v2', `${by} good`, 'good')]),
    { compare: false, method: 'POST', path: path('v1'), body: object('v1', 'there', 'nobody', 'a') },
    ...all.map(({ by }) => ({ name: `${by}: an update`, method: 'PATCH', type: 'application/merge-patch+json', query: { dryRun: 'All' }, path: path('v2', 'there'), body: { metadata: { labels: { by } }, spec: { note: 'bad' } }, pick: said })),
  ];
  steps.cleanup = [...all.flatMap(({ parts }) => parts.map((part) => `${place(part)}/${part.name}`)), `${CRDS}/unconvs.${group}`];
  return steps;
};
