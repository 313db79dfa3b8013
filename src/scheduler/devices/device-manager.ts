import { deviceClass as deviceClasses } from '../../../api/resource.k8s.io/v1/deviceclass.ts';
import { classesByResource } from '../../../api/resource.k8s.io/v1/extended-resources.ts';
import { resourceClaim as resourceClaims } from '../../../api/resource.k8s.io/v1/resourceclaim.ts';
import { resourceSlice as resourceSlices } from '../../../api/resource.k8s.io/v1/resourceslice.ts';
import type { DeviceClass, Pod, ResourceSlice, ResourceV1ResourceClaim } from '../../../openapi/types.ts';
import type { Random } from '../../machinery/random.ts';
import { AssumeCache } from '../assume-cache.ts';
import type { Lister, Listers } from '../handle.ts';
import { AllocatedDevices } from './allocated-devices.ts';
import type { AllocatorSources } from './allocator.ts';
import { isExtendedClaimOf } from './extended-resources.ts';
import type { DeviceSelectorCompiler } from './selectors.ts';

/** Claims, slices and classes, and which devices are given away: one for all profiles, so that none gives away what another has given. */
export class DeviceManager {
  readonly claims: AssumeCache<ResourceV1ResourceClaim>;
  private readonly claimLister: Lister<ResourceV1ResourceClaim>;
  private readonly slices: Lister<ResourceSlice>;
  private readonly classes: Lister<DeviceClass>;
  private readonly allocated = new AllocatedDevices();
  /** Claims with the allocation that will be written to them. */
  private readonly pending = new Map<string, ResourceV1ResourceClaim>();
  private readonly compileSelector: DeviceSelectorCompiler;
  private readonly random: Random;
  private readonly waiters = new Set<() => void>();
  private byResource: ReadonlyMap<string, DeviceClass> | undefined;

  constructor(listers: Listers, compileSelector: DeviceSelectorCompiler, random: Random) {
    this.compileSelector = compileSelector;
    this.random = random;
    this.slices = listers.for<ResourceSlice>(resourceSlices);
    this.classes = listers.for<DeviceClass>(deviceClasses);
    const forget = () => {
      this.byResource = undefined;
    };
    this.classes.addHandler({ added: forget, updated: forget, deleted: forget });
    const lister = listers.for<ResourceV1ResourceClaim>(resourceClaims);
    this.claimLister = lister;
    this.claims = new AssumeCache(lister);
    lister.addHandler({
      added: (claim) => this.changed(claim, undefined),
      updated: (claim, old) => this.changed(claim, old),
      deleted: (claim) => this.changed(undefined, claim),
    });
  }

  classOf(name: string): DeviceClass | undefined {
    return this.classes.get('', name);
  }

  /** The class that serves a resource which containers ask for by name; undefined where none does. */
  classServing(resource: string): DeviceClass | undefined {
    this.byResource ??= classesByResource(this.classes.list());
    return this.byResource.get(resource);
  }

  /** The claim that was made for what the pod's containers ask for by the names of resources. */
  extendedClaimOf(pod: Pod): ResourceV1ResourceClaim | undefined {
    for (const claim of this.claimLister.list(pod.metadata!.namespace!)) if (isExtendedClaimOf(claim, pod)) return claim;
    return undefined;
  }

  allocatorSources(): AllocatorSources {
    return {
      allocated: this.allocated,
      slices: [...this.slices.list()],
      classOf: (name) => this.classOf(name),
      compileSelector: this.compileSelector,
      random: this.random,
    };
  }

  isPending(uid: string): boolean {
    return this.pending.has(uid);
  }

  /** The devices of the claim's allocation are given away from now on. */
  startAllocation(claim: ResourceV1ResourceClaim): void {
    this.pending.set(claim.metadata!.uid!, claim);
    this.allocated.count(claim, 1);
  }

  /** @returns whether there was one that had not been written */
  cancelAllocation(uid: string): boolean {
    const claim = this.pending.get(uid);
    if (!claim) return false;
    this.pending.delete(uid);
    this.allocated.count(claim, -1);
    return true;
  }

  /** Calls back after each change of a claim. Returns a function that ends it. */
  onChange(waiter: () => void): () => void {
    this.waiters.add(waiter);
    return () => this.waiters.delete(waiter);
  }

  private changed(claim: ResourceV1ResourceClaim | undefined, old: ResourceV1ResourceClaim | undefined): void {
    if (old) this.allocated.count(old, -1);
    if (claim) this.allocated.count(claim, 1);
    if (!claim || claim.status?.allocation) this.cancelAllocation((claim ?? old)!.metadata!.uid!);
    for (const waiter of [...this.waiters]) waiter();
  }
}
