import { persistentVolume as persistentVolumes } from '../../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim as persistentVolumeClaims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import type { LabelSelectorObject } from '../../../api/meta/label-selector.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import { csiDriver as csiDrivers } from '../../../api/storage.k8s.io/v1/csidriver.ts';
import { csiStorageCapacity as csiStorageCapacities } from '../../../api/storage.k8s.io/v1/csistoragecapacity.ts';
import { storageClass as storageClasses } from '../../../api/storage.k8s.io/v1/storageclass.ts';
import type {
  CSIDriver,
  CSIStorageCapacity,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
  TopologySelectorTerm,
} from '../../../openapi/types.ts';
import { isControlledBy } from '../../runtime/owners.ts';
import {
  bindCompleted,
  boundByController,
  isVolumeBoundToClaim,
  selectedNode,
  storageClassOf,
  storageOf,
} from '../../runtime/persistent-volumes.ts';
import { claimNameOf } from '../../runtime/pod-volumes.ts';
import { selectorOf } from '../../runtime/selector.ts';
import { AssumeCache } from '../assume-cache.ts';
import type { Handle, Lister } from '../handle.ts';
import { isUsableOn, matchingVolume } from './matching-volume.ts';

/** What a pod's claims need. */
export interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Those whose class waits for a pod, the smallest first, and the volumes of their classes. */
  readonly delayed: readonly PersistentVolumeClaim[];
  readonly volumes: ReadonlyMap<string, readonly PersistentVolume[]>;
  /** Those that their controller should have bound by itself. */
  readonly immediate: readonly PersistentVolumeClaim[];
}

export interface StaticBinding {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
}

/** How a pod's claims will be bound if it goes to a node. */
export interface PodVolumes {
  readonly bindings: readonly StaticBinding[];
  readonly provisioned: readonly PersistentVolumeClaim[];
}

const noProvisioner = 'kubernetes.io/no-provisioner';
const byClass = 'storageClass';

/** Finds volumes for a pod's claims on a node, holds them from the moment that the pod has the node, and has them bound before the pod is. */
export class VolumeBinder {
  private readonly handle: Handle;
  private readonly timeout: number;
  private readonly classes: Lister<StorageClass>;
  private readonly drivers: Lister<CSIDriver>;
  private readonly capacities: Lister<CSIStorageCapacity>;
  private readonly volumeLister: Lister<PersistentVolume>;
  private readonly claimLister: Lister<PersistentVolumeClaim>;
  private readonly volumes: AssumeCache<PersistentVolume>;
  private readonly claims: AssumeCache<PersistentVolumeClaim>;
  /** Called after every change of a volume or claim. */
  private readonly waiters = new Set<() => void>();

  /** @param timeout in milliseconds, for the binding of one pod's volumes */
  constructor(handle: Handle, timeout: number) {
    const { listers } = handle;
    this.handle = handle;
    this.timeout = timeout;
    this.classes = listers.for<StorageClass>(storageClasses);
    this.drivers = listers.for<CSIDriver>(csiDrivers);
    this.capacities = listers.for<CSIStorageCapacity>(csiStorageCapacities);
    this.volumeLister = listers.for<PersistentVolume>(persistentVolumes);
    this.claimLister = listers.for<PersistentVolumeClaim>(persistentVolumeClaims);
    this.volumeLister.addIndex(byClass, (volume) => [storageClassOf(volume)]);
    this.volumes = new AssumeCache(this.volumeLister);
    this.claims = new AssumeCache(this.claimLister);
    const changed = () => {
      for (const waiter of [...this.waiters]) waiter();
    };
    for (const lister of [this.volumeLister, this.claimLister]) lister.addHandler({ added: changed, updated: changed, deleted: changed });
  }

