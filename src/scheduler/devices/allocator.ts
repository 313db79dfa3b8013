import { parseQuantity, type Quantity } from '../../../api/meta/quantity.ts';
import type {
  AllocationResult,
  DeviceClass,
  DeviceRequestAllocationResult,
  DeviceTaint,
  Node,
  NodeSelectorRequirement,
  ResourceSlice,
  ResourceV1ResourceClaim,
} from '../../../openapi/types.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import type { Random } from '../../machinery/random.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { AllocatedDevices } from './allocated-devices.ts';
import { addCapacities, type Capacities, capacityTaken, hasLeft } from './capacity.ts';
import { type Constraint, constraintFor } from './constraints.ts';
import { type Pool, type PoolDevice, poolsFor, reaches } from './pools.ts';
import { type Alternative, alternativesOf, claimText, requestsOfClaim } from './requests.ts';
import type { DeviceSelectorCompiler } from './selectors.ts';

/** A claim cannot have more devices than this. */
const mostDevices = 32;

/** No allocation is possible on this node for a reason that should be told. */
export class AllocationImpossible extends Error {}

export interface AllocatorSources {
  readonly allocated: AllocatedDevices;
  readonly slices: readonly ResourceSlice[];
  readonly classOf: (name: string) => DeviceClass | undefined;
  readonly compileSelector: DeviceSelectorCompiler;
  readonly random: Random;
}

/** One request of one claim, with the ways of fulfilling it and, of those that want all devices, which these are. */
interface Position {
  readonly claim: number;
  readonly alternatives: readonly {
    readonly alternative: Alternative;
    readonly deviceClass: DeviceClass;
    readonly all?: readonly PoolDevice[];
  }[];
}

interface Taken {
  readonly claim: number;
  readonly alternative: Alternative;
  readonly device: PoolDevice;
  /** Where the device is shared: what is taken of it. */
  readonly share?: Capacities;
}

/**
 * Gives devices to claims on one node: the first combination, in the order of requests and devices, in which every request has devices that its class and
 * selectors choose, every constraint holds, and nothing is given twice (KEP-4381).
 */
export class Allocation {
  private readonly sources: AllocatorSources;
  private readonly node: Node;
  private readonly claims: readonly ResourceV1ResourceClaim[];
  private readonly pools: readonly Pool[];
  private readonly positions: Position[] = [];
  private readonly constraints: readonly (readonly Constraint[])[];
  private readonly taken: Taken[] = [];
  /** The alternative that was chosen at each position. */
  private readonly chosen: number[] = [];
  private readonly shared = new Map<string, Capacities>();
  private readonly selected = new Map<string, boolean>();
  private readonly counters = new Map<Pool, Map<string, Quantity>>();

  constructor(sources: AllocatorSources, node: Node, claims: readonly ResourceV1ResourceClaim[]) {
    this.sources = sources;
    this.node = node;
    this.claims = claims;
    this.pools = poolsFor(node, sources.slices);
    this.constraints = claims.map(({ spec }) => (spec.devices?.constraints ?? []).map(constraintFor));
  }

  /** @returns an allocation for each claim, or undefined. @throws AllocationImpossible where another node may do, Error where the claim, its class or its devices are not in order */
  run(): AllocationResult[] | undefined {
    for (const [claim, object] of this.claims.entries()) {
      let least = 0;
      for (const request of requestsOfClaim(object)) {
        const position = { claim, alternatives: alternativesOf(request).map((alternative) => this.prepare(object, alternative)) };
        this.positions.push(position);
        least += Math.min(...position.alternatives.map(({ alternative, all }) => all?.length ?? alternative.count));
      }
      if (least > mostDevices)
        throw new Error(`claim ${claimText(object)}: number of requested devices ${least} exceeds the claim limit of ${mostDevices}`);
    }
    if (this.fulfil(0)) return this.claims.map((_, claim) => this.result(claim));
    if (this.pools.some(({ state }) => state === 'invalid')) throw new AllocationImpossible('invalid resource pools were encountered');
    return undefined;
  }

