// The versions of an Eviction: the present one, the former one, and those that never were.
export default ({ ns }) => {
  const pods = `/api/v1/namespaces/${ns}/pods`;
  const evict = (name, apiVersion, more) => ({ name, method: 'POST', path: `${pods}/p/eviction`, query: { dryRun: 'All' }, body: { apiVersion, kind: 'Eviction', metadata: { name: 'p' }, ...more } });
  return [
    { name: 'a pod', method: 'POST', path: pods, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'nginx' }] } }, pick: (b) => b.metadata.name },
    evict('the present version', 'policy/v1'),
    evict('the former version', 'policy/v1beta1'),
    evict('the former version with options', 'policy/v1beta1', { deleteOptions: { gracePeriodSeconds: 0, preconditions: { uid: 'x' } } }),
    evict('a version that never was', 'policy/v1beta2'),
    evict('the core group', 'v1'),
    evict('an unknown field', 'policy/v1beta1', { nope: 1 }),
    { ...evict('an unknown field, strictly', 'policy/v1beta1', { nope: 1 }), query: { dryRun: 'All', fieldValidation: 'Strict' } },
  ];
};
