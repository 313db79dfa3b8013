// EndpointSlices and Endpoints: named ports that differ between pods, several ports, label changes, traffic distribution, slices and Endpoints that are deleted or changed by hand.
import { post, patch, get, del, until, settle, P, nodes, nodeName, cleanup, on, pod, running, owners } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods, slices } = P(ns);
  const svc = (name, spec, meta) => post(`service ${name}`, `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name, ...meta }, spec: { selector: { app: 'web' }, ...spec } });
  const q = (n) => ({ query: { labelSelector: `kubernetes.io/service-name=${n}` } });
  const byName = (x, y) => ((x.name ?? '') < (y.name ?? '') ? -1 : 1);
  const shape = (b) => b.items.map((s) => ({ type: s.addressType, generateName: s.metadata.generateName, labels: s.metadata.labels, annotations: s.metadata.annotations, owners: owners(s), ports: s.ports && [...s.ports].sort(byName), endpoints: (s.endpoints ?? []).map((e) => ({ addresses: e.addresses.length, conditions: e.conditions, hostname: e.hostname, node: e.nodeName, zone: e.zone, hints: e.hints, target: { ...e.targetRef, uid: undefined } })).sort((x, y) => x.target.name.localeCompare(y.target.name)) })).sort((x, y) => JSON.stringify(x.ports).localeCompare(JSON.stringify(y.ports)));
  const eps = (b) => ({ labels: b.metadata.labels, annotations: Object.keys(b.metadata.annotations ?? {}), subsets: (b.subsets ?? []).map((s) => ({ ports: s.ports && [...s.ports].sort(byName), ready: (s.addresses ?? []).map((a) => [a.targetRef.name, a.nodeName, a.hostname ?? 'none']).sort(), not: (s.notReadyAddresses ?? []).map((a) => a.targetRef.name).sort() })).sort((x, y) => JSON.stringify(x.ports).localeCompare(JSON.stringify(y.ports))) });
  const all = (b) => b.items.flatMap((s) => s.endpoints ?? []);
  const port = (name, containerPort, protocol) => ({ name, containerPort, protocol });
  const p = (name, ports, extra) => post(`pod ${name}`, pods, pod(name, on(ns, { containers: [{ name: 'a', image: 'nginx', ports }], terminationGracePeriodSeconds: 0, ...extra }), { app: 'web' }));
  const steps = [
    ...nodes(ns, { labels: { 'topology.kubernetes.io/zone': 'za' } }, { labels: { 'topology.kubernetes.io/zone': 'zb' } }),
    p('p1', [port('http', 8080), port('dns', 53, 'UDP')], { nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, 1) } }), p('p2', [port('http', 9090), port('dns', 53, 'TCP')], { nodeSelector: { 'rp-case': ns, 'kubernetes.io/hostname': nodeName(ns, 2) } }),
    running('one runs', ns, 'p1'), running('two run', ns, 'p2'),
    svc('named', { ports: [{ name: 'web', port: 80, targetPort: 'http', appProtocol: 'http' }, { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' }] }, { labels: { team: 'a' }, annotations: { note: 'x' } }),
    until('a slice for each set of ports', slices, (b) => all(b).length === 2 && all(b).every((e) => e.conditions.ready), shape, q('named')),
    until('subsets likewise', `${core}/endpoints/named`, (b) => b.subsets.length >= 2, eps),
    svc('number', { ports: [{ port: 80, targetPort: 8000 }] }), until('one slice', slices, (b) => all(b).length === 2, shape, q('number')),
    patch('labels of the service go to them', `${core}/services/number`, { metadata: { labels: { team: 'b', 'service.kubernetes.io/headless': 'x' } } }, (b) => b.metadata.labels),
    until('to slices', slices, (b) => b.items[0].metadata.labels.team === 'b', (b) => b.items.map((s) => s.metadata.labels), q('number')),
    until('to Endpoints', `${core}/endpoints/number`, (b) => b.metadata.labels.team === 'b', (b) => b.metadata.labels),
    patch('other ports', `${core}/services/number`, { spec: { ports: [{ name: 'a', port: 80, targetPort: 8000 }, { name: 'b', port: 81 }] } }, (b) => b.spec.ports.length),
    until('are in them', slices, (b) => b.items[0].ports.length === 2 && all(b).length === 2, shape, q('number')),
    patch('near ones first', `${core}/services/number`, { spec: { trafficDistribution: 'PreferSameZone' } }, (b) => b.spec.trafficDistribution),
    until('hints by zone', slices, (b) => all(b).every((e) => e.hints), shape, q('number')),
    patch('nearer ones first', `${core}/services/number`, { spec: { trafficDistribution: 'PreferSameNode' } }, (b) => b.spec.trafficDistribution),
    until('hints by node', slices, (b) => all(b).every((e) => e.hints?.forNodes), shape, q('number')),
    patch('anywhere', `${core}/services/number`, { spec: { trafficDistribution: null } }, (b) => b.spec.trafficDistribution ?? 'none'),
    until('no hints', slices, (b) => all(b).every((e) => !e.hints), (b) => all(b).length, q('number')),
    patch('a pod leaves', `${pods}/p2`, { metadata: { labels: { app: 'other' } } }, (b) => b.kind),
    until('one is left', slices, (b) => all(b).length === 1, shape, q('named')),
    until('in Endpoints too', `${core}/endpoints/named`, (b) => (b.subsets ?? []).length === 1, eps),
    get('a slice', slices, (b) => b.items.length, { ...q('number'), save: (b, v) => { v.slice = b.items[0].metadata.name; } }),
    (v) => patch('is changed by hand', `${slices}/${v.slice}`, { endpoints: [] }, (b) => b.endpoints),
    until('is mended', slices, (b) => all(b).length === 1, (b) => all(b).length, q('number')),
    (v) => del('is deleted', `${slices}/${v.slice}`),
    (v) => until('another comes', slices, (b) => all(b).length === 1 && b.items[0].metadata.name !== v.slice, (b) => b.items.length, q('number')),
    del('Endpoints are deleted', `${core}/endpoints/number`), until('and come again', `${core}/endpoints/number`, (b) => b.subsets?.length === 1, eps),
    patch('no selector', `${core}/services/number`, { spec: { selector: null } }, (b) => b.spec.selector ?? 'none'), settle(700),
    get('slices stay', slices, (b) => all(b).length > 0, q('number')),
    del('the service goes', `${core}/services/number`), until('slices too', slices, (b) => b.items.length === 0, (b) => b.items.length, q('number')),
    until('and Endpoints', `${core}/endpoints/number`, (b, r) => r.status === 404, (b) => b.reason),
    svc('both', { ipFamilyPolicy: 'PreferDualStack', ports: [{ port: 80 }] }), until('one family', slices, (b) => all(b).length === 1, (b) => b.items.map((s) => s.addressType), q('both')),
    get('which', `${core}/services/both`, (b) => ({ policy: b.spec.ipFamilyPolicy, families: b.spec.ipFamilies })),
  ];
  steps.cleanup = cleanup(ns, 2);
  return steps;
};
