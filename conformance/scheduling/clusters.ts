import type { KubeObject } from '../../api/meta/object.ts';
import type { Node, Pod } from '../../openapi/types.ts';
import { type Random, seededRandom } from '../../src/machinery/random.ts';

/** A cluster as it stands, and pods that look for a node in it, each by itself. */
export interface Scenario {
  readonly seed: number;
  readonly nodes: Node[];
  /** Pods that have a node. */
  readonly placed: Pod[];
  readonly waiting: Pod[];
  /** Namespaces, services, volumes and whatever else decides. */
  readonly others: KubeObject[];
}

/** Random choices from one seed. */
class Dice {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  chance(share: number): boolean {
    return this.random.next() < share;
  }

  upTo(most: number): number {
    return Math.floor(this.random.next() * (most + 1));
  }

  of<T>(values: readonly T[]): T {
    return values[Math.floor(this.random.next() * values.length)]!;
  }

  some<T>(values: readonly T[], share: number): T[] {
    return values.filter(() => this.chance(share));
  }
}

const zones = ['z1', 'z2', 'z3'];
const apps = ['web', 'db', 'cache'];
const tracks = ['stable', 'canary'];
const namespaces = ['sched-a', 'sched-b', 'sched-c'];
const images = ['registry.test/small:1', 'registry.test/large:1', 'registry.test/huge:1'];
const extended = 'example.com/gpu';
const topologyKeys = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'disk'];

/** A cluster with something of every feature that decides where pods go. @param most how many nodes, and how many pods on them */
export function scenario(seed: number, most = 100): Scenario {
  const dice = new Dice(seed);
  const size = 1 + dice.upTo(dice.chance(0.3) ? most - 1 : Math.min(most - 1, 14));
  const nodes = Array.from({ length: size }, (_, i) => nodeOf(dice, `n${i}`));
  const others: KubeObject[] = namespaces.map((name, i) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, team: i === 0 ? 'x' : 'y' } },
  }));
  others.push(...owners());
  const storage = storageOf(dice, nodes);
  others.push(...storage);
  const placed = Array.from({ length: dice.upTo(most) }, (_, i) => {
    const pod = podOf(dice, `p${i}`, 0.25);
    if (i === 0 && pod.metadata!.namespace === 'sched-a')
      pod.spec!.volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'single' } }];
    return { ...pod, spec: { ...pod.spec!, nodeName: dice.of(nodes).metadata!.name! } } as Pod;
  });
  const waiting = Array.from({ length: 3 }, (_, i) => withVolumes(dice, podOf(dice, `w${i}`, 0.4), storage));
  return { seed, nodes, placed, waiting, others };
}

function nodeOf(dice: Dice, name: string): Node {
  const labels: Record<string, string> = { 'kubernetes.io/hostname': name };
  if (dice.chance(0.8)) labels['topology.kubernetes.io/zone'] = dice.of(zones);
  if (dice.chance(0.5)) labels.disk = dice.of(['ssd', 'hdd']);
  if (dice.chance(0.5)) labels.cores = dice.of(['4', '8', '16', 'many']);
  const taints = [];
  if (dice.chance(0.15)) taints.push({ key: 'dedicated', value: dice.of(['db', 'web']), effect: 'NoSchedule' });
  if (dice.chance(0.1)) taints.push({ key: 'maintenance', effect: 'NoExecute' });
  if (dice.chance(0.2)) taints.push({ key: 'slow', value: 'yes', effect: 'PreferNoSchedule' });
  if (dice.chance(0.1)) taints.push({ key: 'old', effect: 'PreferNoSchedule' });
  const allocatable: Record<string, string> = {
    cpu: dice.of(['1', '2', '4', '7500m']),
    memory: dice.of(['2Gi', '4Gi', '8Gi', '16000M']),
    pods: dice.of(['3', '10', '110']),
    'ephemeral-storage': '20Gi',
  };
  if (dice.chance(0.3)) allocatable[extended] = dice.of(['1', '4']);
  const sizes = [30, 400, 1500];
  const held = images.flatMap((image, i) => (dice.chance(0.3) ? [{ names: [image], sizeBytes: sizes[i]! * 1024 * 1024 }] : []));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: { ...(taints.length > 0 ? { taints } : {}), ...(dice.chance(0.06) ? { unschedulable: true } : {}) },
    status: { allocatable, capacity: allocatable, images: held },
  } as Node;
}