  private prepare(claim: ResourceV1ResourceClaim, alternative: Alternative): Position['alternatives'][number] {
    const deviceClass = this.sources.classOf(alternative.deviceClassName);
    const where = this.where(claim, alternative);
    if (!deviceClass) {
      const { deviceClassName: name } = alternative;
      throw new Error(`${where}: could not retrieve device class ${name}: deviceclass.resource.k8s.io "${name}" not found`);
    }
    if (alternative.allocationMode !== 'All') return { alternative, deviceClass };
    for (const { driver, name, state } of this.pools) {
      if (state === 'complete') continue;
      const how = state === 'invalid' ? 'invalid' : 'being updated';
      throw new Error(`${where}: asks for all devices, but resource pool ${driver}/${name} is currently ${how}`);
    }
    const all = this.pools
      .flatMap(({ devices }) => devices)
      .filter((device) => this.isSelected(claim, alternative, deviceClass, device) && this.amountsOf(device, alternative));
    return { alternative, deviceClass, all };
  }

  private where(claim: ResourceV1ResourceClaim, alternative: Alternative): string {
    return `claim ${claimText(claim)}, request ${nameWithin(alternative)}`;
  }

  private fulfil(position: number): boolean {
    const { alternatives = [] } = this.positions[position] ?? {};
    if (position === this.positions.length) return true;
    for (const [i, { alternative, all }] of alternatives.entries()) {
      this.chosen[position] = i;
      if (all && all.length === 0) continue;
      const count = all?.length ?? alternative.count;
      const { claim } = this.positions[position]!;
      if (this.taken.filter((taken) => taken.claim === claim).length + count > mostDevices) continue;
      if (all ? this.takeAll(position, i, 0) : this.takeSome(position, i, count, 0)) return true;
    }
    return false;
  }

  private takeAll(position: number, choice: number, from: number): boolean {
    const { claim, alternatives } = this.positions[position]!;
    const { alternative, all } = alternatives[choice]!;
    if (from === all!.length) return this.fulfil(position + 1);
    const device = all![from]!;
    const undo = this.take(claim, alternative, device, () => {
      const reason = 'because a claim constraint would not be satisfied';
      throw new Error(`${this.where(this.claims[claim]!, alternative)}: cannot add device ${device.id} ${reason}`);
    });
    if (!undo) return false;
    if (this.takeAll(position, choice, from + 1)) return true;
    undo();
    return false;
  }

  /** @param from the first device to look at: of devices that are the same to a request, only one order is tried */
  private takeSome(position: number, choice: number, missing: number, from: number): boolean {
    if (missing === 0) return this.fulfil(position + 1);
    const { claim, alternatives } = this.positions[position]!;
    const { alternative, deviceClass } = alternatives[choice]!;
    const candidates = this.candidates;
    for (let i = from; i < candidates.length; i++) {
      const device = candidates[i]!;
      if (!this.isFree(claim, alternative, device)) continue;
      if (!this.isSelected(this.claims[claim]!, alternative, deviceClass, device)) continue;
      const undo = this.take(claim, alternative, device);
      if (!undo) continue;
      if (this.takeSome(position, choice, missing - 1, i + 1)) return true;
      undo();
    }
    return false;
  }

  private get candidates(): readonly PoolDevice[] {
    this.allDevices ??= this.pools.filter(({ state }) => state === 'complete').flatMap(({ devices }) => devices);
    return this.allDevices;
  }
  private allDevices: readonly PoolDevice[] | undefined;

  private isFree(claim: number, { adminAccess }: Alternative, { id, device }: PoolDevice): boolean {
    const isTakenBy = (who: (taken: Taken) => boolean) => this.taken.some((taken) => taken.device.id === id && !taken.share && who(taken));
    if (adminAccess) return device.allowMultipleAllocations === true || !isTakenBy((taken) => taken.claim === claim);
    return !this.sources.allocated.isHeld(id) && !isTakenBy(() => true);
  }