  /** @returns undefined for a pod without claims. @throws Error where a claim cannot be used as it is */
  claimsOf(pod: Pod): PodClaims | undefined {
    const { namespace } = pod.metadata!;
    const claims: PersistentVolumeClaim[] = [];
    for (const volume of pod.spec!.volumes ?? []) {
      const name = claimNameOf(pod, volume);
      if (name === undefined) continue;
      const claim = this.claims.get(namespace!, name);
      if (!claim)
        throw new Error(
          volume.ephemeral
            ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
            : `persistentvolumeclaim "${name}" not found`,
        );
      if (claim.status?.phase === 'Lost')
        throw new Error(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec!.volumeName ?? ''}"`);
      if (claim.metadata!.deletionTimestamp) throw new Error(`persistentvolumeclaim "${name}" is being deleted`);
      if (volume.ephemeral) assertMadeFor(pod, claim);
      claims.push(claim);
    }
    if (claims.length === 0) return undefined;
    const bound = claims.filter(isFullyBound);
    const unbound = claims.filter((claim) => !isFullyBound(claim));
    const waits = (claim: PersistentVolumeClaim) => this.waitsForPod(claim) && !claim.spec!.volumeName;
    const delayed = unbound.filter(waits).sort((a, b) => storageOf(a).compare(storageOf(b)));
    const volumes = new Map<string, PersistentVolume[]>();
    for (const storageClass of new Set(delayed.map(storageClassOf))) {
      volumes.set(
        storageClass,
        [...this.volumeLister.byIndex(byClass, storageClass)].map((volume) => this.volumes.current(volume)),
      );
    }
    return { bound, delayed, volumes, immediate: unbound.filter((claim) => !waits(claim)) };
  }

  /** How the claims would be bound on the node, or why they cannot. @throws Error where a class is missing */
  find({ bound, delayed, volumes }: PodClaims, node: Node): PodVolumes | { readonly reasons: readonly string[] } {
    const { name, labels } = node.metadata!;
    const reasons: string[] = [];
    for (const claim of bound) {
      const volume = this.volumes.get('', claim.spec!.volumeName!);
      if (volume && isUsableOn(volume, labels)) continue;
      reasons.push(
        volume
          ? "node(s) didn't match PersistentVolume's node affinity"
          : 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
      );
      break;
    }
    const bindings: StaticBinding[] = [];
    const toProvision: PersistentVolumeClaim[] = [];
    const toMatch: PersistentVolumeClaim[] = [];
    for (const claim of delayed) {
      const selected = claim.metadata!.annotations?.[selectedNode];
      if (selected === undefined) toMatch.push(claim);
      else if (selected === name) toProvision.push(claim);
      else return { reasons: sorted([...reasons, noVolumes]) };
    }
    const chosen = new Set<string>();
    for (const claim of toMatch) {
      const volume = matchingVolume(claim, volumes.get(storageClassOf(claim)) ?? [], labels, chosen);
      if (!volume) toProvision.push(claim);
      else {
        chosen.add(volume.metadata!.name!);
        bindings.push({ volume, claim });
      }
    }
    const obstacle = this.obstacleToProvisioning(toProvision, node);
    if (obstacle) reasons.push(obstacle);
    return reasons.length > 0 ? { reasons: sorted(reasons) } : { bindings, provisioned: toProvision };
  }

  /** Takes the volumes for the pod. @returns undefined where nothing is left to be done */
  assume(node: string, { bindings, provisioned }: PodVolumes): PodVolumes | undefined {
    if (bindings.length === 0 && provisioned.length === 0) return undefined;
    const assumedBindings = bindings.map(({ volume, claim }) => {
      const bound = boundTo(volume, claim);
      if (bound !== volume) this.volumes.assume(bound);
      return { volume: bound, claim };
    });
    const assumedClaims = provisioned.map((claim) => {
      const annotations = { ...claim.metadata!.annotations, [selectedNode]: node };
      const selected: PersistentVolumeClaim = { ...claim, metadata: { ...claim.metadata, annotations } };
      this.claims.assume(selected);
      return selected;
    });
    return { bindings: assumedBindings, provisioned: assumedClaims };
  }

