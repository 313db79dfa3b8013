// Admission webhooks and policies that name one version of a custom kind hear of requests in another one as the conversion webhook makes them.
import { authority, startWebhookServer } from '../webhook-server.mjs';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const HOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

function converted({ spec, ...object }, apiVersion) {
  if (object.apiVersion === apiVersion) return { ...object, spec };
  const [host, port] = (spec.address ?? '').split(':');
  return { ...object, apiVersion, spec: apiVersion.endsWith('v2') ? { address: `${spec.host}:${spec.port}` } : { host, port: Number(port) } };
}

export default ({ ns }) => {
  const group = 'rp-ext-hook-versions.example.com';
  const server = startWebhookServer({
    '/convert': ({ objects, desiredAPIVersion }) => ({ result: { status: 'Success' }, convertedObjects: objects.map((o) => converted(o, desiredAPIVersion)) }),
    '/admit': ({ object }) => {
      const patch = [{ op: 'add', path: '/metadata/annotations', value: { seen: JSON.stringify([object.apiVersion, object.spec]) } }, { op: 'replace', path: '/spec/port', value: object.spec.port + 1 }];
      return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
    },
  });
  const clientConfig = (at) => ({ url: server.url(at), caBundle: authority });
  const path = (version, name = '') => `/apis/${group}/${version}/namespaces/${ns}/convs${name && `/${name}`}`;
  const text = { type: 'string' };
  const schema = (spec) => ({ openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } } });
  const names = { plural: 'convs', kind: 'Conv' };
  const crd = () => ({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `convs.${group}` },
    spec: { group, scope: 'Namespaced', names, conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: clientConfig('/convert') } }, versions: [
      { name: 'v1', served: true, storage: true, schema: schema({ host: text, port: { type: 'integer' } }) },
      { name: 'v2', served: true, storage: false, schema: schema({ address: text }) } ] } });
  const hook = () => ({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: `hook.${group}` },
    webhooks: [{ name: `hook.${group}`, clientConfig: clientConfig('/admit'), admissionReviewVersions: ['v1'], sideEffects: 'None',
      rules: [{ operations: ['CREATE'], apiGroups: [group], apiVersions: ['v1'], resources: ['convs'] }] }] });
  const object = (version, name, spec) => ({ apiVersion: `${group}/${version}`, kind: 'Conv', metadata: { name }, spec });
  const seen = (b) => [b.metadata?.annotations, b.spec ?? b];
  const probe = { method: 'POST', query: { dryRun: 'All' }, path: path('v1'), body: object('v1', 'probe', { host: 'h', port: 1 }) };
  const steps = [
    { compare: false, method: 'POST', path: CRDS, get body() { return crd(); } },
    { compare: false, path: path('v2'), until: (b, r) => r.status === 200 },
    { compare: false, method: 'POST', path: HOOKS, get body() { return hook(); } },
    { compare: false, ...probe, until: (b) => b.metadata?.annotations?.seen !== undefined },
    { name: 'in the version that the webhook names', method: 'POST', path: path('v1'), body: object('v1', 'one', { host: 'h', port: 80 }), pick: seen },
    { name: 'in the other', method: 'POST', path: path('v2'), body: object('v2', 'two', { address: 'a:7' }), pick: seen },
    { name: 'what is stored of it', path: path('v1', 'two'), pick: seen },
  ];
  steps.cleanup = [`${HOOKS}/hook.${group}`, `${CRDS}/convs.${group}`];
  return steps;
};
