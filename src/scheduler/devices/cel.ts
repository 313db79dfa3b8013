import { anyType, boolType, type CelType, mapType, stringType, structType } from '../../../api/cel/check/types.ts';
import { kubernetesEnvironment } from '../../../api/cel/library/index.ts';
import { QuantityValue, quantityType } from '../../../api/cel/library/quantity.ts';
import { parseSemver } from '../../../api/cel/library/semver.ts';
import { compileProgram } from '../../../api/cel/program.ts';
import { MapValue, type Value } from '../../../api/cel/runtime/values.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { DeviceAttribute } from '../../../openapi/types.ts';
import type { DeviceSelectorCompiler, SelectedDevice } from './selectors.ts';

const deviceType = structType('kubernetes.DRADevice');
const fields: Readonly<Record<string, CelType>> = {
  driver: stringType,
  allowMultipleAllocations: boolType,
  attributes: mapType(stringType, mapType(stringType, anyType)),
  capacity: mapType(stringType, mapType(stringType, quantityType)),
};

const environment = kubernetesEnvironment.extend({
  variables: [{ name: 'device', type: deviceType }],
  structs: {
    find: (name) =>
      name === deviceType.name
        ? { type: deviceType, field: (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined) }
        : undefined,
  },
});

/** Compilers remember the expressions that they have seen: a cluster has few, and asks for each of them very often. */
export function deviceSelectorCompiler(): DeviceSelectorCompiler {
  const compiled = new Map<string, ReturnType<DeviceSelectorCompiler>>();
  return (expression) => {
    let matches = compiled.get(expression);
    if (!matches) compiled.set(expression, (matches = compile(expression)));
    return matches;
  };
}

function compile(expression: string): ReturnType<DeviceSelectorCompiler> {
  const program = compileProgram(expression, environment);
  return (device) => {
    const outcome = program.evaluate([deviceValue(device)]);
    if ('error' in outcome) throw new Error(outcome.error);
    if (typeof outcome.value !== 'boolean') throw new Error('CEL result could not be converted to bool');
    return outcome.value;
  };
}

class NamedValues extends MapValue {
  private readonly values: ReadonlyMap<string, Value>;
  private readonly absent: Value | undefined;

  /** @param absent what a name stands for that is not there */
  constructor(values: ReadonlyMap<string, Value>, absent?: Value) {
    super();
    this.values = values;
    this.absent = absent;
  }

  get size(): number {
    return this.values.size;
  }

  find(key: Value): Value | undefined {
    return typeof key === 'string' ? (this.values.get(key) ?? this.absent) : undefined;
  }

  keys(): Iterable<string> {
    return this.values.keys();
  }
}

function deviceValue({ driver, device }: SelectedDevice): Value {
  const { attributes = {}, capacity = {} } = device as {
    attributes?: Record<string, DeviceAttribute>;
    capacity?: Record<string, { value: string }>;
  };
  return new NamedValues(
    new Map<string, Value>([
      ['driver', driver],
      ['allowMultipleAllocations', device.allowMultipleAllocations === true],
      ['attributes', byDomain(attributes, driver, attributeValue)],
      ['capacity', byDomain(capacity, driver, ({ value }) => new QuantityValue(parseQuantity(value)))],
    ]),
  );
}

/** Names without a domain are in the driver's; a domain of which there is nothing is empty. */
function byDomain<T>(named: Readonly<Record<string, T>>, driver: string, convert: (value: T, name: string) => Value): Value {
  const domains = new Map<string, Map<string, Value>>();
  for (const [name, value] of Object.entries(named)) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    const values = domains.get(domain);
    const own = [name.slice(slash + 1), convert(value, name)] as const;
    if (values) values.set(...own);
    else domains.set(domain, new Map([own]));
  }
  return new NamedValues(new Map([...domains].map(([domain, values]) => [domain, new NamedValues(values)])), new NamedValues(new Map()));
}

function attributeValue(attribute: DeviceAttribute, name: string): Value {
  const { int, bool, string, version } = attribute as { int?: number; bool?: boolean; string?: string; version?: string };
  if (int !== undefined) return BigInt(int);
  if (bool !== undefined) return bool;
  if (string !== undefined) return string;
  if (version === undefined) throw new Error(`attribute ${name}: unsupported attribute value`);
  return parseSemver(version);
}
