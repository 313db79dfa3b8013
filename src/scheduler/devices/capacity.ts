import { parseQuantity, Quantity } from '../../../api/meta/quantity.ts';
import type { Device } from '../../../openapi/types.ts';

/** How much of each of a device's capacities is taken. */
export type Capacities = ReadonlyMap<string, Quantity>;

interface Policy {
  readonly default?: string;
  readonly validRange?: { readonly min?: string; readonly max?: string; readonly step?: string };
  readonly validValues?: readonly string[];
}

/**
 * What a request takes of a device that several may share (KEP-5075): what it asks for, rounded up to what the device gives out; of what it
 * does not mention, the default, or all. @returns undefined where the device does not give out that much
 */
export function capacityTaken(device: Device, requested: Readonly<Record<string, string>>): Map<string, Quantity> | undefined {
  const capacity = ((device as any).capacity ?? {}) as Record<string, { value: string; requestPolicy?: Policy }>;
  if (Object.keys(requested).some((name) => capacity[name] === undefined)) return undefined;
  const taken = new Map<string, Quantity>();
  for (const [name, { value, requestPolicy }] of Object.entries(capacity)) {
    const asked = requested[name];
    const amount = asked === undefined ? parseQuantity(requestPolicy?.default ?? value) : roundedUp(parseQuantity(asked), requestPolicy);
    if (!isGivenOut(amount, requestPolicy) || amount.compare(parseQuantity(value)) > 0) return undefined;
    taken.set(name, amount);
  }
  return taken;
}

/** Whether the device still has what is to be taken. */
export function hasLeft(device: Device, taken: Capacities, ...others: readonly (Capacities | undefined)[]): boolean {
  const capacity = ((device as any).capacity ?? {}) as Record<string, { value: string }>;
  return [...taken].every(([name, amount]) => {
    const total = others.reduce((sum, other) => sum.add(other?.get(name) ?? Quantity.zero), amount);
    return total.compare(parseQuantity(capacity[name]!.value)) <= 0;
  });
}

export function addCapacities(a: Capacities | undefined, b: Capacities, sign: 1 | -1 = 1): Map<string, Quantity> {
  const sum = new Map(a);
  for (const [name, amount] of b) sum.set(name, (sum.get(name) ?? Quantity.zero).add(sign === 1 ? amount : amount.negate()));
  return sum;
}

function roundedUp(asked: Quantity, policy: Policy | undefined): Quantity {
  const min = policy?.validRange?.min;
  if (min !== undefined) {
    const least = parseQuantity(min);
    if (asked.compare(least) < 0) return least;
    const step = policy!.validRange!.step;
    if (step === undefined) return asked;
    const steps = Math.ceil((asked.value() - least.value()) / parseQuantity(step).value());
    return new Quantity(BigInt(least.value() + steps * parseQuantity(step).value()), 0, 'BinarySI');
  }
  return (policy?.validValues ?? []).map(parseQuantity).find((value) => asked.compare(value) <= 0) ?? asked;
}

function isGivenOut(amount: Quantity, policy: Policy | undefined): boolean {
  if (!policy || (policy.default !== undefined && amount.compare(parseQuantity(policy.default)) === 0)) return true;
  if (policy.validRange) {
    const { min = '0', max, step } = policy.validRange;
    if (max !== undefined && amount.compare(parseQuantity(max)) > 0) return false;
    return step === undefined || (amount.value() - parseQuantity(min).value()) % parseQuantity(step).value() === 0;
  }
  return !policy.validValues?.length || policy.validValues.some((value) => parseQuantity(value).compare(amount) === 0);
}
