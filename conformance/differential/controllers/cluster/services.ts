import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import {
  between,
  chance,
  change,
  create,
  end,
  maybe,
  pathOf,
  podStatus,
  relabelPods,
  remove,
  removePods,
  replaceField,
  template,
  unready,
} from '../steps.ts';

const port = (random: Random, number: number) => ({
  name: `p${number}`,
  port: 80 + number,
  ...maybe(random, 0.3, { protocol: pick(random, ['TCP', 'UDP', 'SCTP']) }),
  ...maybe(random, 0.6, { targetPort: pick<string | number>(random, ['http', 'other', 8080, 9090]) }),
  ...maybe(random, 0.2, { appProtocol: pick(random, ['http', 'kubernetes.io/h2c']) }),
});

function spec(random: Random): object {
  if (chance(random, 0.1))
    return { type: 'ExternalName', externalName: 'db.example.com', ...maybe(random, 0.5, { selector: { app: 'a' } }) };
  const headless = chance(random, 0.35);
  return {
    ...(headless ? { clusterIP: 'None' } : maybe(random, 0.4, { type: pick(random, ['NodePort', 'LoadBalancer']) })),
    ...maybe(random, 0.85, { selector: pick(random, [{ app: 'a' }, { app: 'b' }, { app: 'a', more: 'x' }]) }),
    ...(headless && chance(random, 0.4) ? {} : { ports: Array.from({ length: between(random, 1, 3) }, (_, i) => port(random, i)) }),
    ...maybe(random, 0.3, { publishNotReadyAddresses: true }),
    ...maybe(random, 0.3, { ipFamilyPolicy: pick(random, ['SingleStack', 'PreferDualStack']) }),
    ...maybe(random, 0.2, { sessionAffinity: 'ClientIP' }),
    ...maybe(random, 0.2, { trafficDistribution: pick(random, ['PreferClose', 'PreferSameNode']) }),
    ...maybe(random, 0.1, { externalIPs: ['192.0.2.9'] }),
  };
}

const metadata = (random: Random) => ({
  ...maybe(random, 0.3, {
    labels: {
      its: 'own',
      ...maybe(random, 0.3, { 'service.kubernetes.io/headless': '' }),
      ...maybe(random, 0.3, { 'endpointslice.kubernetes.io/skip-mirror': 'true' }),
    },
  }),
  ...maybe(random, 0.3, {
    annotations: {
      note: 'x',
      ...maybe(random, 0.4, { 'service.kubernetes.io/topology-mode': 'Auto' }),
      ...maybe(random, 0.3, { 'endpoints.kubernetes.io/last-change-trigger-time': 'never' }),
    },
  }),
});

const service = (random: Random) => create('Service', { metadata: { name: 'web', ...metadata(random) }, spec: spec(random) } as never);

const pod = (random: Random, number: number) =>
  create('Pod', {
    metadata: { name: `p${number}`, labels: { app: pick(random, ['a', 'a', 'b']), ...maybe(random, 0.4, { more: 'x' }) } },
    spec: {
      ...template({}).spec,
      ...maybe(random, 0.9, { nodeName: `<namespace>-n${between(random, 1, 3)}` }),
      ...maybe(random, 0.2, { hostname: `h${number}`, subdomain: pick(random, ['web', 'other']) }),
      containers: [
        {
          name: 'a',
          image: 'example.com/app:1',
          ports: [
            { name: 'http', containerPort: 7000 + (number % 2) },
            ...(chance(random, 0.3) ? [{ name: 'other', containerPort: 7100, protocol: pick(random, ['TCP', 'UDP']) }] : []),
          ],
        },
      ],
    },
  } as never);

/** A kubelet reports an address and whether the pod is ready. */
const addressed = (random: Random, isReady: boolean, take: number): Step => {
  const dual = chance(random, 0.3);
  return podStatus(`report addresses, ready ${isReady}`, { where: isReady ? 'pending' : 'active', take }, ({ metadata: { name } }) => {
    const ip = `192.0.2.${name.slice(1)}`;
    const now = new Date().toISOString().replace(/\.\d+/, '');
    return {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }, ...(dual ? [{ ip: `2001:db8::${name.slice(1)}` }] : [])],
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: now }],
    };
  });
};

function subsets(random: Random): object[] {
  return Array.from({ length: between(random, 0, 2) }, (_, i) => ({
    addresses: Array.from({ length: between(random, 1, 3) }, (_, j) => ({
      ip: `192.0.2.${100 + 10 * i + j}`,
      ...maybe(random, 0.3, { hostname: `x${j}` }),
      ...maybe(random, 0.2, { nodeName: 'node-1' }),
    })),
    ...maybe(random, 0.3, { notReadyAddresses: [{ ip: `192.0.2.${150 + i}` }] }),
    ports: Array.from({ length: between(random, 1, 2) }, (_, j) => ({
      name: `p${j}`,
      port: 80 + j,
      ...maybe(random, 0.3, { protocol: 'UDP' }),
    })),
  }));
}

