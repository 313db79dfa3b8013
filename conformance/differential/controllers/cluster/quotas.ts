import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, end, maybe, ready, remove, removePods, replaceField, template, wait } from '../steps.ts';

const amounts = ['0', '100m', '250m', '1', '1500m', '2'];
const sizes = ['0', '64Mi', '1Gi', '1500M', '2Gi'];

const limited = (random: Random): object => {
  const hard: Record<string, string> = {};
  for (let i = between(random, 1, 4); i > 0; i--) {
    const [name, values] = pick<[string, string[]]>(random, [
      ['pods', ['0', '2', '3']],
      ['cpu', amounts],
      ['requests.cpu', amounts],
      ['limits.cpu', amounts],
      ['memory', sizes],
      ['limits.memory', sizes],
      ['requests.ephemeral-storage', sizes],
      ['requests.example.com/gpu', ['0', '1', '2']],
      ['count/configmaps', ['1', '2', '3']],
      ['configmaps', ['2', '3']],
      ['secrets', ['0', '1', '2']],
      ['services', ['1', '2']],
      ['services.nodeports', ['0', '1', '2']],
      ['services.loadbalancers', ['0', '1']],
      ['count/deployments.apps', ['1', '2']],
      ['count/replicasets.apps', ['1', '2']],
      ['count/pods', ['1', '4']],
      ['persistentvolumeclaims', ['1', '2']],
      ['requests.storage', sizes],
      ['fast.storageclass.storage.k8s.io/requests.storage', sizes],
      ['fast.storageclass.storage.k8s.io/persistentvolumeclaims', ['0', '1']],
      ['resourcequotas', ['2', '3']],
      ['replicationcontrollers', ['1']],
    ]);
    hard[name] = pick(random, values);
  }
  return hard;
};

const scoped = (random: Random): object => {
  if (chance(random, 0.6)) return {};
  if (chance(random, 0.5))
    return { scopes: [pick(random, ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'])] };
  const operator = pick(random, ['In', 'NotIn', 'Exists', 'DoesNotExist']);
  const values = operator === 'In' || operator === 'NotIn' ? ['system-node-critical'] : undefined;
  return { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, values }] } };
};

const quota = (random: Random, name: string) =>
  create('ResourceQuota', { metadata: { name }, spec: { hard: limited(random), ...scoped(random) } } as never);

const resources = (random: Random): object => {
  const list = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, name === 'cpu' ? pick(random, amounts) : pick(random, sizes)]));
  const gpu = chance(random, 0.15) ? { 'example.com/gpu': '1' } : {};
  return {
    ...maybe(random, 0.6, { requests: { ...list(['cpu', 'memory'].slice(0, between(random, 1, 2))), ...gpu } }),
    ...maybe(random, 0.4, { limits: { ...list(['cpu', 'memory'].slice(0, between(random, 1, 2))), ...gpu } }),
  };
};

const podSpec = (random: Random): object => ({
  containers: [{ name: 'a', image: 'example.com/app:1', resources: resources(random) }],
  ...maybe(random, 0.2, {
    initContainers: [
      { name: 'i', image: 'example.com/app:1', resources: resources(random), ...maybe(random, 0.5, { restartPolicy: 'Always' }) },
    ],
  }),
  ...maybe(random, 0.2, { activeDeadlineSeconds: 3600 }),
  ...maybe(random, 0.1, { overhead: { cpu: '100m' } }),
  ...maybe(random, 0.15, { resources: { requests: { cpu: pick(random, amounts) } } }),
});