  revert({ bindings, provisioned }: PodVolumes): void {
    for (const { volume } of bindings) this.volumes.restore(volume);
    for (const claim of provisioned) this.claims.restore(claim);
  }

  /** Writes what was assumed and resolves when all claims are bound. @throws Error where that fails or takes too long */
  async bind(pod: Pod, node: string, { bindings, provisioned }: PodVolumes): Promise<void> {
    const { client, context } = this.handle;
    const writtenBindings: StaticBinding[] = [];
    const written: PersistentVolumeClaim[] = [];
    for (const { volume, claim } of bindings) {
      writtenBindings.push({ volume: await client.resource<PersistentVolume>(persistentVolumes).update('', volume), claim });
    }
    for (const claim of provisioned) {
      written.push(await client.resource<PersistentVolumeClaim>(persistentVolumeClaims).update(claim.metadata!.namespace!, claim));
    }
    await new Promise<void>((resolve, reject) => {
      const finish = (end: () => void) => {
        this.waiters.delete(check);
        timer.cancel();
        context.signal.removeEventListener('abort', stop);
        end();
      };
      const check = () => {
        try {
          if (this.areBound(pod, node, writtenBindings, written)) finish(resolve);
        } catch (error) {
          finish(() => reject(new Error(`binding volumes: ${(error as Error).message}`)));
        }
      };
      const stop = () => finish(() => reject(context.signal.reason));
      const timer = context.clock.timer(this.timeout, () => finish(() => reject(new Error('binding volumes: context deadline exceeded'))), {
        background: true,
      });
      context.signal.addEventListener('abort', stop, { once: true });
      this.waiters.add(check);
      check();
    });
  }

  private waitsForPod(claim: PersistentVolumeClaim): boolean {
    const name = storageClassOf(claim);
    return name !== '' && this.classes.get('', name)?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  private obstacleToProvisioning(claims: readonly PersistentVolumeClaim[], node: Node): string | undefined {
    for (const claim of claims) {
      const { namespace, name } = claim.metadata!;
      const className = storageClassOf(claim);
      if (className === '') throw new Error(`no class for claim "${namespace}/${name}"`);
      const storageClass = this.classes.get('', className);
      if (!storageClass) throw new Error(`failed to find storage class "${className}"`);
      const { provisioner, allowedTopologies } = storageClass;
      if (!provisioner || provisioner === noProvisioner || !allowsTopology(allowedTopologies, node)) return noVolumes;
      if (!this.hasCapacity(claim, storageClass, node)) return 'node(s) did not have enough free storage';
    }
    return undefined;
  }

  /** Drivers that publish how much they have left are taken at their word (KEP-1472). */
  private hasCapacity(claim: PersistentVolumeClaim, { metadata, provisioner }: StorageClass, node: Node): boolean {
    const requested = claim.spec!.resources?.requests?.storage;
    if (requested === undefined || !this.drivers.get('', provisioner)?.spec.storageCapacity) return true;
    for (const capacity of this.capacities.list()) {
      const limit = capacity.maximumVolumeSize ?? capacity.capacity;
      if (capacity.storageClassName !== metadata!.name || limit === undefined || !capacity.nodeTopology) continue;
      if (parseQuantity(limit).compare(parseQuantity(requested)) < 0) continue;
      if (selectorOf(capacity.nodeTopology as LabelSelectorObject).matches(node.metadata!.labels)) return true;
    }
    return false;
  }

  private areBound(pod: Pod, nodeName: string, bindings: readonly StaticBinding[], provisioned: readonly PersistentVolumeClaim[]): boolean {
    if (!this.handle.latest(pod)) throw new Error(`pod does not exist any more: pod "${pod.metadata!.name}" not found`);
    const node = this.handle.cluster.node(nodeName)?.node;
    if (!node) throw new Error(`failed to get node "${nodeName}": node "${nodeName}" not found`);
    const { labels } = node.metadata!;
    const usable = (volume: PersistentVolume) => {
      if (!isUsableOn(volume, labels))
        throw new Error(`pv "${volume.metadata!.name}" node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`);
    };
    for (const { volume, claim } of bindings) {
      const name = volume.metadata!.name!;
      const present = this.volumeLister.get('', name);
      if (!present) throw new Error(`failed to check binding: could not find v1.PersistentVolume "${name}"`);
      if (isOlder(present, volume)) return false;
      usable(present);
      if (!present.spec?.claimRef?.uid) throw new Error(`ClaimRef got reset for pv "${name}"`);
      if (!isFullyBound(this.claimNow(claim, 'failed to check binding'))) return false;
    }
    for (const claim of provisioned) {
      const present = this.claimNow(claim, 'failed to check provisioning pvc');
      if (isOlder(present, claim)) return false;
      const { name, annotations } = present.metadata!;
      if (!annotations) throw new Error(`selectedNode annotation reset for PVC "${name}"`);
      if (annotations[selectedNode] !== nodeName) throw new Error(`provisioning failed for PVC "${name}"`);
      if (present.spec!.volumeName) {
        const volume = this.volumeLister.get('', present.spec!.volumeName);
        if (!volume) return false;
        usable(volume);
      }
      if (!isFullyBound(present)) return false;
    }
    return true;
  }

  private claimNow({ metadata }: PersistentVolumeClaim, what: string): PersistentVolumeClaim {
    const { namespace, name } = metadata!;
    const claim = this.claimLister.get(namespace!, name!);
    if (!claim) throw new Error(`${what}: could not find v1.PersistentVolumeClaim "${namespace}/${name}"`);
    return claim;
  }
}

const noVolumes = "node(s) didn't find available persistent volumes to bind";

function sorted(reasons: readonly string[]): string[] {
  // In upstream's order of checks.
  const order = [
    "node(s) didn't match PersistentVolume's node affinity",
    noVolumes,
    'node(s) did not have enough free storage',
    'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
  ];
  return order.filter((reason) => reasons.includes(reason));
}

function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return Boolean(spec?.volumeName) && metadata!.annotations?.[bindCompleted] !== undefined;
}

