// Conditions that fail, for every operation, of both sorts of webhooks; a webhook that is slow, and ignored.
import { authority, startWebhookServer } from '../webhook-server.mjs';
export default ({ ns }) => {
  const server = startWebhookServer(new Proxy({}, { get: (_, k) => (typeof k === 'string' && k.startsWith('/') ? () => ({ allowed: false, status: { message: `asked ${k}` } }) : undefined) }));
  const G = '/apis/admissionregistration.k8s.io/v1';
  const N = `/api/v1/namespaces/${ns}`;
  const n = (x) => `rp-ext-webhooks-conditions-${x}`;
  const here = { matchLabels: { 'kubernetes.io/metadata.name': ns } };
  const conds = {
    t: ['true'], f: ['false'], err: ['object.none == 1'], errf: ['object.none == 1', 'false'], ferr: ['false', 'object.none == 1'], err2: ['object.none == 1', 'oldObject.x.y == 2', 'object.data.z == ""'], terr: ['true', 'object.none == 1', 'true'],
    old: ['oldObject == null'], obj: ['object != null'], name: ['object.metadata.name == "c"'], hasdata: ['has(object.data.own)'], op: ['request.operation in ["CREATE", "DELETE"]'], req: ['request.name == "" && request.namespace != "" && request.dryRun'], user: ['request.userInfo.groups.exists(g, g == "system:masters")'], kind: ['request.kind.kind == "ConfigMap" && request.resource.resource == "configmaps" && request.requestKind.version == "v1"'], opt: ['request.options.kind == "CreateOptions"'], opt2: ['request.options.dryRun == ["All"]'], sub: ['request.subResource == ""'], sub2: ['has(request.subResource)'], auth: ['authorizer.group("").resource("configmaps").namespace("x").check("get").allowed()'], auth2: ['authorizer.requestResource.check("delete").allowed()'], auth3: ['authorizer.serviceAccount("x", "y").group("").resource("pods").check("get").allowed()'], auth4: ['authorizer.group("").resource("pods").check("get").reason() == ""'], 
    cost: ['[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, [1,2,3,4,5,6,7,8,9,10].all(g, g > 0)))))))'], div: ['1 / int(object.data.zero) == 1'], idx: ['["a"][3] == "a"'], key: ['object.data["x y"] == ""'], lab: ['object.metadata.labels["hook"] == "lab"'], ts: ['timestamp(object.metadata.creationTimestamp) < timestamp("2000-01-01T00:00:00Z")'], gen: ['object.metadata.generation == 1'], mf: ['object.metadata.managedFields.size() > 0'], mf2: ['has(object.metadata.managedFields)'], uidobj: ['object.metadata.uid != ""'], re: ['object.metadata.name.matches("^[a-z]+$")'], nil: ['object.metadata.labels == null'], opn: ['object.metadata.?labels.?none.orValue("x") == "x"'],
  };
  const hook = (x, label, more) => ({ name: `${x.toLowerCase()}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None', namespaceSelector: here, objectSelector: { matchLabels: { hook: label } }, clientConfig: { url: server.url(`/${x}`), caBundle: authority }, rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }], matchConditions: conds[x].map((expression, i) => ({ name: `n${i}`, expression })), ...more });
  const make = (kind, x, webhooks) => () => ({ name: x, method: 'POST', path: `${G}/${kind}webhookconfigurations`, body: { apiVersion: 'admissionregistration.k8s.io/v1', kind: `${kind[0].toUpperCase()}${kind.slice(1)}WebhookConfiguration`, metadata: { name: n(x) }, webhooks: webhooks() }, pick: (b, r) => (r.status === 201 ? 'ok' : b) });
  const all = Object.keys(conds), cms = `${N}/configmaps`;
  const said = (b, r) => (r.status < 300 ? 'through' : b);
  const act = (label, method, path, body, more) => ({ name: `${method} ${label}`, method, path, query: { dryRun: 'All' }, body, pick: said, ...more });
  const cm = (label, name = 'c') => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { hook: label } }, data: { own: 'x', zero: '0' } });
  const cleanup = [`${G}/mutatingwebhookconfigurations/${n('m')}`, `${G}/validatingwebhookconfigurations/${n('v')}`, `${G}/validatingwebhookconfigurations/${n('i')}`];
  const steps = [
    ...cleanup.map((path) => ({ compare: false, method: 'DELETE', path })),
    ...all.map((l) => ({ compare: false, method: 'POST', path: cms, body: cm(`v-${l}`, `v-${l}`) })),
    make('mutating', 'm', () => all.map((x) => hook(x, `m-${x}`))), make('validating', 'v', () => all.map((x) => hook(x, `v-${x}`))), make('validating', 'i', () => all.map((x) => hook(x, `i-${x}`, { failurePolicy: 'Ignore' }))),
    ...['m', 'v', 'i'].map((x) => ({ ...act('probe', 'POST', cms, cm(`${x}-t`)), compare: false, until: (b, r) => r.status >= 400 })),
    ...['m', 'v', 'i'].flatMap((x) => all.map((l) => act(`${x}-${l}`, 'POST', cms, cm(`${x}-${l}`)))),
    ...all.map((l) => act(l, 'PATCH', `${cms}/v-${l}`, { data: { own: 'z' } }, { type: 'application/merge-patch+json' })),
    ...all.map((l) => act(l, 'DELETE', `${cms}/v-${l}`)),
    act('real', 'POST', cms, cm('v-req'), { query: {} }), act('as', 'POST', cms, cm('v-auth'), { as: 'alice', asGroups: ['system:masters'] }), act('generate', 'POST', cms, { ...cm('v-req'), metadata: { generateName: 'x-', labels: { hook: 'v-req' } } }), act('generated name', 'POST', cms, { ...cm('v-name'), metadata: { generateName: 'x-', labels: { hook: 'v-name' } } }),
  ];
  steps.cleanup = cleanup;
  return steps;
};
