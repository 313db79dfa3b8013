import { invalid as invalidField } from '../../../api/meta/field.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { KeyExistsError, RevisionConflictError } from '../../storage/errors.ts';
import { decodeStored } from '../../storage/object-codec.ts';
import { prefixEnd } from '../../storage/storage.ts';
import { ApiError, internalError } from '../errors.ts';
import { type Allocation, type Allocator, noAllocation } from './allocator.ts';
import type { AllocatorParts } from './index.ts';
import { type ServiceSpec, serviceInvalid } from './service-spec.ts';

// One key for each port that is taken; what it holds says by whom, so that what a crash left behind is recognized.
const prefix = '/registry/ranges/servicenodeports/';
const randomAttempts = 8;
/** What a dry run counts up from: it takes no port, and shows one that no Service gets. */
const dummyPort = 32768;
/** For so long a port may be taken whose Service is not yet written. */
const leakAgeMs = 60_000;

class TakenError extends Error {}

/** Gives Services their node ports. A port is taken by creating its key, which only one of all API servers can. */
export class NodePorts implements Allocator {
  readonly name = 'nodePort';
  private readonly parts: AllocatorParts;
  private readonly first: number;
  private readonly last: number;
  private readonly reserved: number;

  constructor(parts: AllocatorParts) {
    this.parts = parts;
    [this.first, this.last] = parts.settings.nodePortRange;
    const size = this.last - this.first + 1;
    // The lowest are left to those who ask for them by number: a thirty-second, but from 16 to 128.
    this.reserved = size <= 16 ? 0 : Math.min(128, Math.max(16, Math.floor(size / 32)));
  }

  async begin(service: KubeObject, old: KubeObject | undefined, dryRun: boolean): Promise<Allocation> {
    const spec: ServiceSpec = (service['spec'] ??= {});
    const oldSpec: ServiceSpec | undefined = old?.['spec'];
    const held = oldSpec ? portsOf(oldSpec) : new Set<number>();
    if (held.size === 0 && !wantsPorts(spec) && !needsHealthCheck(spec)) return noAllocation;
    const taken: number[] = [];
    const rollback = async () => {
      if (!dryRun) for (const port of taken) await this.free(port);
    };
    try {
      await this.fill(service, spec, held, taken, dryRun, old === undefined);
      if (needsHealthCheck(spec) && !(oldSpec && needsHealthCheck(oldSpec))) await this.fillHealthCheck(service, spec, held, taken, dryRun);
    } catch (error) {
      await rollback();
      throw error;
    }
    return { rollback, commit: () => this.freeUnused(held, portsOf(spec), dryRun) };
  }

  async release(service: KubeObject): Promise<void> {
    for (const port of portsOf(service['spec'] ?? {})) await this.free(port);
  }

  private async freeUnused(before: ReadonlySet<number>, after: ReadonlySet<number>, dryRun: boolean): Promise<void> {
    if (dryRun) return;
    for (const port of before) if (!after.has(port)) await this.free(port);
  }

  private async fill(
    service: KubeObject,
    spec: ServiceSpec,
    held: ReadonlySet<number>,
    taken: number[],
    dryRun: boolean,
    creates: boolean,
  ): Promise<void> {
    const has = (port: number) => held.has(port) || taken.includes(port);
    // Ports of one number (for TCP and UDP) share a node port in a new Service.
    const byPort = new Map<number, number>();
    const allocated = new Map<number, number>();
    const used = new Set<string>();
    for (const port of spec.ports ?? []) if (port.nodePort && !byPort.has(port.port)) byPort.set(port.port, port.nodePort);
    if (wantsPorts(spec)) {
      for (const [i, port] of (spec.ports ?? []).entries()) {
        if (!port.nodePort && !allocatesAlways(spec)) continue;
        const wanted = port.nodePort || (creates && byPort.get(port.port));
        const isRepeated = creates && allocated.get(port.port) !== wanted;
        if (wanted && (isRepeated || !has(wanted))) await this.takeExactly(service, i, wanted, taken, dryRun);
        port.nodePort = wanted || (await this.takeAny(service, has, taken, dryRun));
        const key = `{${port.protocol} ${port.nodePort}}`;
        if (!creates && used.has(key)) throw new ApiError(500, '', `duplicate nodePort: ${key}`);
        used.add(key);
        byPort.set(port.port, port.nodePort);
        allocated.set(port.port, port.nodePort);
      }
    }
  }