/** Services and a ReplicaSet, which give pods without constraints of their own something to be spread by. */
function owners(): KubeObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'sched-a' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'db', namespace: 'sched-b', uid: 'rs-db' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'db' }, matchExpressions: [{ key: 'track', operator: 'Exists' }] },
        template: { metadata: { labels: { app: 'db', track: 'stable' } }, spec: { containers: [{ name: 'c', image: images[0] }] } },
      },
    },
  ];
}

/** @param share how often each feature is used */
function podOf(dice: Dice, name: string, share: number): Pod {
  const namespace = dice.of(namespaces);
  const labels: Record<string, string> = { app: dice.of(apps) };
  if (dice.chance(0.7)) labels.track = dice.of(tracks);
  const spec: any = { containers: [containerOf(dice, 'c', share)], terminationGracePeriodSeconds: 0, automountServiceAccountToken: false };
  if (dice.chance(share / 4))
    spec.initContainers = [{ ...containerOf(dice, 'i', 0), ...(dice.chance(0.5) ? { restartPolicy: 'Always' } : {}) }];
  if (dice.chance(share / 2)) spec.nodeSelector = { disk: dice.of(['ssd', 'hdd']) };
  if (dice.chance(0.5)) spec.tolerations = tolerationsOf(dice);
  const affinity: any = {};
  if (dice.chance(share)) affinity.nodeAffinity = nodeAffinityOf(dice);
  if (dice.chance(share)) affinity.podAffinity = podAffinityOf(dice);
  if (dice.chance(share)) affinity.podAntiAffinity = podAffinityOf(dice);
  if (Object.keys(affinity).length > 0) spec.affinity = affinity;
  if (dice.chance(share)) spec.topologySpreadConstraints = constraintsOf(dice);
  const owned = namespace === 'sched-b' && labels.app === 'db' && labels.track !== undefined && dice.chance(0.7);
  const ownerReferences = owned ? [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'db', uid: 'rs-db', controller: true }] : undefined;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: name, labels, ...(ownerReferences ? { ownerReferences } : {}) },
    spec: { ...spec, schedulerName: 'default-scheduler', priority: 0 },
  } as Pod;
}

function containerOf(dice: Dice, name: string, share: number): any {
  const requests: Record<string, string> = {};
  if (dice.chance(0.7)) requests.cpu = dice.of(['50m', '100m', '500m', '1']);
  if (dice.chance(0.7)) requests.memory = dice.of(['64Mi', '256Mi', '1Gi']);
  if (dice.chance(0.1)) requests['ephemeral-storage'] = '1Gi';
  const limits: Record<string, string> = {};
  if (dice.chance(share / 4)) limits[extended] = requests[extended] = '1';
  const ports = dice.chance(share / 3)
    ? [
        {
          containerPort: 80,
          hostPort: dice.of([8080, 9090]),
          protocol: dice.of(['TCP', 'UDP']),
          ...(dice.chance(0.3) ? { hostIP: '127.0.0.1' } : {}),
        },
      ]
    : undefined;
  return { name, image: dice.of(images), resources: { requests, limits }, ...(ports ? { ports } : {}) };
}

