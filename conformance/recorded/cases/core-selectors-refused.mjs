// Selectors of workloads that no pod can match, and what their templates lack.
export default ({ ns }) => {
  const template = (labels = { app: 'a' }, container = {}) => ({ metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx', ...container }] } });
  const make = (name, plural, kind, spec, group = 'apps/v1') => ({
    name: `${kind}: ${name}`, method: 'POST', path: `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/${ns}/${plural}`, query: { dryRun: 'All' },
    body: { apiVersion: group, kind, metadata: { name: 'x' }, spec },
  });
  const kinds = [['deployments', 'Deployment'], ['replicasets', 'ReplicaSet'], ['statefulsets', 'StatefulSet'], ['daemonsets', 'DaemonSet']];
  const selectors = {
    'a value that is no label': { matchLabels: { app: '10.0.0.0/24' } },
    'a key that is none': { matchExpressions: [{ key: 'a/b/c', operator: 'Exists' }] },
    'a selector for others': { matchLabels: { app: 'b' } },
    'an operator without values': { matchExpressions: [{ key: 'app', operator: 'In' }] },
  };
  const steps = kinds.flatMap(([plural, kind]) => Object.entries(selectors).map(([name, selector]) => make(name, plural, kind, { selector, template: template() })));
  const rc = (name, spec) => make(name, 'replicationcontrollers', 'ReplicationController', spec, 'v1');
  const pods = ['nginx', 'nginx:1.27', 'nginx:latest', 'A_b', '../up', `nginx:latest@sha256:${'a1'.repeat(32)}`, 'Registry.example/a', 'registry.example:5000/a:v1'];
  return [
    ...steps,
    rc('no selector and no containers', { template: { spec: {} } }),
    rc('a selector for others', { selector: { app: 'b' }, template: template() }),
    { ...make('how images are pulled', 'deployments', 'Deployment', { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } }, spec: { containers: pods.map((image, i) => ({ name: `c${i}`, image })) } } }),
      pick: (b) => b.spec?.template.spec.containers.map(({ image, imagePullPolicy }) => [image, imagePullPolicy]) ?? b },
  ];
};
