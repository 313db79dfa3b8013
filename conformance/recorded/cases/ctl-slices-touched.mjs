// Mirrored slices touched by hand: finalizers, annotations, owners, the order and the zones of their endpoints, labels; labels of Endpoints that are the controller's own; several slices of the same ports; slices that are held, given another manager or another service.
import { post, patch, get, del, until, settle, P, cleanup, each, owners, managers } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, slices } = P(ns); const E = (x) => `${core}/endpoints/${x}`;
  const shown = each((s) => ({ gone: Boolean(s.metadata.deletionTimestamp), generateName: s.metadata.generateName, generation: s.metadata.generation, labels: s.metadata.labels, annotations: s.metadata.annotations, finalizers: s.metadata.finalizers, owners: owners(s), ports: s.ports, endpoints: [...(s.endpoints ?? [])].sort((p, q) => (p.addresses[0] < q.addresses[0] ? -1 : 1)), by: managers(s) }));
  const of = (x) => ({ query: { labelSelector: `kubernetes.io/service-name=${x}` }, save: (b, v) => { v[x] = b.items[0]?.metadata.name; v.items = b.items; } });
  const one = (title, x = 'm') => get(title, slices, shown, of(x));
  const svc = (name) => post(`service ${name}`, `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } }, (b) => b.kind);
  const eps = (name, meta = {}, ips = ['10.9.0.1', '10.9.0.2']) => post(`endpoints ${name}`, `${core}/endpoints`, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, ...meta }, subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'p', port: 80 }] }] }, (b) => b.message ?? b.kind);
  const by = (title, x, body, type) => (v) => patch(title, `${slices}/${v[x]}`, body, (b) => b.message ?? b.kind, type ? { type } : {});
  const json = 'application/json-patch+json';
  const first = (x) => until(`slice of ${x}`, slices, (b) => b.items.length === 1, shown, of(x));
  const steps = [
    svc('given'), eps('given'), first('given'), svc('moved'), eps('moved'), first('moved'),
    ...['kept', 'lent'].flatMap((name) => [post(`service ${name} with a selector`, `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }] } }, (b) => b.kind), first(name)]),
    ...['given', 'kept'].map((name) => by('another manager', name, { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'me' } } })), ...['moved', 'lent'].map((name) => by('another service', name, { metadata: { labels: { 'kubernetes.io/service-name': `${name}-else` } } })),
    svc('m'), eps('m', { labels: { k: 'v' }, annotations: { n: 'x' } }), first('m'),
    by('a finalizer and an annotation', 'm', { metadata: { finalizers: ['example.com/x'], annotations: { mine: 'y' } } }), settle(400), one('are left, as no generation tells of them'),
    patch('the endpoints are touched', E('m'), { metadata: { labels: { more: 'w' } } }, (b) => b.kind), until('and are gone', slices, (b) => b.items[0]?.metadata.labels.more === 'w', shown, of('m')),
    by('no owner', 'm', { metadata: { ownerReferences: null } }), by('the order', 'm', [{ op: 'move', from: '/endpoints/1', path: '/endpoints/0' }], json), settle(400), one('stays without'),
    by('a zone', 'm', [{ op: 'add', path: '/endpoints/0/zone', value: 'z' }], json), until('is gone, the owner back', slices, (b) => b.items[0] && !JSON.stringify(b.items[0].endpoints).includes('"z"'), shown, of('m')),
    by('hints', 'm', [{ op: 'add', path: '/endpoints/0/hints', value: { forZones: [{ name: 'z' }] } }], json), settle(400), get('stay', slices, (b) => b.items.map((s) => s.endpoints.filter((e) => e.hints).length), of('m')),
    by('a label', 'm', { metadata: { labels: { mine: 'q' } } }), until('is gone, hints too', slices, (b) => b.items[0] && !b.items[0].metadata.labels.mine, shown, of('m')),
    patch('labels that are the controller\'s', E('m'), { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'q', 'kubernetes.io/service-name': 'r' } } }, (b) => b.kind), settle(400), one('are not taken'),
    svc('held'), eps('held'), first('held'), by('held', 'held', { metadata: { finalizers: ['example.com/x'] } }), (v) => del('deleted', `${slices}/${v.held}`), settle(400), one('is kept as the slice', 'held'),
    by('free', 'held', { metadata: { finalizers: null } }), until('another', slices, (b) => b.items.length === 1 && !b.items[0].metadata.deletionTimestamp, shown, of('held')),
    svc('two'), eps('two'), first('two'), (v) => post('one more of the same', slices, { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'extra', labels: v.items[0].metadata.labels }, addressType: 'IPv4', endpoints: v.items[0].endpoints, ports: v.items[0].ports }, (b) => b.kind), until('one is left', slices, (b) => b.items.length === 1, (b) => b.items.length, of('two')),
    get('of those given away there are no others', slices, (b) => b.items.map((s) => `${s.metadata.labels['kubernetes.io/service-name']} ${s.metadata.labels['endpointslice.kubernetes.io/managed-by']}`).filter((x) => /given|moved|kept|lent|else/.test(x)).sort()),
  ];
  steps.cleanup = cleanup(ns, 0);
  return steps;
};
