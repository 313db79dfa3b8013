import type { TypeProvider } from '../check/environment.ts';
import { anyType, boolType, type CelType, mapType, stringType, structType } from '../check/types.ts';
import { kubernetesEnvironment } from '../library/index.ts';
import { quantityType } from '../library/quantity.ts';
import { bind, MacroError, type MacroExpander, macroKey } from '../syntax/macros.ts';

const maxDomainLength = 63;
const maxIdentifierLength = 32;
const maxDriverLength = 63;
const maxValueLength = 64;
const maxAttributes = 32;

/** A type with the largest size that its values can have, which bounds the cost of what is done with them. */
interface SizedType {
  readonly type: CelType;
  readonly size: number;
  readonly key?: SizedType;
  readonly element?: SizedType;
}

const identifier: SizedType = { type: stringType, size: maxIdentifierLength };
const attribute: SizedType = { type: anyType, size: maxValueLength };
const fields: Readonly<Record<string, SizedType>> = {
  driver: { type: stringType, size: maxDriverLength },
  allowMultipleAllocations: { type: boolType, size: 1 },
  attributes: byDomain(attribute),
  capacity: byDomain({ type: quantityType, size: 0 }),
};

function byDomain(element: SizedType): SizedType {
  return mapOf({ type: stringType, size: maxDomainLength }, mapOf(identifier, element));
}

function mapOf(key: SizedType, element: SizedType): SizedType {
  return { type: mapType(key.type, element.type), size: maxAttributes, key, element };
}

const deviceType = structType('kubernetes.DRADevice');

const structs: TypeProvider = {
  find: (name) =>
    name === deviceType.name
      ? { type: deviceType, field: (field) => (Object.hasOwn(fields, field) ? fields[field]!.type : undefined) }
      : undefined,
};

/** `cel.bind(name, value, result)`. */
const expandBind: MacroExpander = (nodes, target, [name, value, result]) => {
  if (target?.kind !== 'identifier' || target.name !== 'cel') return undefined;
  if (name!.kind !== 'identifier') throw new MacroError(name!, 'cel.bind() variable names must be simple identifiers');
  return bind(nodes, name!.name, value!, result!);
};

/** What the expressions of device selectors can say: all that others can, about one variable, `device`. */
export const deviceEnvironment = kubernetesEnvironment.extend({
  variables: [{ name: 'device', type: deviceType }],
  structs,
  macros: new Map([[macroKey('bind', 3, true), expandBind]]),
});

/** The largest size of what is at a path from `device`; undefined where nothing is known. */
export function deviceSize([, field, ...path]: readonly string[]): number | undefined {
  if (field === undefined) return 0;
  let current = Object.hasOwn(fields, field) ? fields[field] : undefined;
  for (const step of path) {
    if (step === '@items' || step === '@values') current = current?.element;
    else if (step === '@keys') current = current?.key;
    // All attributes have the same bound, whatever their names.
    else current = current?.element === attribute ? attribute : undefined;
  }
  return current?.size;
}
