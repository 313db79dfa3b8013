import { jsonText } from '../../../api/meta/json-text.ts';
import type { Device, DeviceAttribute, DeviceConstraint } from '../../../openapi/types.ts';
import type { Alternative } from './requests.ts';

/** What must hold among the devices of a claim. */
export interface Constraint {
  /** @returns whether the device may join those that were added before; it has then */
  add(alternative: Alternative, device: Device, driver: string): boolean;
  /** Takes back the last one that was added. */
  remove(alternative: Alternative): void;
}

export function constraintFor({ matchAttribute, distinctAttribute, requests = [] }: DeviceConstraint): Constraint {
  const concerns = ({ name, requestName }: Alternative) =>
    requests.length === 0 || requests.includes(requestName) || requests.includes(name);
  const attribute = matchAttribute ?? distinctAttribute!;
  const fits = matchAttribute
    ? (value: string, present: readonly string[]) => present.every((other) => other === value)
    : (value: string, present: readonly string[]) => !present.includes(value);
  const values: string[] = [];
  return {
    add(alternative, device, driver) {
      if (!concerns(alternative)) return true;
      const value = attributeOf(device, driver, attribute);
      if (value === undefined || !fits(value, values)) return false;
      values.push(value);
      return true;
    },
    remove(alternative) {
      if (concerns(alternative)) values.pop();
    },
  };
}

/** An attribute's value with its type; attributes without a domain are in the driver's. */
function attributeOf(device: Device, driver: string, name: string): string | undefined {
  const attributes = ((device as any).attributes ?? {}) as Record<string, DeviceAttribute>;
  const slash = name.indexOf('/');
  const value = attributes[name] ?? (slash >= 0 && name.slice(0, slash) === driver ? attributes[name.slice(slash + 1)] : undefined);
  const [entry] = Object.entries(value ?? {});
  return entry && jsonText(entry);
}
