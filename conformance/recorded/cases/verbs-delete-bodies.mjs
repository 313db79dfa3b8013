// Bodies of deletions that are no DeleteOptions, conditions and finalizers of namespaces, events that nothing depends on, addresses out of range.
export default ({ ns }) => {
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const uid = '11111111-2222-3333-4444-555555555555';
  const removal = (name, path, body, more) => ({ name, method: 'DELETE', path, body, ...more });
  const space = (n) => `${ns}-${n}`.slice(-50);
  const spaces = ['Foreground', 'Orphan', 'Background'].map((policy, i) => [space(i), { propagationPolicy: policy }]);
  spaces.push([space(3), { orphanDependents: false }], [space(4), { orphanDependents: true }]);
  const held = (b) => b.metadata?.finalizers?.sort() ?? null;
  return [
    ...[[], 'x', 1, null, { kind: 'ConfigMap', apiVersion: 'v1' }, { gracePeriodSeconds: 'x' }].map((body) => removal(`a body of ${JSON.stringify(body)}`, `${cms}/absent`, JSON.stringify(body), { headers: { 'content-type': 'application/json' } })),
    removal('a YAML body of text', `${cms}/absent`, '"x"', { headers: { 'content-type': 'application/yaml' } }),
    ...spaces.flatMap(([name, options]) => [
      { name: `a namespace for ${JSON.stringify(options)}`, method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name, finalizers: ['example.com/rp'] } }, compare: false },
      removal(`another uid, ${JSON.stringify(options)}`, `/api/v1/namespaces/${name}`, { ...options, preconditions: { uid } }, { pick: (b) => b.message.replaceAll(name, 'NAME') }),
      removal(`another version, ${JSON.stringify(options)}`, `/api/v1/namespaces/${name}`, { ...options, preconditions: { resourceVersion: '1' } }, { pick: (b) => b.message.replaceAll(name, 'NAME').replace(/\d+$/, 'N') }),
      removal(`deleted with ${JSON.stringify(options)}`, `/api/v1/namespaces/${name}`, options, { pick: held }),
      { name: `let go after ${JSON.stringify(options)}`, method: 'PATCH', path: `/api/v1/namespaces/${name}`, headers: { 'content-type': 'application/merge-patch+json' }, body: { metadata: { finalizers: null } }, compare: false },
    ]),
    { name: 'an event with the collector\'s finalizer', method: 'POST', path: `/api/v1/namespaces/${ns}/events`, body: { metadata: { name: 'e', finalizers: ['orphan'] }, involvedObject: { namespace: ns } }, pick: held },
    removal('it is gone at once', `/api/v1/namespaces/${ns}/events/e`, undefined),
    ...['10.0.0.1', '224.0.0.1', '10.96.0.0'].map((clusterIP) => ({ name: `a Service at ${clusterIP}`, method: 'POST', path: `/api/v1/namespaces/${ns}/services`, body: { metadata: { name: 's' }, spec: { clusterIP, ports: [{ port: 80 }] } }, pick: (b) => b.message })),
    { name: 'a DaemonSet', method: 'POST', path: `/apis/apps/v1/namespaces/${ns}/daemonsets`, body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { nodeSelector: { rp: 'none' }, containers: [{ name: 'c', image: 'i' }] } } } }, pick: (b) => b.metadata.annotations },
    { name: 'its metadata alone', path: `/apis/apps/v1/namespaces/${ns}/daemonsets/d`, headers: { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }, pick: (b) => b.metadata.annotations ?? null },
  ];
};
