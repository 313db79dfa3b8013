// In which order clients see the groups and versions of APIServices, by their priorities; one that stands for a group which nobody serves.
export default ({ ns }) => {
  const A = '/apis/apiregistration.k8s.io/v1/apiservices', root = 'rp-ext-aggregation-order.example.com';
  const services = [
    ['v1', `b.${root}`, 17900, 10], ['v2', `b.${root}`, 1000, 20], ['v1beta1', `b.${root}`, 1000, 10], ['v2alpha1', `b.${root}`, 1000, 10], ['odd', `b.${root}`, 1000, 10],
    ['v1', `a.${root}`, 17900, 10], ['v1beta1', `c.${root}`, 20000, 10], ['v1', `d.${root}`, 1, 1], ['v1alpha1', `e.${root}`, 1, 1],
  ];
  const nobody = ['v1', `local.${root}`, 500, 10];
  const name = ([version, group]) => `${version}.${group}`;
  const create = ([version, group, groupPriorityMinimum, versionPriority], local) => ({ method: 'POST', path: A, compare: false, body: { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `${version}.${group}` }, spec: { group, version, groupPriorityMinimum, versionPriority, ...(local ? {} : { service: { name: 'none', namespace: ns }, insecureSkipTLSVerify: true }) } } });
  const seen = (names) => names.filter((group) => group.includes(root) || ['apiregistration.k8s.io', 'apps', 'events.k8s.io'].includes(group));
  const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };
  const steps = [
    ...[...services, nobody].map((service) => ({ compare: false, method: 'DELETE', path: `${A}/${name(service)}` })),
    ...services.map((service) => create(service)), create(nobody, true),
    { name: 'a local one', path: `${A}/${name(nobody)}`, until: (b) => b.status?.conditions?.length, pick: (b) => b.status },
    { name: 'the groups', path: '/apis', until: (b) => seen(b.groups.map((g) => g.name)).length === 9, pick: (b) => seen(b.groups.map((g) => g.name)) },
    { name: 'the versions of a group', path: `/apis/b.${root}`, until: (b) => b.versions?.length === 5, pick: (b) => [b.preferredVersion.version, b.versions.map((v) => v.version)] },
    { name: 'in aggregated discovery', path: '/apis', headers: aggregated, until: (b) => seen(b.items.map((g) => g.metadata.name)).length === 8 && b.items.find((g) => g.metadata.name === `b.${root}`).versions.length === 5, pick: (b) => b.items.filter((g) => seen([g.metadata.name]).length).map((g) => [g.metadata.name, g.versions.filter(() => g.metadata.name.includes(root)).map((v) => [v.version, v.freshness])]) },
    { name: 'a group that nobody serves', path: `/apis/local.${root}` }, { name: 'its version', path: `/apis/local.${root}/v1` }, { name: 'a resource of it', path: `/apis/local.${root}/v1/things` },
    { method: 'PATCH', path: `${A}/${name(nobody)}`, type: 'application/merge-patch+json', compare: false, body: { spec: { service: { name: 'none', namespace: ns, port: 443 } } } },
    { name: 'it becomes one of another server', path: `${A}/${name(nobody)}`, until: (b) => b.status?.conditions?.[0]?.reason !== 'Local', pick: (b) => b.status.conditions[0] },
    { method: 'PATCH', path: `${A}/${name(nobody)}`, type: 'application/merge-patch+json', compare: false, body: { spec: { service: null } } },
    { name: 'and a local one again', path: `${A}/${name(nobody)}`, until: (b) => b.status?.conditions?.[0]?.reason === 'Local', pick: (b) => b.status.conditions },
  ];
  steps.cleanup = [...services, nobody].map((service) => `${A}/${name(service)}`);
  steps.needsServiceAccount = false;
  return steps;
};
