// Endpoints that a user keeps are mirrored into EndpointSlices, as long as their service has no selector.
import { post, patch, get, del, until, P, cleanup, owners } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, slices } = P(ns);
  const service = (name, more) => post(`service ${name}`, `${core}/services`, { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...more } });
  const subsets = [{ addresses: [{ ip: '1.2.3.4', hostname: 'h' }, { ip: '1.2.3.5', nodeName: 'n', targetRef: { kind: 'Pod', name: 'p', namespace: ns } }], notReadyAddresses: [{ ip: '1.2.3.6' }], ports: [{ name: 'http', port: 8080, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' }] }, { addresses: [{ ip: '2001:db8::1' }], ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] }];
  const endpoints = (name, meta = {}, s = subsets) => post(`endpoints ${name}`, `${core}/endpoints`, { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, ...meta }, subsets: s });
  const shown = (b) => b.items.map((s) => ({ type: s.addressType, labels: s.metadata.labels, annotations: s.metadata.annotations, generateName: s.metadata.generateName, owners: owners(s), ports: s.ports, endpoints: [...s.endpoints].sort((x, y) => (x.addresses[0] < y.addresses[0] ? -1 : 1)) })).sort((x, y) => (x.type < y.type ? -1 : 1));
  const of = (name) => ({ query: { labelSelector: `kubernetes.io/service-name=${name},endpointslice.kubernetes.io/managed-by=endpointslicemirroring-controller.k8s.io` } });
  const addresses = (b) => b.items.flatMap((s) => s.endpoints.flatMap((e) => e.addresses)).sort();
  const steps = [
    service('m'), endpoints('m', { labels: { a: 'b' }, annotations: { x: 'y', 'endpoints.kubernetes.io/last-change-trigger-time': '2020-01-01T00:00:00Z' } }),
    until('two slices', slices, (b) => b.items.length === 2, shown, of('m')),
    patch('fewer', `${core}/endpoints/m`, { metadata: { annotations: { x: 'z' } }, subsets: [{ addresses: [{ ip: '1.2.3.9' }], ports: [{ port: 8080 }] }] }, (b) => b.kind),
    until('one slice', slices, (b) => addresses(b).join() === '1.2.3.9', shown, of('m')),
    patch('the service gets a selector', `${core}/services/m`, { spec: { selector: { a: 'b' } } }, (b) => b.kind),
    until('no mirror any more', slices, (b) => b.items.length === 0, addresses, of('m')),
    endpoints('early'), service('early'),
    until('mirrored once the service is there', slices, (b) => b.items.length === 2, addresses, of('early')),
    patch('not to be mirrored', `${core}/endpoints/early`, { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } }, (b) => b.kind),
    until('is not', slices, (b) => b.items.length === 0, addresses, of('early')),
    service('gone'), endpoints('gone'), until('mirrored too', slices, (b) => b.items.length === 2, addresses, of('gone')),
    del('its endpoints go', `${core}/endpoints/gone`), until('and the slices', slices, (b) => b.items.length === 0, addresses, of('gone')),
    service('late'), endpoints('late'), until('mirrored as well', slices, (b) => b.items.length === 2, addresses, of('late')),
    del('a slice is deleted', `${slices}`, undefined, of('late')), until('and comes again', slices, (b) => b.items.length === 2, addresses, of('late')),
    get('the endpoints stay as they are', `${core}/endpoints/late`, (b) => b.metadata.labels ?? 'none'),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