  /** @returns how to give the device back; undefined where it cannot be taken. `unfit` is called first where it is a constraint that forbids it */
  private take(claim: number, alternative: Alternative, device: PoolDevice, unfit?: () => never): (() => void) | undefined {
    const { allocated } = this.sources;
    const { id, device: published, pool } = device;
    if (!this.isFree(claim, alternative, device) || isTainted(published.taints, alternative)) return undefined;
    const amounts = this.amountsOf(device, alternative);
    if (!amounts) return undefined;
    const isShared = published.allowMultipleAllocations === true;
    // The first who shares a device draws its counters for all.
    const draws = !(isShared && (allocated.capacity(id) || this.shared.has(id)));
    if (draws && !this.draw(pool, device, 1)) return undefined;
    const added: Constraint[] = [];
    const undo = () => {
      for (const constraint of added.reverse()) constraint.remove(alternative);
      if (draws) this.draw(pool, device, -1);
    };
    for (const constraint of this.constraints[claim]!) {
      if (!constraint.add(alternative, published, pool.driver)) {
        undo();
        return unfit?.();
      }
      added.push(constraint);
    }
    const before = this.shared.get(id);
    if (isShared) this.shared.set(id, addCapacities(before, amounts));
    this.taken.push({ claim, alternative, device, ...(isShared ? { share: amounts } : {}) });
    return () => {
      this.taken.pop();
      if (before) this.shared.set(id, before);
      else this.shared.delete(id);
      undo();
    };
  }

  /** What the request takes of the device's capacities; undefined where it does not give out that much, or has no longer that much left. */
  private amountsOf({ id, device }: PoolDevice, { capacity }: Alternative): Capacities | undefined {
    const amounts = capacityTaken(device, capacity);
    return amounts && hasLeft(device, amounts, this.sources.allocated.capacity(id), this.shared.get(id)) ? amounts : undefined;
  }

  /** Takes what the device draws from its pool's counters (KEP-4815), or gives it back. */
  private draw(pool: Pool, { device }: PoolDevice, sign: 1 | -1): boolean {
    if (!device.consumesCounters?.length) return true;
    const left = this.countersOf(pool);
    let enough = true;
    for (const [name, amount] of drawnBy(device)) {
      const rest = left.get(name)!.sub(sign === 1 ? amount : amount.negate());
      left.set(name, rest);
      if (rest.sign() < 0) enough = false;
    }
    if (!enough && sign === 1) this.draw(pool, { device } as PoolDevice, -1);
    return enough;
  }

  private countersOf(pool: Pool): Map<string, Quantity> {
    let left = this.counters.get(pool);
    if (left) return left;
    left = new Map();
    for (const [set, counters] of pool.counters) {
      for (const [name, { value }] of Object.entries(counters)) left.set(`${set}/${name}`, parseQuantity(value));
    }
    for (const { id, device } of [...pool.devices, ...pool.others]) {
      if (!this.sources.allocated.isUsed(id)) continue;
      for (const [name, amount] of drawnBy(device)) left.set(name, left.get(name)!.sub(amount));
    }
    this.counters.set(pool, left);
    return left;
  }

  private isSelected(claim: ResourceV1ResourceClaim, alternative: Alternative, deviceClass: DeviceClass, device: PoolDevice): boolean {
    const key = `${claim.metadata!.uid} ${alternative.name} ${device.id}`;
    let selected = this.selected.get(key);
    if (selected === undefined) {
      const { device: published, slice } = device;
      selected =
        this.matches(deviceClass.spec.selectors, `class ${deviceClass.metadata!.name}`, device) &&
        this.matches(alternative.selectors, `claim ${claimText(claim)}`, device) &&
        (!slice.spec.perDeviceNodeSelection || reaches(this.node, published.nodeName, published.allNodes, published.nodeSelector));
      this.selected.set(key, selected);
    }
    return selected;
  }

  private matches(selectors: Alternative['selectors'] | undefined, of: string, { device, pool }: PoolDevice): boolean {
    for (const [i, { cel }] of (selectors ?? []).entries()) {
      let matches: ReturnType<DeviceSelectorCompiler>;
      try {
        matches = this.sources.compileSelector(cel?.expression ?? '');
      } catch (error) {
        throw new Error(`${of}: selector #${i}: CEL compile error: ${messageOf(error)}`);
      }
      try {
        if (!matches({ driver: pool.driver, device })) return false;
      } catch (error) {
        throw new Error(`${of}: selector #${i}: CEL runtime error: ${messageOf(error)}`);
      }
    }
    return true;
  }

