import { persistentVolumeClaim as claims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import type { PersistentVolumeClaim, Pod, Volume } from '../../../openapi/types.ts';
import { type PodPlace, unlessMissing } from '../containers/environment.ts';
import { absolutePath, FileTree } from '../images/files.ts';
import { comesFromApi, contentsOf, type IssuedTokens, MountError } from './sources.ts';

/** How often a kubelet brings what it mounted from the API up to date, in milliseconds. */
const refreshPeriod = 60_000;
/** Every pod has it, and the publisher of the root certificate sees to it: not waited for by those who do not look into it. */
const everywhere = 'kube-root-ca.crt';

export interface MountFailure {
  readonly volume: string;
  readonly message: string;
}

/** The files that outlive pods: those of a node, and those of persistent volumes by their names. */
export interface LastingFiles {
  readonly node: FileTree;
  volume(name: string): FileTree;
}

/** Where the files of a volume are. */
export interface VolumeFiles {
  readonly tree: FileTree;
  /** The folder of the tree that is the volume's root. */
  readonly root: string;
}

/** The volumes of one pod whose contents its node knows: emptyDir, hostPath, claims, and what comes from the API. */
export class PodVolumes {
  // Most pods of a large cluster have no contents that anybody looks at.
  private madeTrees: Map<string, FileTree> | undefined;
  private issuedTokens: IssuedTokens | undefined;
  private readonly lasting: LastingFiles;
  private filled = false;
  /** When the contents should be looked at again, once they are there; milliseconds since the epoch. */
  refreshAt = Number.POSITIVE_INFINITY;

  constructor(lasting: LastingFiles) {
    this.lasting = lasting;
  }

  private get trees(): Map<string, FileTree> {
    this.madeTrees ??= new Map();
    return this.madeTrees;
  }

  private get tokens(): IssuedTokens {
    this.issuedTokens ??= new Map();
    return this.issuedTokens;
  }

  /** The files of a volume; undefined where nobody knows what is in it. */
  files(volume: Volume | undefined): VolumeFiles | undefined {
    if (!volume) return undefined;
    if (volume.hostPath) return { tree: this.lasting.node, root: absolutePath('/', volume.hostPath.path) };
    if (isClaim(volume)) {
      const tree = this.madeTrees?.get(volume.name);
      return tree && { tree, root: '/' };
    }
    return volume.emptyDir || comesFromApi(volume) ? { tree: this.own(volume), root: '/' } : undefined;
  }

  /** A file of the node itself. */
  ofNode(path: string): string {
    return this.lasting.node.read(path) ?? '';
  }

  private own({ name }: Volume): FileTree {
    let tree = this.trees.get(name);
    if (!tree) this.trees.set(name, (tree = new FileTree(0o777)));
    return tree;
  }

  /**
   * Whether the pod's volumes can be set up: none of what they need is missing.
   * @returns what is, volume by volume
   */
  async check(pod: Pod, place: PodPlace, now: number): Promise<MountFailure[]> {
    return this.fill(pod, (pod.spec!.volumes ?? []).filter(isWaitedFor), place, now);
  }

  /** Finds the files of claims, and fills all volumes that come from the API, if they are not. What is missing by now leaves its volume as it is. */
  async prepare(pod: Pod, place: PodPlace, now: number): Promise<void> {
    if (this.filled) return;
    const api = place.client.resource<PersistentVolumeClaim>(claims);
    for (const volume of (pod.spec!.volumes ?? []).filter(isClaim)) {
      const name = volume.persistentVolumeClaim?.claimName ?? `${pod.metadata!.name}-${volume.name}`;
      const bound = (await unlessMissing(api.get(pod.metadata!.namespace!, name)))?.spec?.volumeName;
      if (bound) this.trees.set(volume.name, this.lasting.volume(bound));
    }
    await this.refresh(pod, place, now);
  }

  /** Brings all volumes that come from the API up to date. */
  async refresh(pod: Pod, place: PodPlace, now: number): Promise<void> {
    const volumes = (pod.spec!.volumes ?? []).filter(comesFromApi);
    this.filled = true;
    if (volumes.length === 0) return;
    await this.fill(pod, volumes, place, now);
    this.refreshAt = now + refreshPeriod;
  }

  private async fill(pod: Pod, volumes: readonly Volume[], place: PodPlace, now: number): Promise<MountFailure[]> {
    const failures: MountFailure[] = [];
    for (const volume of volumes) {
      try {
        this.own(volume).replace(grouped(await contentsOf(pod, volume, place, this.tokens, now), pod));
      } catch (error) {
        if (!(error instanceof MountError)) throw error;
        failures.push({ volume: volume.name, message: error.message });
      }
    }
    return failures;
  }
}

function isClaim({ persistentVolumeClaim, ephemeral }: Volume): boolean {
  return Boolean(persistentVolumeClaim ?? ephemeral);
}

/** Who is in the pod's fsGroup may read what its owner may. */
function grouped(files: ReadonlyMap<string, { text: string; mode: number }>, { spec }: Pod) {
  if (spec!.securityContext?.fsGroup === undefined) return files;
  return new Map([...files].map(([path, { text, mode }]) => [path, { text, mode: mode | 0o440 }]));
}

/** Whether a volume needs an object of the API that may be missing. */
export function isWaitedFor({ configMap, secret, projected }: Volume): boolean {
  if (configMap) return !configMap.optional;
  if (secret) return !secret.optional;
  return (projected?.sources ?? []).some(
    (source) =>
      (source.configMap && !source.configMap.optional && source.configMap.name !== everywhere) ||
      (source.secret && !source.secret.optional),
  );
}
