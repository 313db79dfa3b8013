// Hints for traffic: by the same zone or node in all three words, endpoints that are not ready or have no zone, a node whose zone changes, and hints written by hand.
import { post, patch, get, del, until, settle, quiet, P, nodes, nodePath, nodeName, cleanup, on, pod, running, report } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods, slices } = P(ns); const S = (x) => `${core}/services/${x}`; const Z = 'topology.kubernetes.io/zone';
  const svc = (name, spec, meta) => post(`service ${name}`, `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name, ...meta }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec } }, (b) => b.message ?? { distribution: b.spec.trafficDistribution, annotations: b.metadata.annotations });
  const q = (n) => ({ query: { labelSelector: `kubernetes.io/service-name=${n}` } });
  const all = (b) => b.items.flatMap((s) => s.endpoints ?? []);
  const ready = (b, n = 3) => all(b).filter((e) => e.conditions.ready).length === n;
  const its = (n, test) => until(`hints of ${n}`, slices, (b) => test(all(b), b), (b) => ({ annotations: b.items.map((s) => s.metadata.annotations ?? 'none'), endpoints: all(b).map((e) => ({ of: e.targetRef.name, zone: e.zone, ready: e.conditions.ready, hints: e.hints })).sort((x, y) => (x.of < y.of ? -1 : 1)) }), q(n));
  const p = (name, node, labels = { app: 'web' }) => post(`pod ${name}`, pods, pod(name, on(ns, { nodeName: node && nodeName(ns, node), terminationGracePeriodSeconds: 0 }), labels));
  const hinted = (n) => (l) => l.length === n && l.every((e) => e.hints);
  const bare = (n) => (l) => l.length === n && l.every((e) => !e.hints);
  const steps = [
    ...nodes(ns, { labels: { [Z]: 'za' } }, { labels: { [Z]: 'zb' } }, {}),
    p('p1', 1), p('p2', 2), p('p3', 3), ...['p1', 'p2', 'p3'].map((x) => running(`${x} runs`, ns, x)),
    svc('close', { trafficDistribution: 'PreferClose' }), its('close', (l, b) => ready(b) && l.filter((e) => e.hints).length >= 2),
    svc('zone', { trafficDistribution: 'PreferSameZone' }), its('zone', (l, b) => ready(b) && l.filter((e) => e.hints).length >= 2),
    svc('node', { trafficDistribution: 'PreferSameNode' }), its('node', (l, b) => ready(b) && l.every((e) => e.hints?.forNodes)),
    svc('head', { trafficDistribution: 'PreferSameNode', clusterIP: 'None' }), its('head', (l, b) => ready(b) && l.every((e) => e.hints?.forNodes)),
    svc('bad', { trafficDistribution: 'Near' }), svc('ext', { trafficDistribution: 'PreferClose', type: 'ExternalName', externalName: 'example.com' }),
    report('p2 is not ready', ns, 'p2', { conditions: [{ type: 'Ready', status: 'False' }] }), its('zone', (l) => l.some((e) => e.conditions.ready === false)), its('node', (l) => l.some((e) => e.conditions.ready === false)), report('p2 is ready', ns, 'p2', { conditions: [{ type: 'Ready', status: 'True' }] }), its('zone', (l, b) => ready(b)),
    patch('from close to node', S('close'), { spec: { trafficDistribution: 'PreferSameNode' } }, (b) => b.spec.trafficDistribution), its('close', (l) => l.every((e) => e.hints?.forNodes)), patch('to nothing', S('close'), { spec: { trafficDistribution: null } }, (b) => b.spec.trafficDistribution ?? 'none'), its('close', bare(3)),
    patch('the third node is of a zone', nodePath(ns, 3), { metadata: { labels: { [Z]: 'zb' } } }, (b) => b.kind), until('its node has it', nodePath(ns, 3), (b) => b.metadata.labels[Z], (b) => b.kind), settle(500), patch('its pod changes', `${pods}/p3`, { metadata: { labels: { more: 'x' } } }, (b) => b.kind), its('zone', (l) => l.some((e) => e.targetRef.name === 'p3' && e.zone === 'zb')),
    get('a slice', slices, (b) => b.items.length, { ...q('zone'), save: (b, v) => { v.slice = b.items[0].metadata.name; v.e = b.items[0].endpoints; } }), (v) => patch('hints by hand', `${slices}/${v.slice}`, { endpoints: v.e.map((e) => ({ ...e, hints: { forZones: [{ name: 'zz' }] } })) }, (b) => b.endpoints?.map((e) => e.hints) ?? b.message), its('zone', (l) => hinted(3)(l) && l.every((e) => e.hints.forZones[0].name !== 'zz')),
    del('p1 goes', `${pods}/p1`), its('zone', hinted(2)), its('node', hinted(2)),
  ];
  steps.cleanup = cleanup(ns, 3);
  return steps;
};
