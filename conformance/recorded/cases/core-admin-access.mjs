// Claims that ask for devices that others use: only in namespaces labelled for it, which templates are told of in the same words.
export default ({ ns }) => {
  const labelled = `${ns}-may`.slice(-60);
  const request = (name, adminAccess) => ({ name, exactly: { deviceClassName: 'c', adminAccess } });
  const lists = [[request('a', false)], [request('a', true)], [request('a', false), request('b', true), request('c', true)], [request('B_', true)]];
  const of = (space, requests) => [['resourceclaims', { devices: { requests } }], ['resourceclaimtemplates', { spec: { devices: { requests } } }]].map(([plural, spec]) => ({
    name: `${plural} of ${JSON.stringify(requests.map((r) => [r.name, r.exactly.adminAccess]))} where it is ${space === ns ? 'not ' : ''}allowed`, method: 'POST', path: `/apis/resource.k8s.io/v1/namespaces/${space}/${plural}`, query: { dryRun: 'All' }, body: { metadata: { name: 'x' }, spec }, pick: (b) => (b.kind === 'Status' ? [b.message, b.details.causes] : b.kind),
  }));
  const steps = [
    { name: 'a namespace that allows it', method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: labelled, labels: { 'resource.kubernetes.io/admin-access': 'true' } } }, compare: false },
    ...lists.flatMap((requests) => [...of(ns, requests), ...of(labelled, requests)]),
  ];
  steps.cleanup = [`/api/v1/namespaces/${labelled}`];
  return steps;
};
