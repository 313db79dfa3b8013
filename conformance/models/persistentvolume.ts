import { persistentVolume as volumes } from '../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim as claims } from '../../api/core/v1/persistentvolumeclaim.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import { storageClass as classes } from '../../api/storage.k8s.io/v1/storageclass.ts';
import { startPersistentVolumeBinder } from '../../src/controllers/persistentvolume/index.ts';
import { startPvcProtectionController } from '../../src/controllers/pvcprotection/index.ts';
import { startPvProtectionController } from '../../src/controllers/pvprotection/index.ts';
import { unlessNotFound } from '../../src/runtime/errors.ts';
import type { Model } from './history.ts';
import { namespace, type World } from './world.ts';

/** Volumes of this class are made by hand, of the others for claims: at once, or when a pod needs them. */
const byHand = 'by-hand';
const atOnce = 'at-once';
const forPods = 'for-pods';
const own = 'orrery.dev/volumes';

const sizeOf = (text: string): number => Number(text.replace('Gi', ''));
const requested = (claim: KubeObject): number => sizeOf(claim.spec.resources.requests.storage);
const isNamed = (name: string) => (object: KubeObject) => object.metadata!.name === name;

/** No volume ever serves two claims, no bound claim has less than it asked for, and in the end every claim that can have a volume has one. */
export function persistentVolumeModel(): Model {
  /** The claim that each volume was bound to last, by the volume's uid. */
  const holders = new Map<string, string>();
  let count = 0;
  const claimList = (world: World) => [...world.informers.for(claims).list(namespace)];
  const volumeList = (world: World) => [...world.informers.for(volumes).list()];
  const modes = (world: World) => (world.chance(0.3) ? ['ReadWriteOnce', 'ReadWriteMany'] : ['ReadWriteOnce']);

  async function addVolume(world: World): Promise<void> {
    const name = `v${++count}`;
    const size = world.number(1, 4);
    const persistentVolumeReclaimPolicy = world.chance(0.5) ? 'Retain' : 'Delete';
    world.note(`volume ${name} of ${size}Gi comes, ${persistentVolumeReclaimPolicy}`);
    const source = { hostPath: { path: '/tmp/x' }, persistentVolumeReclaimPolicy };
    await world.api(volumes).create('', {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { capacity: { storage: `${size}Gi` }, accessModes: modes(world), storageClassName: byHand, ...source },
    });
  }

  async function addClaim(world: World): Promise<void> {
    const name = `c${++count}`;
    const size = world.number(1, 4);
    const storageClassName = world.pick([byHand, byHand, byHand, atOnce, forPods])!;
    const volume = storageClassName === byHand && world.chance(0.2) ? world.pick(volumeList(world)) : undefined;
    world.note(`claim ${name} of ${size}Gi comes, ${storageClassName}${volume ? `, for ${volume.metadata!.name}` : ''}`);
    const volumeName = volume ? { volumeName: volume.metadata!.name } : {};
    await world.api(claims).create(namespace, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: { accessModes: modes(world), storageClassName, resources: { requests: { storage: `${size}Gi` } }, ...volumeName },
    });
  }

  async function addPod(world: World): Promise<void> {
    const claim = world.pick(claimList(world));
    if (!claim) return;
    const name = `p${++count}`;
    world.note(`pod ${name} uses ${claim.metadata!.name}`);
    const volume = { name: 'v', persistentVolumeClaim: { claimName: claim.metadata!.name } };
    const containers = [{ name: 'a', image: 'i' }];
    await world.api(pods).create(namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers, volumes: [volume], terminationGracePeriodSeconds: 5 },
    });
  }

  async function remove(world: World, object: KubeObject | undefined, resource: typeof claims | typeof volumes): Promise<void> {
    if (!object) return;
    world.note(`${resource.kind} ${object.metadata!.name} is deleted`);
    await unlessNotFound(world.api(resource as typeof claims).delete(object.metadata!.namespace ?? '', object.metadata!.name!));
  }

  return {
    controllers: [startPersistentVolumeBinder, startPvcProtectionController, startPvProtectionController],
    async begin(world) {
      world.watch(world.informers.for(claims));
      world.watch(world.informers.for(volumes));
      await world.addNode();
      await world.addNode();
      for (const [name, volumeBindingMode] of [
        [atOnce, 'Immediate'],
        [forPods, 'WaitForFirstConsumer'],
      ]) {
        const storageClass = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: name! } };
        await world.api(classes).create('', { ...storageClass, provisioner: own, reclaimPolicy: 'Delete', volumeBindingMode });
      }
    },
    actions: [
      [5, addVolume],
      [6, addClaim],
      [3, addPod],
      [2, (world) => world.deletePod()],
      [3, (world) => remove(world, world.pick(claimList(world)), claims)],
      [1, (world) => remove(world, world.pick(volumeList(world)), volumes)],
      [
        2,
        async (world) => {
          const volume = world.pick(volumeList(world).filter(({ status }) => status?.phase === 'Released'));
          if (!volume) return;
          world.note(`volume ${volume.metadata!.name} is freed`);
          holders.delete(volume.metadata!.uid!);
          await world.patch(volumes, volume.metadata!.name!, { spec: { claimRef: null } });
        },
      ],
    ],
    check(world) {
      const taken = new Set<string>();
      for (const claim of claimList(world)) {
        if (claim.status?.phase !== 'Bound') continue;
        const { volumeName } = claim.spec;
        if (taken.has(volumeName)) return `volume ${volumeName} serves two claims`;
        taken.add(volumeName);
        if (sizeOf(claim.status.capacity.storage) < requested(claim)) return `claim ${claim.metadata!.name} has less than it asked for`;
      }
      for (const volume of volumeList(world)) {
        const { uid } = volume.metadata!;
        const claim = volume.spec.claimRef?.uid;
        const before = holders.get(uid!);
        if (claim && before && claim !== before) return `volume ${volume.metadata!.name} went from one claim to another`;
        if (claim) holders.set(uid!, claim);
        else holders.delete(uid!);
      }
      return undefined;
    },
    settled(world) {
      const allClaims = claimList(world);
      const allVolumes = volumeList(world);
      const users = (claim: KubeObject) =>
        world
          .podList()
          .filter(({ spec }) =>
            spec.volumes.some(
              (volume: { persistentVolumeClaim?: { claimName: string } }) =>
                volume.persistentVolumeClaim?.claimName === claim.metadata!.name,
            ),
          );
      for (const claim of allClaims) {
        const wrong = wrongClaim(claim, allVolumes, users(claim));
        if (wrong) return `claim ${claim.metadata!.name} ${wrong}`;
      }
      for (const volume of allVolumes) {
        const wrong = wrongVolume(volume, allClaims);
        if (wrong) return `volume ${volume.metadata!.name} ${wrong}`;
      }
      return undefined;
    },
  };
}

