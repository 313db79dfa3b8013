import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, maybe, remove, removePods, replaceField } from '../steps.ts';

const driver = 'gpu.example.com';

const slice = (random: Random, node: number): Step =>
  create('ResourceSlice', {
    metadata: { name: `s${node}` },
    spec: {
      driver: `<namespace>.${driver}`,
      pool: { name: `node-${node}`, generation: 1, resourceSliceCount: 1 },
      nodeName: `node-${node}`,
      devices: Array.from({ length: between(random, 1, 3) }, (_, i) => ({
        name: `d${i}`,
        attributes: { kind: { string: pick(random, ['big', 'small']) }, number: { int: i } },
        capacity: { memory: { value: pick(random, ['10Gi', '20Gi']) } },
        ...maybe(random, 0.1, { taints: [{ key: 'broken', effect: pick(random, ['NoSchedule', 'NoExecute']), value: 'x' }] }),
      })),
    },
  } as never);

const exactly = (random: Random) => ({
  deviceClassName: pick(random, ['<namespace>-any', '<namespace>-any', '<namespace>-big', 'missing']),
  ...maybe(random, 0.3, { allocationMode: 'ExactCount', count: between(random, 1, 2) }),
  ...maybe(random, 0.15, { allocationMode: 'All' }),
  ...maybe(random, 0.3, {
    selectors: [
      {
        cel: {
          expression: pick(random, [
            `device.capacity["<namespace>.${driver}"].memory.compareTo(quantity("15Gi")) > 0`,
            `device.attributes["<namespace>.${driver}"].number >= 1`,
            'device.nothing == 1',
          ]),
        },
      },
    ],
  }),
  ...maybe(random, 0.2, { tolerations: [{ operator: 'Exists' }] }),
});

const spec = (random: Random) => ({
  devices: {
    requests: Array.from({ length: chance(random, 0.25) ? 2 : 1 }, (_, i) =>
      chance(random, 0.15)
        ? {
            name: `r${i}`,
            firstAvailable: [
              { ...exactlyOne(random), name: 'x' },
              { ...exactlyOne(random), name: 'y' },
            ],
          }
        : { name: `r${i}`, exactly: exactly(random) },
    ),
    ...maybe(random, 0.2, { constraints: [{ matchAttribute: `<namespace>.${driver}/kind` }] }),
    ...maybe(random, 0.2, { config: [{ opaque: { driver: `<namespace>.${driver}`, parameters: { a: 1 } } }] }),
  },
});
const exactlyOne = (random: Random) => ({ deviceClassName: pick(random, ['<namespace>-any', '<namespace>-big']) });

const claim = (random: Random, number: number) =>
  create('ResourceClaim', { metadata: { name: `c${number}` }, spec: spec(random) } as never);
const claimTemplate = (random: Random) =>
  create('ResourceClaimTemplate', {
    metadata: { name: 'made' },
    spec: { metadata: { labels: { made: 'x' }, ...maybe(random, 0.3, { annotations: { note: 'x' } }) }, spec: spec(random) },
  } as never);

const pod = (random: Random, number: number): Step => {
  const from = chance(random, 0.5) ? { resourceClaimName: `c${between(random, 1, 2)}` } : { resourceClaimTemplateName: 'made' };
  return create('Pod', {
    metadata: { name: `p${number}` },
    spec: {
      ...maybe(random, 0.2, { schedulerName: 'none' }),
      ...maybe(random, 0.4, { nodeSelector: { 'kubernetes.io/hostname': `node-${between(random, 1, 3)}` } }),
      containers: [{ name: 'a', image: 'example.com/app:1', resources: { claims: [{ name: 'gpu' }] } }],
      resourceClaims: [{ name: 'gpu', ...from }],
    },
  } as never);
};

function step(random: Random): Step[] {
  const number = between(random, 1, 4);
  const options: (() => Step[])[] = [
    () => [pod(random, number)],
    () => [pod(random, number)],
    () => [pod(random, number)],
    () => [removePods({ where: 'any', take: 1 })],
    () => [remove('Pod', `p${number}`)],
    () => [claim(random, between(random, 1, 2))],
    () => [remove('ResourceClaim', `c${between(random, 1, 2)}`)],
    () => [claimTemplate(random)],
    () => [remove('ResourceClaimTemplate', 'made')],
    () => [slice(random, between(random, 1, 3))],
    () => [remove('ResourceSlice', `s${between(random, 1, 3)}`)],
    () => [
      replaceField('ResourceSlice', `s${between(random, 1, 2)}`, '/spec/devices/0/taints', [
        { key: 'broken', effect: pick(random, ['NoSchedule', 'NoExecute']) },
      ]),
    ],
    () => [change('ResourceClaim', `c${between(random, 1, 2)}`, { metadata: { labels: { more: 'x' } } })],
  ];
  return pick(random, options)();
}

/** Devices of nodes, claims to them, and pods that share claims or get their own. */
export function devicesScenario(random: Random): Scenario {
  const isOurs = { cel: { expression: `device.driver == "<namespace>.${driver}"` } };
  const isBig = { cel: { expression: `device.attributes["<namespace>.${driver}"].kind == "big"` } };
  const steps = [
    create('DeviceClass', { metadata: { name: 'any' }, spec: { selectors: [isOurs] } } as never),
    create('DeviceClass', { metadata: { name: 'big' }, spec: { selectors: [isOurs, isBig] } } as never),
    slice(random, 1),
    slice(random, 2),
    claim(random, 1),
    claimTemplate(random),
    pod(random, 1),
  ];
  for (let i = between(random, 4, 8); i > 0; i--) steps.push(...step(random));
  return { name: 'devices', steps, runs: true };
}