  private result(claim: number): AllocationResult {
    const taken = this.taken.filter((each) => each.claim === claim);
    const results = taken.map(({ alternative, device, share }): DeviceRequestAllocationResult => {
      const { bindingConditions, bindingFailureConditions, name: deviceName } = device.device;
      const consumed = share && Object.fromEntries([...share].map(([name, amount]) => [name, amount.toString()]));
      return {
        request: alternative.name,
        driver: device.pool.driver,
        pool: device.pool.name,
        device: deviceName,
        ...(alternative.adminAccess ? { adminAccess: true } : {}),
        ...(alternative.tolerations.length > 0 ? { tolerations: [...alternative.tolerations] } : {}),
        ...(bindingConditions ? { bindingConditions } : {}),
        ...(bindingFailureConditions ? { bindingFailureConditions } : {}),
        ...(share ? { shareID: this.sources.random.uuid() } : {}),
        ...(consumed && Object.keys(consumed).length > 0 ? { consumedCapacity: consumed } : {}),
      };
    });
    const config = this.configuration(claim);
    const nodeSelector = this.nodeSelector(taken);
    return {
      devices: { ...(results.length > 0 ? { results } : {}), ...(config.length > 0 ? { config } : {}) },
      ...(nodeSelector ? { nodeSelector } : {}),
    } as AllocationResult;
  }

  /** The classes' parameters, each once for all requests of the class, then the claim's own as far as they concern what was chosen. */
  private configuration(claim: number): { source: string; requests?: string[] }[] {
    const byClass = new Map<string, { source: string; requests: string[] }[]>();
    const chosen = new Set<string>();
    for (const [i, position] of this.positions.entries()) {
      if (position.claim !== claim) continue;
      const { alternative, deviceClass } = position.alternatives[this.chosen[i]!]!;
      chosen.add(alternative.requestName).add(alternative.name);
      const name = deviceClass.metadata!.name!;
      const present = byClass.get(name);
      if (present) for (const entry of present) entry.requests.push(alternative.name);
      else
        byClass.set(
          name,
          (deviceClass.spec.config ?? []).map((own) => ({ ...own, source: 'FromClass', requests: [alternative.name] })),
        );
    }
    const own = (this.claims[claim]!.spec.devices?.config ?? [])
      .filter(({ requests }) => !requests?.length || requests.some((request) => chosen.has(request)))
      .map((entry) => ({ ...entry, source: 'FromClaim' }));
    return [...[...byClass.values()].flat(), ...own];
  }

  /** Where the devices can be used: on this node alone as soon as one of them can only be used here. */
  private nodeSelector(taken: readonly Taken[]): AllocationResult['nodeSelector'] {
    const matchFields: NodeSelectorRequirement[] = [];
    const matchExpressions: NodeSelectorRequirement[] = [];
    for (const { device } of taken) {
      const { nodeName, nodeSelector } = device.slice.spec.perDeviceNodeSelection ? device.device : device.slice.spec;
      if (nodeName || device.device.bindsToNode) {
        const here = { key: 'metadata.name', operator: 'In', values: [this.node.metadata!.name!] };
        return { nodeSelectorTerms: [{ matchFields: [here] }] };
      }
      const [term] = nodeSelector?.nodeSelectorTerms ?? [];
      for (const requirement of term?.matchFields ?? []) addOnce(matchFields, requirement);
      for (const requirement of term?.matchExpressions ?? []) addOnce(matchExpressions, requirement);
    }
    if (matchFields.length === 0 && matchExpressions.length === 0) return undefined;
    const term = { ...(matchFields.length > 0 ? { matchFields } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) };
    return { nodeSelectorTerms: [term] };
  }
}

/** The name that messages use: an alternative's own, without the request's. */
function nameWithin({ name, requestName }: Alternative): string {
  return name === requestName ? name : name.slice(requestName.length + 1);
}

function* drawnBy({ consumesCounters = [] }: PoolDevice['device']): Iterable<[string, Quantity]> {
  for (const { counterSet, counters } of consumesCounters) {
    for (const [name, { value }] of Object.entries((counters ?? {}) as unknown as Record<string, { value: string }>))
      yield [`${counterSet}/${name}`, parseQuantity(value)];
  }
}

function isTainted(taints: readonly DeviceTaint[] | undefined, { tolerations }: Alternative): boolean {
  return (taints ?? []).some(
    (taint) =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !tolerations.some(({ key, operator = 'Equal', value = '', effect }) => {
        if ((effect && effect !== taint.effect) || (key && key !== taint.key)) return false;
        return operator === 'Exists' || (operator === 'Equal' && value === (taint.value ?? ''));
      }),
  );
}

function addOnce(requirements: NodeSelectorRequirement[], requirement: NodeSelectorRequirement): void {
  if (!requirements.some((present) => sameJson(present, requirement))) requirements.push(requirement);
}
