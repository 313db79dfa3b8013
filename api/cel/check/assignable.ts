import { type CelType, dynType, isDyn, sameType } from './types.ts';

/** What type parameters stand for so far, by the parameter's name. Never changed: assigning makes a new one. */
export type Substitutions = ReadonlyMap<string, CelType>;

/** @returns the substitutions under which every type of `given` may stand where `wanted` is asked for; undefined if there are none */
export function assignableAll(
  substitutions: Substitutions,
  given: readonly CelType[],
  wanted: readonly CelType[],
): Substitutions | undefined {
  const tried = new Map(substitutions);
  return assignParameters(tried, given, wanted) ? tried : undefined;
}

/** Replaces type parameters by what they stand for. @param toDyn whether those that stand for nothing become dyn */
export function substitute(substitutions: Substitutions, type: CelType, toDyn: boolean): CelType {
  if (type.kind === 'parameter') {
    const found = substitutions.get(type.name);
    if (found) return substitute(substitutions, found, toDyn);
    return toDyn ? dynType : type;
  }
  if (type.parameters.length === 0) return type;
  let changed = false;
  const parameters = type.parameters.map((parameter) => {
    const replaced = substitute(substitutions, parameter, toDyn);
    if (replaced !== parameter) changed = true;
    return replaced;
  });
  return changed ? { ...type, parameters } : type;
}

/** The wider one of two types of which one may stand for the other. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isEqualOrLessSpecific(a, b) ? a : b;
}

function isEqualOrLessSpecific(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'parameter') return true;
  if (isDyn(b) || b.kind === 'parameter' || a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'opaque':
    case 'list':
    case 'map':
      return (
        a.name === b.name &&
        a.parameters.length === b.parameters.length &&
        a.parameters.every((parameter, i) => isEqualOrLessSpecific(parameter, b.parameters[i]!))
      );
    case 'type':
      return true;
    default:
      return sameType(a, b);
  }
}

function assign(found: Map<string, CelType>, a: CelType, b: CelType): boolean {
  if (b.kind === 'parameter') {
    const { valid, known } = bind(found, a, b);
    if (valid) return true;
    if (known) return false;
  }
  if (a.kind === 'parameter') return bind(found, b, a).valid;
  if (isDyn(a) || a.kind === 'error' || isDyn(b) || b.kind === 'error') return true;
  if (a.kind === 'null') return isNullable(b);
  if (b.kind === 'null') return isNullable(a);
  switch (a.kind) {
    case 'type':
      return b.kind === 'type';
    case 'opaque':
    case 'list':
    case 'map':
    case 'function':
      return a.kind === b.kind && a.name === b.name && assignParameters(found, a.parameters, b.parameters);
    default:
      return a.kind === b.kind && a.name === b.name;
  }
}

function assignParameters(found: Map<string, CelType>, a: readonly CelType[], b: readonly CelType[]): boolean {
  return a.length === b.length && a.every((type, i) => assign(found, type, b[i]!));
}

function isNullable(type: CelType): boolean {
  return type.nullable === true || ['null', 'opaque', 'struct', 'any', 'duration', 'timestamp'].includes(type.kind);
}

function bind(found: Map<string, CelType>, type: CelType, parameter: CelType): { valid: boolean; known: boolean } {
  if (sameType(type, parameter)) return { valid: true, known: true };
  const bound = found.get(parameter.name);
  if (bound) {
    if (sameType(type, bound)) return { valid: true, known: true };
    if (!assign(found, type, bound)) return { valid: false, known: true };
    const wider = mostGeneral(type, bound);
    if (isNotWithin(found, parameter, wider)) found.set(parameter.name, wider);
    return { valid: true, known: true };
  }
  if (!isNotWithin(found, parameter, type)) return { valid: false, known: false };
  found.set(parameter.name, type);
  return { valid: true, known: false };
}

function isNotWithin(found: ReadonlyMap<string, CelType>, parameter: CelType, type: CelType): boolean {
  if (sameType(parameter, type)) return false;
  if (type.kind === 'parameter') {
    const bound = found.get(type.name);
    return !bound || isNotWithin(found, parameter, bound);
  }
  return type.parameters.every((part) => isNotWithin(found, parameter, part));
}
