// Mirrored Endpoints that change: both families, ports, labels, locks, more addresses than are mirrored, and services of other types.
import { post, patch, get, del, until, settle, P, cleanup, events } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, slices } = P(ns);
  const facts = (b) => b.items.map((s) => ({ gn: s.metadata.generateName, l: s.metadata.labels, a: s.metadata.annotations && Object.fromEntries(Object.entries(s.metadata.annotations).filter(([k]) => !/trigger/.test(k))), own: s.metadata.ownerReferences?.map((o) => [o.kind, o.name, o.controller, o.blockOwnerDeletion]), type: s.addressType, ports: s.ports, eps: (s.endpoints ?? []).map((e) => ({ a: e.addresses, c: e.conditions, h: e.hostname, n: e.nodeName, t: e.targetRef })).sort((x, y) => (x.a[0] < y.a[0] ? -1 : 1)) })).sort((x, y) => JSON.stringify(x) < JSON.stringify(y) ? -1 : 1);
  const of = (svc) => ({ query: { labelSelector: `kubernetes.io/service-name=${svc}` } });
  const sl = (name, svc, test) => until(name, slices, (b) => test(b.items.flatMap((s) => s.endpoints ?? []), b.items), facts, of(svc));
  const svc = (name, spec, meta = {}) => post(`service ${name}`, `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name, ...meta }, spec: { ports: [{ port: 80 }], ...spec } });
  const ept = (name, subsets, meta = {}) => post(`endpoints ${name}`, `${core}/endpoints`, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, ...meta }, subsets }, (b) => b.message ?? b.kind);
  const put = (title, name, body) => patch(title, `${core}/endpoints/${name}`, body, (b) => b.message ?? b.kind);
  const ips = (n, base) => Array.from({ length: n }, (_, i) => ({ ip: `10.2.${base + Math.floor(i / 250)}.${(i % 250) + 1}` }));
  const steps = [
    ept('first', [{ addresses: [{ ip: '10.2.0.1' }], ports: [{ port: 80 }] }], { labels: { l: 'm' }, annotations: { an: 'no', 'endpoints.kubernetes.io/last-change-trigger-time': '2020-01-01T00:00:00Z' } }), settle(500), sl('not without a service', 'first', () => true),
    svc('first', {}, { labels: { sv: '1' } }), sl('mirrored', 'first', (e) => e.length === 1),
    ept('dual', [{ addresses: [{ ip: '10.2.0.1', hostname: 'h1', nodeName: 'nn' }, { ip: 'fd00::1' }], notReadyAddresses: [{ ip: '10.2.0.2', targetRef: { kind: 'Pod', name: 'p', namespace: ns } }], ports: [{ name: 'a', port: 80, appProtocol: 'http' }, { name: 'b', port: 90, protocol: 'UDP' }] }, { addresses: [{ ip: '10.2.0.3' }], ports: [{ name: 'a', port: 81 }] }]), svc('dual', { ports: [{ name: 'a', port: 80 }] }), sl('both families and two subsets', 'dual', (e) => e.length === 4),
    ept('skip', [{ addresses: [{ ip: '10.2.0.1' }], ports: [{ port: 80 }] }], { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }), svc('skip', {}), settle(500), sl('skipped', 'skip', () => true),
    patch('not skipped', `${core}/endpoints/skip`, { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'false' } } }, (b) => b.kind), sl('then mirrored', 'skip', (e) => e.length === 1),
    patch('skipped again', `${core}/endpoints/skip`, { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } }, (b) => b.kind), sl('then deleted', 'skip', (e, i) => i.length === 0),
    ept('leader', [{ addresses: [{ ip: '10.2.0.1' }], ports: [{ port: 80 }] }], { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } }), svc('leader', {}), settle(500), sl('a lock is not mirrored', 'leader', () => true),
    put('first grows', 'first', { subsets: [{ addresses: [{ ip: '10.2.0.1' }, { ip: '10.2.0.7' }], ports: [{ port: 80 }] }] }), sl('two', 'first', (e) => e.length === 2),
    put('first changes ports', 'first', { subsets: [{ addresses: [{ ip: '10.2.0.1' }], ports: [{ port: 81 }] }] }), sl('another port', 'first', (e, i) => i.length === 1 && i[0].ports[0].port === 81),
    put('labels of endpoints', 'first', { metadata: { labels: { l: 'n' }, annotations: { an: 'yes' } } }), sl('follow', 'first', (e, i) => i[0].metadata.labels.l === 'n'),
    put('none', 'first', { subsets: [] }), sl('none', 'first', (e, i) => e.length === 0),
    ept('many', [{ addresses: ips(1100, 10), ports: [{ port: 80 }] }]), svc('many', {}), until('at most 1000', slices, (b) => b.items.length > 0, (b) => b.items.map((s) => s.endpoints.length), of('many')), events('told', ns, 'many', ['TooManyAddressesToMirror']), 
    patch('a selector', `${core}/services/dual`, { spec: { selector: { a: 'b' } } }, (b) => b.kind), until('slices of another', slices, (b) => b.items.length === 1 && b.items[0].metadata.labels['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io', facts, of('dual')),
    ept('headless', [{ addresses: [{ ip: '10.2.0.1' }] }]), svc('headless', { clusterIP: 'None', ports: undefined }), sl('without ports', 'headless', (e) => e.length === 1),
    ept('ext', [{ addresses: [{ ip: '10.2.0.1' }], ports: [{ port: 80 }] }]), svc('ext', { type: 'ExternalName', externalName: 'a.b' }), settle(500), sl('of an external name', 'ext', () => true),
    del('service goes', `${core}/services/first`), sl('slices go', 'first', (e, i) => i.length === 0), get('endpoints?', `${core}/endpoints/first`, (b) => b.kind),
    del('endpoints go', `${core}/endpoints/headless`), sl('slices go too', 'headless', (e, i) => i.length === 0),
  ];
  steps.cleanup = cleanup(ns, 0);
  return steps;
};
