import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, maybe, remove, removePods, replaceField, slowly } from '../steps.ts';

const sources: readonly object[] = [
  { csi: { driver: 'disks.example.com', volumeHandle: 'one' } },
  { nfs: { server: 'files.example.com', path: '/a' } },
  { hostPath: { path: '/var/data' } },
  { local: { path: '/mnt/a' } },
];
const zones = (zone: string) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] }] },
});
const modes = [['ReadWriteOnce'], ['ReadWriteOnce', 'ReadOnlyMany'], ['ReadWriteMany'], ['ReadWriteOncePod']];
const sizes = ['1Gi', '2Gi', '3Gi'];
/** Classes: one that no object describes, one whose claims wait for a pod, one that binds at once, one that may grow. */
const classes = ['<namespace>-none', '<namespace>-late', '<namespace>-soon', '<namespace>-elastic'];

function volume(random: Random, number: number): Step {
  const source = pick(random, sources);
  return create('PersistentVolume', {
    metadata: {
      name: `v${number}`,
      labels: { speed: pick(random, ['fast', 'slow']) },
      ...maybe(random, 0.1, { finalizers: ['example.com/hold'] }),
    },
    spec: {
      capacity: { storage: pick(random, sizes) },
      accessModes: pick(random, modes),
      ...maybe(random, 0.6, { persistentVolumeReclaimPolicy: pick(random, ['Retain', 'Delete']) }),
      // Never without a class: such volumes would be taken by other scenarios' claims.
      storageClassName: pick(random, classes),
      ...maybe(random, 0.15, { volumeMode: 'Block' }),
      ...maybe(random, 0.2, { claimRef: { namespace: '<namespace>', name: `c${between(random, 1, 3)}` } }),
      ...source,
      ...('local' in source || chance(random, 0.2) ? { nodeAffinity: zones(pick(random, ['a', 'b', 'none'])) } : {}),
    },
  } as never);
}

function claim(random: Random, number: number): Step {
  return create('PersistentVolumeClaim', {
    metadata: { name: `c${number}` },
    spec: {
      accessModes: pick(random, modes),
      resources: { requests: { storage: pick(random, sizes) } },
      ...maybe(random, 0.95, { storageClassName: pick(random, [...classes, ...classes, '']) }),
      ...maybe(random, 0.15, { volumeMode: 'Block' }),
      ...maybe(random, 0.2, { volumeName: `<namespace>-v${between(random, 1, 3)}` }),
      ...maybe(random, 0.2, { selector: { matchLabels: { speed: pick(random, ['fast', 'slow']) } } }),
    },
  } as never);
}

/** A pod that waits for the scheduler, or is already where a kubelet that does not answer would run it. */
function pod(random: Random, number: number): Step {
  const claimName = `c${between(random, 1, 3)}`;
  return create('Pod', {
    metadata: { name: `p${number}` },
    spec: {
      ...maybe(random, 0.4, { schedulerName: 'none' }),
      ...maybe(random, 0.3, { nodeSelector: { zone: pick(random, ['a', 'b']) } }),
      containers: [{ name: 'a', image: 'example.com/app:1' }],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName } },
        ...(chance(random, 0.15)
          ? [
              {
                name: 'own',
                ephemeral: {
                  volumeClaimTemplate: {
                    spec: {
                      accessModes: ['ReadWriteOnce'],
                      storageClassName: pick(random, classes),
                      resources: { requests: { storage: '1Gi' } },
                    },
                  },
                },
              },
            ]
          : []),
      ],
    },
  } as never);
}

function step(random: Random): Step[] {
  const number = between(random, 1, 3);
  const options: (() => Step[])[] = [
    () => [volume(random, between(random, 4, 6))],
    () => [claim(random, number)],
    () => [pod(random, between(random, 1, 4))],
    () => [pod(random, between(random, 1, 4))],
    () => [remove('Pod', `p${between(random, 1, 4)}`)],
    () => [removePods({ where: 'any', take: 2 })],
    () => [remove('PersistentVolumeClaim', `c${number}`)],
    () => [remove('PersistentVolume', `v${number}`)],
    () => [change('PersistentVolume', `v${number}`, { spec: { persistentVolumeReclaimPolicy: pick(random, ['Retain', 'Delete']) } })],
    () => [change('PersistentVolume', `v${number}`, { spec: { capacity: { storage: pick(random, sizes) } } })],
    () => [replaceField('PersistentVolume', `v${number}`, '/spec/claimRef', null)],
    () => [change('PersistentVolume', `v${number}`, { metadata: { finalizers: null } })],
    () => [change('PersistentVolumeClaim', `c${number}`, { spec: { resources: { requests: { storage: pick(random, sizes) } } } })],
    () => [change('PersistentVolumeClaim', `c${number}`, { metadata: { labels: { more: 'x' } } })],
    () => [change('PersistentVolumeClaim', `c${number}`, { spec: { storageClassName: pick(random, classes) } })],
  ];
  return pick(random, options)();
}

/** Volumes and claims that the binder brings together, before and after pods ask for them. */
export function volumesScenario(random: Random): Scenario {
  const storage = (name: string, fields: object) =>
    create('StorageClass', { metadata: { name }, provisioner: 'kubernetes.io/no-provisioner', ...fields } as never);
  const steps = [
    storage('late', { volumeBindingMode: 'WaitForFirstConsumer' }),
    storage('soon', chance(random, 0.5) ? { provisioner: 'disks.example.com' } : {}),
    storage('elastic', {
      provisioner: 'disks.example.com',
      allowVolumeExpansion: true,
      ...maybe(random, 0.5, { volumeBindingMode: 'WaitForFirstConsumer' }),
    }),
    volume(random, 1),
    volume(random, 2),
    claim(random, 1),
    claim(random, 2),
    volume(random, 3),
  ];
  for (let i = between(random, 4, 8); i > 0; i--) steps.push(...step(random));
  // The binder looks at everything every 15 seconds.
  return { name: 'volumes', steps: slowly(steps, 17), runs: true };
}
