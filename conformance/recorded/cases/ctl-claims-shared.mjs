// Claims for devices: one for several pods, templates that are missing, deallocation when all are done, the words of the scheduler, and names in the status.
import { post, patch, get, del, until, gone, quiet, settle, P, nodes, nodeName, cleanup, on, loose, pod, running, unschedulable, bound, cond, events, owners, tidy, report, ended } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods, core } = P(ns); const dra = '/apis/resource.k8s.io/v1'; const claims = `${dra}/namespaces/${ns}/resourceclaims`; const templates = `${dra}/namespaces/${ns}/resourceclaimtemplates`;
  const all = [`${dra}/deviceclasses/${ns}`, `${dra}/resourceslices/${ns}`];
  const spec = (more = {}, n = 1) => ({ devices: { requests: [{ name: 'r', exactly: { deviceClassName: ns, count: n, ...more } }] } });
  const claim = (name, s) => post(`claim ${name}`, claims, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name }, spec: s }, (b) => ({ kind: b.kind, message: b.message, spec: b.spec }));
  const uses = (name, refs, more = {}) => post(`pod ${name}`, pods, pod(name, on(ns, { terminationGracePeriodSeconds: 0, restartPolicy: 'Never', resourceClaims: refs.map((r, i) => ({ name: `c${i}`, ...r })), containers: [{ name: 'a', image: 'x', resources: { claims: refs.map((_, i) => ({ name: `c${i}` })) } }], ...more })));
  const wait = (name, test) => unschedulable(`${name} waits`, ns, name, test, /./);
  const shown = (b) => ({ finalizers: b.metadata.finalizers, annotations: b.metadata.annotations, results: b.status.allocation?.devices.results, selector: b.status.allocation?.nodeSelector, reserved: b.status.reservedFor?.map((r) => [r.resource, r.name]).sort() });
  const steps = [
    ...nodes(ns, {}),
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    uses('early', [{ resourceClaimName: 'shared' }]), settle(700), get('early is not looked at', `${pods}/early`, (b) => b.status),
    claim('shared', spec()), wait('early', (c) => !/not found/.test(c.message) || /deviceclass/.test(c.message)),
    post('the class', `${dra}/deviceclasses`, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: ns }, spec: { selectors: [{ cel: { expression: `device.driver == "${ns}.example.com"` } }] } }),
    post('two devices', `${dra}/resourceslices`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: ns }, spec: { driver: `${ns}.example.com`, nodeName: nodeName(ns, 1), pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd0', attributes: { size: { int: 1 } } }, { name: 'd1', attributes: { size: { int: 2 } } }] } }, (b) => b.kind),
    running('early runs', ns, 'early'), get('its claim', `${claims}/shared`, shown),
    uses('second', [{ resourceClaimName: 'shared' }]), running('the second shares it', ns, 'second'), get('for both', `${claims}/shared`, shown),
    del('the claim goes', `${claims}/shared`), until('is held', `${claims}/shared`, (b) => b.metadata.deletionTimestamp, shown),
    uses('third', [{ resourceClaimName: 'shared' }]), settle(700), get('third is not looked at', `${pods}/third`, (b) => b.status),
    report('one is done', ns, 'early', () => ended(0)), until('is not counted any more', `${claims}/shared`, (b) => b.status.reservedFor.length === 1, shown),
    quiet(del('the other goes', `${pods}/second`)), gone('then the claim', `${claims}/shared`),
    quiet(del('the third goes', `${pods}/third`)),
    uses('untemplated', [{ resourceClaimTemplateName: 'none' }]),
    events('it is told', ns, 'untemplated', ['FailedResourceClaimCreation']),
    post('the template', templates, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', metadata: { name: 'none' }, spec: { metadata: { labels: { l: 'm' }, annotations: { n: 'o' } }, spec: spec({ selectors: [{ cel: { expression: `device.attributes["${ns}.example.com"].size > 1` } }] }) } }, (b) => b.kind),
    until('a claim is made', `${pods}/untemplated`, (b) => b.status.resourceClaimStatuses, (b) => b.status.resourceClaimStatuses.map((s) => ({ ...s, resourceClaimName: tidy(s.resourceClaimName) })), { within: 60_000, save: (b, v) => { v.claim = b.status.resourceClaimStatuses?.[0]?.resourceClaimName; } }),
    (v) => get('what it is', `${claims}/${v.claim}`, (b) => ({ generateName: b.metadata.generateName, labels: b.metadata.labels, annotations: b.metadata.annotations, owners: owners(b) })),
    running('then it runs', ns, 'untemplated'), (v) => get('with the larger one', `${claims}/${v.claim}`, (b) => b.status.allocation.devices.results.map((r) => r.device)),
    claim('many', spec({}, 3)), uses('many', [{ resourceClaimName: 'many' }]), wait('many'),
    claim('all', spec({ allocationMode: 'All', count: undefined })), uses('all', [{ resourceClaimName: 'all' }]), wait('all'),
    claim('bad', spec({ selectors: [{ cel: { expression: 'device.attributes["x"].nope == 1' } }] })), uses('bad', [{ resourceClaimName: 'bad' }]), until('bad cannot', `${pods}/bad`, (b) => cond(b, 'PodScheduled')?.message, (b) => [cond(b, 'PodScheduled').reason]),
    claim('noclass', { devices: { requests: [{ name: 'r', exactly: { deviceClassName: `${ns}-none` } }] } }), uses('noclass', [{ resourceClaimName: 'noclass' }]), wait('noclass'),
    claim('choice', { devices: { requests: [{ name: 'r', firstAvailable: [{ name: 'big', deviceClassName: ns, count: 5 }, { name: 'small', deviceClassName: ns }] }] } }), uses('choice', [{ resourceClaimName: 'choice' }]), running('choice runs', ns, 'choice'), get('with the second choice', `${claims}/choice`, shown),
    del('its pod goes', `${pods}/untemplated`), gone('it is gone', `${pods}/untemplated`), (v) => gone('and its claim', `${claims}/${v.claim}`),
    report('choice is done', ns, 'choice', () => ended(0)), until('its claim is free', `${claims}/choice`, (b) => !b.status.allocation && !b.metadata.finalizers, shown),
    claim('admin', spec({ adminAccess: true })),
  ];
  steps.cleanup = cleanup(ns, 1, all);
  return steps;
};
