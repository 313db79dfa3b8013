import type { CelType } from '../check/types.ts';
import { Duration, ListValue, MapValue, OpaqueValue, Optional, Timestamp, TypeValue, Uint, type Value } from './values.ts';

/** Whether a value has the type that a function's signature asks for; of lists and maps only that they are. */
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
      return value instanceof ListValue;
    case 'map':
      return value instanceof MapValue;
    case 'type':
      return value instanceof TypeValue;
    case 'struct':
    case 'opaque':
      if (type.name === 'optional_type') return value instanceof Optional;
      return value instanceof OpaqueValue ? value.type.name === type.name : type.kind === 'struct' && value instanceof MapValue;
    default:
      return true;
  }
}
