// Devices that containers ask for by the name of a resource: the scheduler makes a claim for what a node does not have itself (KEP-5004).
import { post, get, del, until, gone, quiet, P, nodes, nodeName, cleanup, on, pod, running, unschedulable } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { pods } = P(ns); const dra = '/apis/resource.k8s.io/v1'; const claims = `${dra}/namespaces/${ns}/resourceclaims`;
  const resource = `${ns}.example.com/gpu`; const all = [`${dra}/deviceclasses/${ns}`, `${dra}/resourceslices/${ns}`];
  const c = (name, name_, amount) => ({ name, image: 'nginx', resources: { limits: { [name_]: String(amount), cpu: '10m' } } });
  const wants = (name, res, amounts, init) => post(`pod ${name}`, pods, pod(name, on(ns, { containers: amounts.map((n, i) => c(`c${i}`, res, n)), ...(init ? { initContainers: [c('i', res, init)] } : {}) })));
  const told = (b) => ({ node: b.spec.nodeName, mappings: b.status.extendedResourceClaimStatus?.requestMappings, made: b.status.extendedResourceClaimStatus?.resourceClaimName?.replace(/-[a-z0-9]{5}$/, '-x') });
  const shown = (b) => b.items.map(({ metadata: m, spec, status: s }) => ({ generateName: m.generateName, annotations: m.annotations, owner: m.ownerReferences.map(({ uid, ...o }) => o), finalizers: m.finalizers, spec, results: s.allocation?.devices.results.map(({ device, ...r }) => r), reserved: s.reservedFor?.map(({ uid, ...r }) => r) }));
  const steps = [
    ...nodes(ns, {}),
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    post('the class', `${dra}/deviceclasses`, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: ns }, spec: { extendedResourceName: resource } }),
    post('three devices', `${dra}/resourceslices`, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceSlice', metadata: { name: ns }, spec: { driver: `${ns}.example.com`, nodeName: nodeName(ns, 1), pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'd0' }, { name: 'd1' }, { name: 'd2' }] } }),
    wants('greedy', resource, [2, 2]), unschedulable('greedy waits', ns, 'greedy'),
    wants('pair', resource, [1, 1], 2), running('pair runs', ns, 'pair'), get('it was told', `${pods}/pair`, told), get('the claim', claims, shown),
    wants('late', resource, [2]), unschedulable('late waits', ns, 'late'),
    wants('single', `deviceclass.resource.kubernetes.io/${ns}`, [1], 1), running('single runs', ns, 'single'), get('by the name of the class', `${pods}/single`, told),
    wants('other', `${ns}.example.com/none`, [1]), unschedulable('other waits', ns, 'other'),
    quiet(del('greedy goes', `${pods}/greedy`)), quiet(gone('greedy has gone', `${pods}/greedy`)),
    quiet(del('pair goes', `${pods}/pair`)), gone('pair has gone', `${pods}/pair`),
    running('late runs then', ns, 'late'), get('late was told', `${pods}/late`, told),
  ];
  steps.cleanup = cleanup(ns, 1, all);
  return steps;
};