  private async fillHealthCheck(
    service: KubeObject,
    spec: ServiceSpec,
    held: ReadonlySet<number>,
    taken: number[],
    dryRun: boolean,
  ): Promise<void> {
    const has = (port: number) => held.has(port) || taken.includes(port);
    const wanted = spec.healthCheckNodePort;
    if (!wanted) {
      spec.healthCheckNodePort = await this.takeAny(service, has, taken, dryRun);
      return;
    }
    if (has(wanted)) return;
    try {
      await this.take(service, wanted, taken, dryRun);
    } catch (error) {
      if (!(error instanceof TakenError)) throw error;
      throw internalError(`failed to allocate requested HealthCheck NodePort ${wanted}: ${error.message}`);
    }
  }

  private async takeExactly(service: KubeObject, index: number, port: number, taken: number[], dryRun: boolean): Promise<void> {
    try {
      await this.take(service, port, taken, dryRun);
    } catch (error) {
      if (!(error instanceof TakenError)) throw error;
      throw serviceInvalid(service, [invalidField(`spec.ports[${index}].nodePort`, port, error.message)]);
    }
  }

  private async take(service: KubeObject, port: number, taken: number[], dryRun: boolean): Promise<void> {
    // A dry run looks only at what is taken.
    if (!dryRun && (port < this.first || port > this.last)) {
      throw new TakenError(`provided port is not in the valid range. The range of valid ports is ${this.first}-${this.last}`);
    }
    const free = taken.includes(port) ? false : dryRun ? !(await this.parts.storage.get(keyOf(port))) : await this.claim(service, port);
    if (!free) throw new TakenError('provided port is already allocated');
    taken.push(port);
  }

  private async takeAny(service: KubeObject, has: (port: number) => boolean, taken: number[], dryRun: boolean): Promise<number> {
    if (dryRun) {
      // Of 32 bits, as ports are: it begins anew below zero.
      const port = (Math.max(dummyPort, ...taken) + 1) | 0;
      taken.push(port);
      return port;
    }
    for await (const port of this.candidates()) {
      if (has(port) || !(await this.claim(service, port))) continue;
      taken.push(port);
      return port;
    }
    throw internalError('failed to allocate a nodePort: range is full');
  }

  // A few at random; when the range is crowded, all that are free now, the reserved ones last.
  private async *candidates(): AsyncGenerator<number> {
    const low = this.first + this.reserved;
    const size = this.last - low + 1;
    for (let i = 0; i < randomAttempts; i++) yield low + Math.floor(this.parts.random.next() * size);
    const { entries } = await this.parts.storage.range(prefix, prefixEnd(prefix));
    const used = new Set(entries.map((entry) => Number(entry.key.slice(prefix.length))));
    for (let port = low; port <= this.last; port++) if (!used.has(port)) yield port;
    for (let port = this.first; port < low; port++) if (!used.has(port)) yield port;
  }

  private async claim(service: KubeObject, port: number): Promise<boolean> {
    const { namespace = '', name = '' } = service.metadata ?? {};
    const value = Buffer.from(JSON.stringify({ namespace, name, at: this.parts.clock.now() }));
    try {
      await this.parts.storage.create(keyOf(port), value);
      return true;
    } catch (error) {
      if (!(error instanceof KeyExistsError)) throw error;
      return this.takeOver(port, value);
    }
  }

  // A port whose owner never came into being, or is gone, is free again.
  private async takeOver(port: number, value: Uint8Array): Promise<boolean> {
    const { storage, clock } = this.parts;
    const entry = await storage.get(keyOf(port));
    if (!entry) return false;
    const owner = JSON.parse(Buffer.from(entry.value).toString()) as { namespace: string; name: string; at: number };
    if (clock.now() - owner.at < leakAgeMs) return false;
    const store = this.parts.registry().storeOf('', 'v1', 'services');
    const service = await storage.get(store.key(owner.namespace, owner.name));
    if (service && portsOf(decodeStored(service.key, service.value, service.modRevision).object['spec'] ?? {}).has(port)) return false;
    try {
      await storage.update(keyOf(port), value, entry.modRevision);
      return true;
    } catch (error) {
      if (error instanceof RevisionConflictError) return false;
      throw error;
    }
  }

  private async free(port: number): Promise<void> {
    const { storage } = this.parts;
    for (;;) {
      const entry = await storage.get(keyOf(port));
      if (!entry) return;
      try {
        await storage.delete(keyOf(port), entry.modRevision);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
      }
    }
  }
}

function keyOf(port: number): string {
  return prefix + port;
}

function wantsPorts(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

function allocatesAlways(spec: ServiceSpec): boolean {
  return spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false;
}

function needsHealthCheck(spec: ServiceSpec): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function portsOf(spec: ServiceSpec): Set<number> {
  const ports = new Set<number>();
  for (const { nodePort } of spec.ports ?? []) if (nodePort) ports.add(nodePort);
  if (spec.healthCheckNodePort && needsHealthCheck(spec)) ports.add(spec.healthCheckNodePort);
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') ports.clear();
  return ports;
}
