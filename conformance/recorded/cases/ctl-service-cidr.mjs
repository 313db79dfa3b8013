// Ranges of service addresses: the condition, the finalizer, and addresses that keep a range.
import { post, del, until, gone, quiet, P } from './lib/ctl.mjs';
export default ({ ns }) => {
  const net = '/apis/networking.k8s.io/v1'; const { core } = P(ns);
  const range = (x) => `${net}/servicecidrs/${ns}-${x}`;
  const make = (x, cidr) => post(`range ${x}`, `${net}/servicecidrs`, { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: `${ns}-${x}` }, spec: { cidrs: [cidr] } }, (b) => b.status);
  const address = `${net}/ipaddresses/10.251.0.9`;
  const shown = (b) => ({ finalizers: b.metadata.finalizers, going: Boolean(b.metadata.deletionTimestamp), conditions: b.status.conditions?.map(({ lastTransitionTime, ...c }) => c) });
  const ready = (x) => until(`${x} is ready`, range(x), (b) => b.status.conditions?.[0]?.status === 'True' && b.metadata.finalizers, shown);
  const all = [address, range('a'), range('b')];
  const steps = [
    ...all.flatMap((p) => [quiet(del(`no ${p}`, p)), quiet(gone(`${p} is gone`, p))]),
    make('a', '10.251.0.0/24'), ready('a'),
    post('an address of it', `${net}/ipaddresses`, { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name: '10.251.0.9', labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } }, spec: { parentRef: { resource: 'services', name: 'x', namespace: ns } } }, (b) => b.kind),
    del('the range goes', range('a')),
    until('but is needed', range('a'), (b) => b.status.conditions[0].status === 'False', shown),
    make('b', '10.251.0.0/16'), ready('b'),
    gone('a larger one takes its place', range('a')),
    del('the address goes', address), del('so does the range', range('b')), gone('it is gone', range('b')),
  ];
  steps.cleanup = [`/api/v1/namespaces/${ns}`, ...all];
  return steps;
};
