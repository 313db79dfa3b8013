import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { ResourceV1ResourceClaim } from '../../../openapi/types.ts';
import { addCapacities, type Capacities } from './capacity.ts';
import { deviceId } from './pools.ts';

/** The devices that claims hold: counted with each claim that changes, never gathered anew. */
export class AllocatedDevices {
  private readonly holders = new Map<string, number>();
  private readonly sharers = new Map<string, number>();
  private readonly capacities = new Map<string, Capacities>();

  /** Held by one claim for itself. */
  isHeld(id: string): boolean {
    return this.holders.has(id);
  }

  /** Held, alone or shared. */
  isUsed(id: string): boolean {
    return this.holders.has(id) || this.sharers.has(id);
  }

  capacity(id: string): Capacities | undefined {
    return this.capacities.get(id);
  }

  count({ status }: ResourceV1ResourceClaim, by: 1 | -1): void {
    for (const result of status?.allocation?.devices?.results ?? []) {
      // Those who only look after a device do not take it.
      if (result.adminAccess) continue;
      const id = deviceId(result.driver, result.pool, result.device);
      if (result.shareID === undefined) {
        add(this.holders, id, by);
        continue;
      }
      add(this.sharers, id, by);
      const consumed = Object.entries(((result as any).consumedCapacity ?? {}) as Record<string, string>);
      const taken = new Map(consumed.map(([name, text]) => [name, parseQuantity(text)]));
      if (this.sharers.has(id)) this.capacities.set(id, addCapacities(this.capacities.get(id), taken, by));
      else this.capacities.delete(id);
    }
  }
}

function add(counts: Map<string, number>, id: string, by: number): void {
  const sum = (counts.get(id) ?? 0) + by;
  if (sum === 0) counts.delete(id);
  else counts.set(id, sum);
}
