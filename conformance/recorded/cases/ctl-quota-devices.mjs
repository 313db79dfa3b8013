// ResourceQuotas of devices by their class and by the extended resource that stands for it: what claims, their alternatives and pods count, what is refused, and what goes back.
import { post, patch, get, del, until, gone, settle, quiet, P, cleanup, loose, pod } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns); const Q = `${core}/resourcequotas`; const RC = `/apis/resource.k8s.io/v1/namespaces/${ns}/resourceclaims`; const DC = '/apis/resource.k8s.io/v1/deviceclasses';
  const n = (x) => `${ns}-${x}`; const res = `example.com/${ns}-gpu`; const implicit = (x) => `deviceclass.resource.kubernetes.io/${n(x)}`;
  const cls = (x, more = {}) => post(`class ${x}`, DC, { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: n(x) }, spec: { selectors: [{ cel: { expression: 'device.driver == "none.example.com"' } }], ...more } }, (b) => b.message ?? b.spec.extendedResourceName ?? 'none');
  const exactly = (x, count, more = {}) => ({ exactly: { deviceClassName: n(x), allocationMode: 'ExactCount', count, ...more } });
  const claim = (name, requests, meta = {}) => post(`claim ${name}`, RC, { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: { name, ...meta }, spec: { devices: { requests: requests.map((r, i) => ({ name: `r${i}`, ...r })) } } }, (b) => b.message ?? b.kind);
  const used = (title, test = () => true) => until(title, `${Q}/q`, (b) => b.status?.used && test(b.status.used), (b) => b.status.used);
  const asks = (name, resources) => post(`pod ${name}`, pods, pod(name, loose({ terminationGracePeriodSeconds: 0, containers: [{ name: 'a', image: 'x', resources: { limits: resources } }] })), (b) => b.message ?? b.kind);
  const hard = { 'count/resourceclaims.resource.k8s.io': '20', [`${n('gpu')}.deviceclass.resource.k8s.io/devices`]: '10', [`${n('plain')}.deviceclass.resource.k8s.io/devices`]: '10', [`requests.${res}`]: '10', [`requests.${implicit('gpu')}`]: '10', [`requests.${implicit('plain')}`]: '10' };
  const steps = [
    ...['gpu', 'plain', 'late'].map((x) => quiet(del('none', `${DC}/${n(x)}`))), cls('gpu', { extendedResourceName: res }), cls('plain'),
    post('a quota', Q, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } }, (b) => b.message ?? b.spec), used('nothing yet'),
    claim('one', [exactly('gpu', 2)]), used('two of gpu', (u) => u['count/resourceclaims.resource.k8s.io'] === '1'), claim('two', [exactly('plain', 3), exactly('gpu', 1)]), used('of both', (u) => u['count/resourceclaims.resource.k8s.io'] === '2'),
    claim('alternatives', [{ firstAvailable: [{ name: 'a', deviceClassName: n('gpu'), count: 2, allocationMode: 'ExactCount' }, { name: 'b', deviceClassName: n('plain'), count: 1, allocationMode: 'ExactCount' }, { name: 'c', deviceClassName: n('gpu'), count: 1, allocationMode: 'ExactCount' }] }]), used('the largest of each', (u) => u['count/resourceclaims.resource.k8s.io'] === '3'),
    claim('unknown', [exactly('nosuch', 1)]), used('an unknown class', (u) => u['count/resourceclaims.resource.k8s.io'] === '4'),
    claim('all', [{ exactly: { deviceClassName: n('gpu'), allocationMode: 'All' } }]), claim('admin', [exactly('plain', 1, { adminAccess: true })]), claim('too many', [exactly('gpu', 9)]), claim('toomany', [exactly('gpu', 9)]), claim('much', [exactly('plain', 7)]),
    asks('p1', { [res]: '2' }), used('a pod by the resource', (u) => u[`requests.${res}`] !== '0'), asks('p2', { [implicit('plain')]: '1' }), asks('p3', { [implicit('gpu')]: '1' }), settle(300), used('pods by class'), asks('p4', { [res]: '9' }), asks('p5', { [implicit('plain')]: '20' }), asks('p6', { [implicit('nosuch')]: '1' }), used('after all'),
    claim('special', [exactly('gpu', 1)], { annotations: { 'resource.kubernetes.io/extended-resource-claim': 'true' } }), settle(300), used('one of no pod'), get('the pod p1', `${pods}/p1`, (b) => b.kind, { save: (b, v) => { v.p1 = b.metadata.uid; } }),
    ...['mine', 'second'].flatMap((x) => [(v) => claim(x, [exactly('gpu', 1)], { annotations: { 'resource.kubernetes.io/extended-resource-claim': 'true' }, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p1', uid: v.p1, controller: true }] }), settle(1100), used(`${x}, of a pod that asks by the resource`)]), del('mine goes', `${RC}/mine`), del('second goes', `${RC}/second`), used('they are given back', (u) => u['count/resourceclaims.resource.k8s.io'] === '5'),
    patch('gpu is another resource', `${DC}/${n('gpu')}`, { spec: { extendedResourceName: `${res}2` } }, (b) => b.message ?? b.spec.extendedResourceName), settle(800), claim('after', [exactly('gpu', 1)]), settle(400), used('after the change'), cls('late', { extendedResourceName: res }), settle(800), claim('oflate', [exactly('late', 1)]), settle(400), used('of the late class'),
    ...['one', 'two', 'alternatives'].map((x) => del(`${x} goes`, `${RC}/${x}`)), used('goes back', (u) => Number(u['count/resourceclaims.resource.k8s.io']) <= 4), ...['p1', 'p2', 'p3'].map((x) => del(`${x} goes`, `${pods}/${x}`)), settle(800), used('and of pods'),
    post('bad names', Q, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'bad' }, spec: { hard: { [res]: '1', [implicit('gpu')]: '1', [`limits.${res}`]: '1', 'requests.deviceclass.resource.kubernetes.io/': '1', 'x.deviceclass.resource.k8s.io/devices': '1.5' } } }, (b) => b.message ?? b.spec),
  ];
  steps.cleanup = cleanup(ns, 0, ['gpu', 'plain', 'late'].map((x) => `${DC}/${n(x)}`));
  return steps;
};