function tolerationsOf(dice: Dice): object[] {
  const all = [
    { key: 'dedicated', operator: 'Equal', value: dice.of(['db', 'web']), effect: 'NoSchedule' },
    { key: 'maintenance', operator: 'Exists' },
    { key: 'slow', operator: 'Equal', value: 'yes', effect: 'PreferNoSchedule' },
    { operator: 'Exists', effect: 'PreferNoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  ];
  return dice.some(all, 0.4);
}

function nodeTermOf(dice: Dice): object {
  const expressions = [
    { key: 'disk', operator: dice.of(['In', 'NotIn']), values: ['ssd'] },
    { key: 'disk', operator: dice.of(['Exists', 'DoesNotExist']) },
    { key: 'cores', operator: dice.of(['Gt', 'Lt']), values: ['6'] },
    { key: 'topology.kubernetes.io/zone', operator: 'In', values: dice.some(zones, 0.6).concat('z9') },
  ];
  return { matchExpressions: dice.some(expressions, 0.4).concat(dice.of(expressions)).slice(0, 2) };
}

function nodeAffinityOf(dice: Dice): object {
  const terms = Array.from({ length: 1 + dice.upTo(1) }, () => nodeTermOf(dice));
  const preferred = Array.from({ length: dice.upTo(2) }, () => ({ weight: 1 + dice.upTo(99), preference: nodeTermOf(dice) }));
  return {
    ...(dice.chance(0.6) ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } : {}),
    ...(preferred.length > 0 ? { preferredDuringSchedulingIgnoredDuringExecution: preferred } : {}),
  };
}

function selectorOf(dice: Dice): object {
  const kind = dice.upTo(9);
  if (kind === 0) return {};
  if (kind < 7) return { matchLabels: { app: dice.of(apps) } };
  return { matchExpressions: [{ key: 'track', operator: dice.of(['In', 'NotIn']), values: ['canary'] }] };
}

function podTermOf(dice: Dice): object {
  const where = dice.upTo(5);
  return {
    topologyKey: dice.of(topologyKeys),
    ...(dice.chance(0.95) ? { labelSelector: selectorOf(dice) } : {}),
    ...(where === 0 ? { namespaces: dice.some(namespaces, 0.6).concat('sched-a').slice(0, 2) } : {}),
    ...(where === 1 ? { namespaceSelector: {} } : {}),
    ...(where === 2 ? { namespaceSelector: { matchLabels: { team: dice.of(['x', 'y']) } } } : {}),
  };
}

function podAffinityOf(dice: Dice): object {
  const required = Array.from({ length: dice.upTo(1) }, () => podTermOf(dice));
  const preferred = Array.from({ length: dice.upTo(2) }, () => ({ weight: 1 + dice.upTo(99), podAffinityTerm: podTermOf(dice) }));
  return {
    ...(required.length > 0 ? { requiredDuringSchedulingIgnoredDuringExecution: required } : {}),
    ...(preferred.length > 0 ? { preferredDuringSchedulingIgnoredDuringExecution: preferred } : {}),
  };
}

function constraintsOf(dice: Dice): object[] {
  const keys = dice.some(topologyKeys, 0.5).concat(dice.of(topologyKeys));
  return [...new Set(keys)].map((topologyKey) => {
    const hard = dice.chance(0.5);
    return {
      topologyKey,
      maxSkew: 1 + dice.upTo(2),
      whenUnsatisfiable: hard ? 'DoNotSchedule' : 'ScheduleAnyway',
      labelSelector: selectorOf(dice),
      ...(hard && dice.chance(0.3) ? { minDomains: 1 + dice.upTo(4) } : {}),
      ...(dice.chance(0.3) ? { nodeAffinityPolicy: dice.of(['Honor', 'Ignore']) } : {}),
      ...(dice.chance(0.3) ? { nodeTaintsPolicy: dice.of(['Honor', 'Ignore']) } : {}),
    };
  });
}

/** A class that waits for pods, volumes that nodes hold, and claims in every state. */
function storageOf(dice: Dice, nodes: readonly Node[]): KubeObject[] {
  const objects: KubeObject[] = [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'sched-local' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    } as KubeObject,
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'sched-made' },
      provisioner: 'csi.test',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowedTopologies: [{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['z1', 'z2'] }] }],
    } as KubeObject,
  ];
  const volume = (name: string, storageClassName: string, more: object, claim?: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `sched-${name}`, ...(name === 'zonal' ? { labels: { 'topology.kubernetes.io/zone': 'z1__z2' } } : {}) },
    spec: {
      capacity: { storage: dice.of(['1Gi', '5Gi']) },
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      persistentVolumeReclaimPolicy: 'Retain',
      ...more,
      ...(claim ? { claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'sched-a', name: claim, uid: claim } } : {}),
    },
    status: { phase: claim ? 'Bound' : 'Available' },
  });
  const onNode = (node: Node) => ({
    local: { path: '/data' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node.metadata!.name] }] }],
      },
    },
  });
  const csi = (handle: string) => ({ csi: { driver: 'csi.test', volumeHandle: handle } });
  for (let i = 0; i < 3; i++) objects.push(volume(`free${i}`, 'sched-local', onNode(dice.of(nodes))));
  objects.push(volume('held', 'sched-local', onNode(dice.of(nodes)), 'held'), volume('zonal', '', csi('zonal'), 'zonal'));
  const claim = (name: string, storageClassName: string, more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: 'sched-a',
      uid: name,
      ...('volumeName' in more ? { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } } : {}),
    },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } }, ...more },
  });
  objects.push(
    claim('held', 'sched-local', { volumeName: 'sched-held' }),
    claim('zonal', '', { volumeName: 'sched-zonal' }),
    claim('waits', 'sched-local', { resources: { requests: { storage: dice.of(['1Gi', '3Gi']) } } }),
    claim('made', 'sched-made'),
    claim('single', '', { volumeName: 'sched-zonal', accessModes: ['ReadWriteOncePod'] }),
  );
  return objects;
}