function wrongClaim(claim: KubeObject, volumes: readonly KubeObject[], users: readonly KubeObject[]): string | undefined {
  const { metadata, spec, status } = claim;
  if (metadata!.deletionTimestamp && !users.some((pod) => pod.spec.nodeName)) return 'is kept though no pod uses it';
  const volume = volumes.find(isNamed(spec.volumeName ?? ''));
  switch (status?.phase) {
    case 'Bound':
      if (volume?.spec.claimRef?.uid !== metadata!.uid) return 'is bound to a volume that does not know it';
      return volume!.status.phase === 'Bound' ? undefined : `is bound to a volume that is ${volume!.status.phase}`;
    case 'Lost':
      return volume?.spec.claimRef?.uid === metadata!.uid ? 'is lost though its volume is there' : undefined;
    default:
      if (metadata!.deletionTimestamp || spec.volumeName) return undefined;
      if (spec.storageClassName === atOnce) return 'has no volume yet';
      if (spec.storageClassName === forPods) return users.length > 0 ? 'has no volume though a pod waits' : undefined;
      return volumes.some((candidate) => fits(candidate, claim)) ? 'has no volume though one is free' : undefined;
  }
}

function fits({ metadata, spec, status }: KubeObject, claim: KubeObject): boolean {
  if (metadata!.deletionTimestamp || status?.phase !== 'Available' || spec.storageClassName !== claim.spec.storageClassName) return false;
  const enough = sizeOf(spec.capacity.storage) >= requested(claim);
  return enough && claim.spec.accessModes.every((mode: string) => spec.accessModes.includes(mode));
}

function wrongVolume({ metadata, spec, status }: KubeObject, claims: readonly KubeObject[]): string | undefined {
  const claim = claims.find(({ metadata: other }) => other!.uid === spec.claimRef?.uid);
  if (metadata!.deletionTimestamp && !claim) return 'is kept though no claim has it';
  if (!spec.claimRef) return status?.phase === 'Available' ? undefined : `is ${status?.phase} without a claim`;
  if (claim) return status?.phase === 'Bound' ? undefined : `is ${status?.phase} with its claim`;
  if (spec.persistentVolumeReclaimPolicy === 'Delete') return 'is there still';
  return status?.phase === 'Released' ? undefined : `is ${status?.phase} though its claim is gone`;
}
