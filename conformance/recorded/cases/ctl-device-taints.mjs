// Devices of a node: two pods have one each, and leave it when it is tainted, at once or after the time that their claim tolerates.
import { post, patch, get, del, until, gone, quiet, P, nodes, nodeName, cleanup, on, pod, running, events, settle } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const dra = '/apis/resource.k8s.io/v1'; const base = `${dra}/namespaces/${ns}`; const driver = `${ns}.example.com`;
  const all = [`${dra}/deviceclasses/${ns}`, `${dra}/resourceslices/${ns}`];
  const template = (name, tolerations) => post(`template ${name}`, `${base}/resourceclaimtemplates`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate', metadata: { name }, spec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: ns, ...(tolerations ? { tolerations } : {}) } }] } } } });
  const uses = (name, t) => post(`pod ${name}`, pods, pod(name, on(ns, { containers: [{ name: 'a', image: 'nginx', resources: { claims: [{ name: 'd' }] } }], resourceClaims: [{ name: 'd', resourceClaimTemplateName: t }] })));
  const claims = (b) => b.items.map((c) => ({ owner: c.metadata.ownerReferences[0].name, finalizers: c.metadata.finalizers, device: c.status.allocation?.devices.results.map(({ device, ...r }) => ({ ...r, device: /^d[01]$/.test(device) })), reserved: c.status.reservedFor?.map(({ resource, name }) => `${resource} ${name}`) })).sort((x, y) => (x.owner < y.owner ? -1 : 1));
  const taints = [{ key: 'bad', value: 'x', effect: 'NoExecute' }];
  const steps = [
    ...nodes(ns, {}),
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    post('the class', `${dra}/deviceclasses`, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: ns }, spec: {} }),
    post('two devices', `${dra}/resourceslices`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: ns }, spec: { driver, nodeName: nodeName(ns, 1), pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd0' }, { name: 'd1' }] } }),
    template('strict'), template('patient', [{ key: 'bad', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 6 }]), template('tolerant', [{ operator: 'Exists', effect: 'NoExecute' }]),
    uses('a', 'strict'), running('a runs', ns, 'a'), uses('b', 'patient'), running('b runs', ns, 'b'),
    get('both have a device', `${base}/resourceclaims`, claims),
    patch('the devices are tainted', `${dra}/resourceslices/${ns}`, { spec: { devices: [{ name: 'd0', taints }, { name: 'd1', taints }] } }, (b) => b.spec.devices.map((d) => d.taints.map((t) => ({ ...t, timeAdded: Boolean(t.timeAdded) })))),
    gone('a goes', `${pods}/a`), events('a was told', ns, 'a', ['DeviceTaintManagerEviction']),
    get('b stays a while', `${pods}/b`, (b) => b.status.phase),
    gone('then b goes', `${pods}/b`), events('b was told', ns, 'b', ['DeviceTaintManagerEviction']),
    until('no claims are left', `${base}/resourceclaims`, (b) => b.items.length === 0, (b) => b.items.length),
    uses('c', 'tolerant'), running('one that tolerates it runs', ns, 'c'), settle(800), get('and stays', `${pods}/c`, (b) => b.status.phase),
  ];
  steps.cleanup = cleanup(ns, 1, all);
  return steps;
};