function withVolumes(dice: Dice, pod: Pod, storage: readonly KubeObject[]): Pod {
  if (!dice.chance(0.25)) return pod;
  const claims = storage.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata!.name!);
  const chosen = [...new Set(dice.chance(0.1) ? ['missing'] : [dice.of(claims), dice.of(claims)])];
  const volumes = chosen.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  return { ...pod, metadata: { ...pod.metadata, namespace: 'sched-a', ownerReferences: [] }, spec: { ...pod.spec!, volumes } } as Pod;
}

/** A full cluster in which more important pods look for room, with budgets that protect some of those that might have to go. */
export function crowd(seed: number): Scenario {
  const dice = new Dice(seed);
  const nodes = Array.from({ length: 2 + dice.upTo(5) }, (_, i) => nodeOf(dice, `n${i}`));
  let started = Date.parse('2026-01-01T00:00:00Z');
  const placed = nodes.flatMap((node, i) =>
    Array.from({ length: 4 + dice.upTo(6) }, (_, j) => {
      const pod = podOf(dice, `p${i}-${j}`, 0.1);
      const containers = [{ name: 'c', image: images[0]!, resources: { requests: { cpu: dice.of(['250m', '500m', '1']) } } }];
      const spec = { ...pod.spec!, containers, priority: dice.of([-10, 0, 0, 5, 50]), nodeName: node.metadata!.name! };
      started += 60_000 * (1 + dice.upTo(30));
      return { ...pod, spec, status: { startTime: `${new Date(started).toISOString().slice(0, 19)}Z` } } as Pod;
    }),
  );
  const others: KubeObject[] = namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  for (const app of dice.some(apps, 0.5)) {
    const disruptionsAllowed = dice.upTo(1);
    others.push({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: `budget-${app}`, namespace: dice.of(namespaces) },
      spec: { selector: { matchLabels: { app } }, maxUnavailable: 1 },
      status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, observedGeneration: 1 },
    });
  }
  const one = podOf(dice, 'w0', 0.15);
  const containers = [{ name: 'c', image: images[0]!, resources: { requests: { cpu: dice.of(['500m', '1', '2']) } } }];
  const waiting = [{ ...one, spec: { ...one.spec!, containers, priority: dice.of([5, 10, 100]) } } as Pod];
  return { seed, nodes, placed, waiting, others };
}