function step(random: Random): Step[] {
  const number = between(random, 1, 6);
  const options: (() => Step[])[] = [
    () => [pod(random, number), addressed(random, true, 1)],
    () => [pod(random, number), addressed(random, true, 2)],
    () => [addressed(random, true, 3)],
    () => [addressed(random, false, 1)],
    () => [unready({ where: 'ready', take: 1 })],
    () => [end({ where: 'active', take: 1 }, pick(random, [0, 1]))],
    () => [removePods({ where: 'active', take: 1 })],
    () => [change('Pod', `p${number}`, { metadata: { finalizers: ['example.com/hold'] } }), remove('Pod', `p${number}`)],
    () => [replaceField('Pod', `p${number}`, '/metadata/finalizers', [])],
    () => [relabelPods({ where: 'active', take: 1 }, { app: pick(random, ['a', 'b']) })],
    () => [replaceField('Service', 'web', '/spec/selector', pick(random, [{ app: 'a' }, { app: 'b' }, { more: 'x' }, {}]))],
    () => [
      replaceField(
        'Service',
        'web',
        '/spec/ports',
        Array.from({ length: between(random, 1, 3) }, (_, i) => port(random, i)),
      ),
    ],
    () => [change('Service', 'web', { spec: { publishNotReadyAddresses: chance(random, 0.5) } })],
    () => [change('Service', 'web', { metadata: metadata(random) })],
    () => [change('Service', 'web', { spec: { type: pick(random, ['ClusterIP', 'NodePort', 'LoadBalancer']) } })],
    () => [change('Service', 'web', { spec: { type: 'ExternalName', externalName: 'db.example.com', clusterIP: null, clusterIPs: null } })],
    () => [change('Service', 'web', { spec: { trafficDistribution: pick(random, ['PreferSameZone', 'PreferSameNode', null]) } })],
    () => [remove('Service', 'web')],
    () => [service(random)],
    () => [create('Endpoints', { metadata: { name: 'web', ...metadata(random) }, subsets: subsets(random) } as never)],
    () => [replaceField('Endpoints', 'web', '/subsets', subsets(random))],
    () => [remove('Endpoints', 'web')],
    () => [change('Endpoints', 'web', { metadata: { labels: { its: 'other' }, annotations: { note: 'y' } } })],
    () => [
      create('EndpointSlice', {
        metadata: {
          name: 'web-own',
          labels: {
            'kubernetes.io/service-name': 'web',
            ...maybe(random, 0.5, { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' }),
          },
        },
        addressType: 'IPv4',
        endpoints: [{ addresses: ['192.0.2.200'] }],
        ports: [{ name: 'x', port: 1 }],
      } as never),
    ],
    () => [remove('EndpointSlice', 'web-own')],
  ];
  return pick(random, options)();
}

const node = (number: number): Step =>
  create('Node', {
    metadata: { name: `n${number}`, labels: { 'topology.kubernetes.io/zone': number === 3 ? 'b' : 'a' } },
    // Not for DaemonSets of other scenarios.
    spec: { taints: [{ key: 'its', value: '<namespace>', effect: 'NoSchedule' }] },
    status: { allocatable: { cpu: '4' } },
  } as never);

/** Nobody runs the nodes of the scenario; each step says that they are well, so that they are left alone. */
const withNodes = (steps: readonly Step[]): Step[] =>
  steps.map((step) => ({
    ...step,
    act: async (stage) => {
      const { connection, namespace } = stage;
      const heard = { type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString().replace(/\.\d+/, '') };
      for (const name of ['n1', 'n2', 'n3']) {
        const path = `${pathOf(namespace, 'Node', name)}/status`;
        const body = JSON.stringify({ status: { conditions: [heard] } });
        await connection.send({ method: 'PATCH', path, body, contentType: 'application/strategic-merge-patch+json' });
      }
      await step.act(stage);
    },
  }));

/** A Service, and the Endpoints and EndpointSlices that controllers make of it and of pods, or of Endpoints that a user writes. */
export function servicesScenario(random: Random): Scenario {
  const steps = [node(1), node(2), node(3), pod(random, 1), pod(random, 2), addressed(random, true, 1), service(random)];
  for (let i = between(random, 6, 12); i > 0; i--) steps.push(...step(random));
  return { name: 'services', steps: withNodes(steps) };
}
