// ResourceQuota: scopes, storage by class, node ports that a change of type takes, every sort of refusal.
import { post, patch, del, until, P, cleanup, loose, pod } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { core, pods } = P(ns);
  const quota = (name, spec) => post(`quota ${name}`, `${core}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec }, (b) => b.spec);
  const counted = (name) => until(`${name} is counted`, `${core}/resourcequotas/${name}`, (b) => Object.keys(b.spec.hard).every((k) => b.status.hard?.[k] === b.spec.hard[k]) && b.status.used, (b) => b.status);
  const usage = (name, want) => until(`usage of ${name}`, `${core}/resourcequotas/${name}`, (b) => Object.entries(want).every(([k, v]) => b.status.used[k] === v), (b) => b.status.used);
  const c = (name, requests, limits) => ({ name, image: 'nginx', resources: { requests, limits } });
  const claim = (name, size, cls) => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: cls, resources: { requests: { storage: size } } } });
  const service = (name, spec) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'a', port: 80 }, { name: 'b', port: 81 }], ...spec } });
  const steps = [
    quota('best', { hard: { pods: '1' }, scopes: ['BestEffort'] }),
    quota('not-best', { hard: { pods: '4', 'requests.memory': '1Gi', 'limits.cpu': '3' }, scopes: ['NotBestEffort'] }),
    quota('terminating', { hard: { pods: '1' }, scopes: ['Terminating'] }),
    quota('prior', { hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical', 'none'] }] } }),
    quota('storage', { hard: { persistentvolumeclaims: '3', 'requests.storage': '10Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '5Gi', 'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '2', 'count/persistentvolumeclaims': '4' } }),
    quota('ports', { hard: { services: '3', 'services.nodeports': '2', 'services.loadbalancers': '1', secrets: '1', 'count/secrets': '2', 'requests.example.com/dongle': '2' } }),
    ...['best', 'not-best', 'terminating', 'prior', 'storage', 'ports'].map(counted),
    post('a pod of best effort', pods, pod('b1', loose())),
    post('a second one', pods, pod('b2', loose())),
    post('with a deadline it is no other', pods, pod('b2', loose({ activeDeadlineSeconds: 100 }))),
    post('a pod that lacks something', pods, pod('n1', loose({ containers: [c('x', { memory: '1Mi' }), c('y', { memory: '1Mi' }, { cpu: '1' })], initContainers: [c('i', { cpu: '1' })] }))),
    post('two containers', pods, pod('n1', loose({ activeDeadlineSeconds: 100, containers: [c('x', { memory: '300Mi' }, { cpu: '1' }), c('y', { memory: '300Mi' }, { cpu: '1' })], initContainers: [c('i', { memory: '700Mi' }, { cpu: '500m' })] }))),
    usage('not-best', { pods: '1', 'requests.memory': '700Mi' }), usage('terminating', { pods: '1' }),
    post('too much of two', pods, pod('n2', loose({ containers: [c('x', { memory: '400Mi' }, { cpu: '1500m' })] }))),
    post('another with a deadline', pods, pod('n2', loose({ activeDeadlineSeconds: 1, containers: [c('x', { memory: '10Mi' }, { cpu: '100m' })] }))),
    post('devices', pods, pod('d1', loose({ containers: [c('x', { memory: '10Mi', 'example.com/dongle': '2' }, { cpu: '100m', 'example.com/dongle': '2' })] }))),
    post('more devices', pods, pod('d2', loose({ containers: [c('x', { memory: '10Mi', 'example.com/dongle': '1' }, { cpu: '100m', 'example.com/dongle': '1' })] }))),
    post('a gold claim', `${core}/persistentvolumeclaims`, claim('g1', '4Gi', 'gold')),
    post('too much gold', `${core}/persistentvolumeclaims`, claim('g2', '2Gi', 'gold')),
    post('too much at all', `${core}/persistentvolumeclaims`, claim('s1', '7Gi', 'silver')),
    post('a claim without a class', `${core}/persistentvolumeclaims`, claim('s1', '1500M', '')),
    usage('storage', { 'requests.storage': '5794967296' }),
    post('a service', `${core}/services`, service('s1', {})),
    patch('takes node ports', `${core}/services/s1`, { spec: { type: 'NodePort' } }, (b) => b.spec.type),
    usage('ports', { 'services.nodeports': '2' }),
    post('a load balancer without ports', `${core}/services`, service('s2', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false })),
    post('a load balancer', `${core}/services`, service('s3', { type: 'LoadBalancer' })),
    patch('gives them back', `${core}/services/s1`, { spec: { type: 'ClusterIP' } }, (b) => b.spec.type),
    usage('ports', { 'services.nodeports': '0' }),
    post('a secret', `${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }),
    post('a second secret', `${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } }),
    post('in a dry run', `${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } }, undefined, { query: { dryRun: 'All' } }),
    del('the secret goes', `${core}/secrets/a`),
    usage('ports', { secrets: '0', 'count/secrets': '0' }),
    post('a dry run does not count', `${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } }, (b) => b.metadata?.name ?? b, { query: { dryRun: 'All' } }),
    usage('ports', { secrets: '0' }),
    patch('a deadline is set later', `${pods}/d1`, { spec: { activeDeadlineSeconds: 50 } }),
    del('that of the other', `${pods}/n1`), usage('terminating', { pods: '0' }),
    patch('now it is', `${pods}/d1`, { spec: { activeDeadlineSeconds: 50 } }), usage('terminating', { pods: '1' }),
    quota('impossible', { hard: { 'count/configmaps': '0', pods: '0' } }),
    until('what is there counts', `${core}/resourcequotas/impossible`, (b) => b.status.used?.pods === '2', (b) => b.status),
    post('nothing more', `${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
