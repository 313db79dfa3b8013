import type { CelType } from '../check/types.ts';
import { Duration, ListValue, MapValue, Timestamp, TypeValue, typeName, Uint, type Value } from './values.ts';

/** Whether a value has the type that a function's signature asks for; of a list and a map, their first tells. */
export function matches(type: CelType, value: Value): boolean {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'bigint';
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'uint':
      return value instanceof Uint;
    case 'bytes':
      return value instanceof Uint8Array;
    case 'null':
      return value === null;
    case 'timestamp':
      return value instanceof Timestamp;
    case 'duration':
      return value instanceof Duration;
    case 'list':
      return value instanceof ListValue && (value.size === 0 || matches(type.parameters[0]!, value.at(0)));
    case 'map':
      return value instanceof MapValue && firstEntryMatches(type.parameters as [CelType, CelType], value);
    case 'type':
      return value instanceof TypeValue;
    case 'struct':
    case 'opaque':
      return typeName(value) === type.name;
    default:
      return true;
  }
}

function firstEntryMatches([keyType, valueType]: readonly [CelType, CelType], map: MapValue): boolean {
  for (const key of map.keys()) return matches(keyType, key) && matches(valueType, map.find(key)!);
  return true;
}
