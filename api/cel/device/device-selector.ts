import type { Device, DeviceAttribute } from '../../../openapi/types.ts';
import { parseQuantity } from '../../meta/quantity.ts';
import { estimateCost } from '../check/cost-estimate.ts';
import { printType } from '../check/types.ts';
import { QuantityValue } from '../library/quantity.ts';
import { parseFixed } from '../library/quantity-fixed.ts';
import { parseSemver } from '../library/semver.ts';
import { CompileError, compileProgram, type Program, perCallLimit } from '../program.ts';
import { CelError } from '../runtime/errors.ts';
import { MapValue, typeName, type Value } from '../runtime/values.ts';
import { deviceEnvironment, deviceSize } from './device-environment.ts';

/** An expression that selects no devices because it is wrong. */
export class DeviceSelectorError extends Error {
  /** Whether it is one of evaluating what is constant. */
  readonly isInternal: boolean;

  constructor(message: string, isInternal = false) {
    super(message);
    this.isInternal = isInternal;
  }
}

export interface DeviceSelector {
  /** The largest cost that an evaluation can have. */
  readonly maxCost: number;
  /** @throws DeviceSelectorError where the expression cannot be evaluated */
  matches(driver: string, device: Device): boolean;
}

/** What an evaluation may cost. */
export const maxDeviceSelectorCost = perCallLimit;

/** @throws DeviceSelectorError where the expression does not compile */
export function compileDeviceSelector(expression: string): DeviceSelector {
  const program = compile(expression);
  return {
    get maxCost() {
      return estimateCost(program.parsed.expression, program.checked, deviceSize).max;
    },
    matches: (driver, device) => evaluate(program, deviceValue(driver, device)),
  };
}

function compile(expression: string): Program {
  try {
    const program = compileProgram(expression, deviceEnvironment);
    // What an attribute holds is not known.
    if (program.type.kind !== 'bool' && program.type.kind !== 'any') {
      throw new DeviceSelectorError(`must evaluate to bool or the unknown type, not ${printType(program.type)}`);
    }
    program.instantiate();
    return program;
  } catch (error) {
    if (error instanceof CompileError) throw new DeviceSelectorError(error.described, error.isInternal);
    throw error;
  }
}

function evaluate(program: Program, device: Value): boolean {
  const outcome = program.evaluate([device], maxDeviceSelectorCost);
  if ('error' in outcome) throw new DeviceSelectorError(outcome.error);
  if (typeof outcome.value === 'boolean') return outcome.value;
  const type = typeName(outcome.value);
  throw new DeviceSelectorError(
    `CEL result of type ${type} could not be converted to bool: unsupported type conversion from '${type}' to bool`,
  );
}

class NamedValues extends MapValue {
  private readonly values: ReadonlyMap<string, Value>;
  private readonly absent: Value | undefined;

  /** @param absent what looking up a name gives that is not there */
  constructor(values: ReadonlyMap<string, Value>, absent?: Value) {
    super();
    this.values = values;
    this.absent = absent;
  }

  get size(): number {
    return this.values.size;
  }

  find(key: Value): Value | undefined {
    return typeof key === 'string' ? (this.values.get(key) ?? this.absent) : this.absent;
  }

  override has(key: Value): boolean {
    return typeof key === 'string' && this.values.has(key);
  }

  keys(): Iterable<string> {
    return this.values.keys();
  }
}

const nothing = new NamedValues(new Map());

// Selectors ask about the same devices again and again. A device is never changed, but one that is described alike may belong to several drivers' slices.
const values = new WeakMap<Device, { readonly driver: string; readonly value: Value }>();

function deviceValue(driver: string, device: Device): Value {
  let known = values.get(device);
  if (known?.driver !== driver) values.set(device, (known = { driver, value: makeDeviceValue(driver, device) }));
  return known.value;
}

function makeDeviceValue(driver: string, { attributes = {}, capacity = {}, allowMultipleAllocations = false }: Device): Value {
  return new NamedValues(
    new Map<string, Value>([
      ['driver', driver],
      ['allowMultipleAllocations', allowMultipleAllocations],
      ['attributes', byDomain(attributes, driver, attributeValue)],
      ['capacity', byDomain(capacity, driver, ({ value }) => quantityValue(String(value)))],
    ]),
  );
}

/** Names without a domain are in the driver's; a domain of which there is nothing is empty. */
function byDomain<T>(named: Readonly<Record<string, T>>, driver: string, convert: (value: T, name: string) => Value): Value {
  const domains = new Map<string, Map<string, Value>>();
  for (const [name, value] of Object.entries(named)) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    const own = [name.slice(slash + 1), convert(value, name)] as const;
    const known = domains.get(domain);
    if (known) known.set(...own);
    else domains.set(domain, new Map([own]));
  }
  return new NamedValues(new Map([...domains].map(([domain, own]) => [domain, new NamedValues(own)])), nothing);
}

function attributeValue({ int, bool, string, version }: DeviceAttribute, name: string): Value {
  if (int !== undefined) return BigInt(int);
  if (bool !== undefined) return bool;
  if (string !== undefined) return string;
  if (version === undefined) throw new DeviceSelectorError(`attribute ${name}: unsupported attribute value`);
  try {
    return parseSemver(version);
  } catch (error) {
    if (error instanceof CelError) throw new DeviceSelectorError(`attribute ${name}: parse semantic version: ${error.message}`);
    throw error;
  }
}

function quantityValue(text: string): QuantityValue {
  return new QuantityValue(parseQuantity(text), parseFixed(text));
}