function limitRange(random: Random): Step {
  const bounds = {
    ...maybe(random, 0.5, { max: { cpu: '2', memory: '2Gi' } }),
    ...maybe(random, 0.4, { min: { cpu: '50m' } }),
    ...maybe(random, 0.3, { maxLimitRequestRatio: { cpu: '2' } }),
  };
  const limits: object[] = [];
  if (chance(random, 0.8))
    limits.push({
      type: 'Container',
      ...bounds,
      ...maybe(random, 0.5, { default: { cpu: '1', memory: '1Gi' } }),
      ...maybe(random, 0.5, { defaultRequest: { cpu: '100m' } }),
    });
  if (chance(random, 0.4)) limits.push({ type: 'Pod', ...bounds });
  if (chance(random, 0.4))
    limits.push({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' }, ...maybe(random, 0.5, { min: { storage: '512Mi' } }) });
  return create('LimitRange', { metadata: { name: 'limits' }, spec: { limits } } as never);
}

const service = (random: Random, number: number) =>
  create('Service', {
    metadata: { name: `s${number}` },
    spec: {
      type: pick(random, ['ClusterIP', 'NodePort', 'LoadBalancer']),
      ports: Array.from({ length: between(random, 1, 2) }, (_, i) => ({ name: `p${i}`, port: 80 + i })),
      ...maybe(random, 0.2, { allocateLoadBalancerNodePorts: false }),
    },
  } as never);

function step(random: Random): Step[] {
  const number = between(random, 1, 3);
  const options: (() => Step[])[] = [
    () => [
      create('Pod', {
        metadata: { name: `p${number}` },
        spec: { ...template({}).spec, ...podSpec(random), ...maybe(random, 0.1, { priorityClassName: 'system-node-critical' }) },
      } as never),
    ],
    () => [create('Pod', { metadata: { name: `p${number}` }, spec: { ...template({}).spec, ...podSpec(random) } } as never)],
    () => [removePods({ where: 'active', take: 1 })],
    () => [end({ where: 'active', take: 1 }, pick(random, [0, 1]))],
    () => [ready({ where: 'pending', take: 1 })],
    () => [create('ConfigMap', { metadata: { name: `m${number}` } } as never)],
    () => [remove('ConfigMap', `m${number}`)],
    () => [create('Secret', { metadata: { name: `k${number}` } } as never)],
    () => [remove('Secret', `k${number}`)],
    () => [service(random, number)],
    () => [change('Service', `s${number}`, { spec: { type: pick(random, ['ClusterIP', 'NodePort', 'LoadBalancer']) } })],
    () => [remove('Service', `s${number}`)],
    () => [
      create('PersistentVolumeClaim', {
        metadata: { name: `c${number}` },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: pick(random, ['fast', 'slow', '']),
          resources: { requests: { storage: pick(random, ['512Mi', '1Gi', '2Gi']) } },
        },
      } as never),
    ],
    () => [remove('PersistentVolumeClaim', `c${number}`)],
    () => [
      create('Deployment', {
        metadata: { name: `d${number}` },
        spec: {
          replicas: between(random, 1, 3),
          selector: { matchLabels: { app: `d${number}` } },
          template: template({ app: `d${number}` }, podSpec(random)),
        },
      } as never),
    ],
    () => [change('Deployment', `d${number}`, { spec: { replicas: between(random, 0, 4) } })],
    () => [remove('Deployment', `d${number}`)],
    () => [
      create('ReplicationController', {
        metadata: { name: `r${number}` },
        spec: { replicas: 1, selector: { app: 'r' }, template: template({ app: 'r' }, podSpec(random)) },
      } as never),
    ],
    () => [replaceField('ResourceQuota', 'one', '/spec/hard', limited(random))],
    () => [quota(random, 'two')],
    () => [remove('ResourceQuota', 'two')],
    () => [limitRange(random)],
    () => [remove('LimitRange', 'limits')],
  ];
  return pick(random, options)();
}

/** What quotas and limits count and refuse while pods, Services, claims and other things come and go. */
export function quotasScenario(random: Random): Scenario {
  // The root certificates come by themselves; whether the first count sees them is chance.
  const steps = [wait(1), quota(random, 'one')];
  if (chance(random, 0.4)) steps.push(limitRange(random));
  for (let i = between(random, 6, 12); i > 0; i--) steps.push(...step(random));
  return { name: 'quotas', steps };
}