function isOlder(a: PersistentVolume | PersistentVolumeClaim, b: PersistentVolume | PersistentVolumeClaim): boolean {
  return Number(a.metadata!.resourceVersion) < Number(b.metadata!.resourceVersion);
}

/** @throws Error where a claim only has the name of one that is made for a pod's ephemeral volume */
export function assertMadeFor(pod: Pod, claim: PersistentVolumeClaim): void {
  if (isControlledBy(claim, pod)) return;
  const { namespace, name } = pod.metadata!;
  throw new Error(`PVC ${namespace}/${claim.metadata!.name} was not created for pod ${namespace}/${name} (pod is not owner)`);
}

function boundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { name, namespace, uid, resourceVersion } = claim.metadata!;
  const reference = volume.spec!.claimRef;
  const byUser = isVolumeBoundToClaim(volume, claim);
  const referenced = reference?.name === name && reference?.namespace === namespace && reference?.uid === uid;
  if (referenced && (byUser || volume.metadata!.annotations?.[boundByController] !== undefined)) return volume;
  const claimRef = referenced ? reference : { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
  const annotations = byUser ? volume.metadata!.annotations : { ...volume.metadata!.annotations, [boundByController]: 'yes' };
  return { ...volume, metadata: { ...volume.metadata, ...(annotations ? { annotations } : {}) }, spec: { ...volume.spec!, claimRef } };
}

function allowsTopology(terms: readonly TopologySelectorTerm[] | undefined, { metadata }: Node): boolean {
  if (!terms?.length) return true;
  const labels = metadata!.labels ?? {};
  return terms.some(
    ({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.length > 0 &&
      matchLabelExpressions.every(({ key, values }) => labels[key] !== undefined && values.includes(labels[key])),
  );
}
