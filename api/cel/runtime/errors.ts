import { Duration, Timestamp, typeName, Uint, type Value } from './values.ts';

/** An evaluation that failed; `&&`, `||` and the comprehensions over them may absorb it. Not an Error: it is cheap and has no stack. */
export class CelError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** An evaluation that used up its cost limit: nothing absorbs it. */
export class CostLimitExceeded {
  readonly message = 'operation cancelled: actual cost limit exceeded';
}

export function noSuchOverload(): CelError {
  return new CelError('no such overload');
}

export function noSuchSignature(name: string, args: readonly Value[]): CelError {
  return new CelError(`no such overload: ${name}(${args.map(typeName).join(', ')})`);
}

/** What an operator says whose first operand can do nothing of its kind; strings and times are asked themselves, and name nothing. */
export function noSuchOperation(operator: string, operand: Value): CelError {
  const asked = typeof operand === 'string' || operand instanceof Timestamp || operand instanceof Duration;
  return asked ? noSuchOverload() : new CelError(`no such overload: ${operator}`);
}

/** How messages about a value's Go type name it. */
export function goTypeName(value: Value): string {
  const name = typeName(value);
  return goTypeNames[name] ?? `cel.${name.slice(name.lastIndexOf('.') + 1)}`;
}

const goTypeNames: Readonly<Record<string, string>> = {
  int: 'types.Int',
  uint: 'types.Uint',
  double: 'types.Double',
  bool: 'types.Bool',
  string: 'types.String',
  bytes: 'types.Bytes',
  null_type: 'types.Null',
  list: '*types.baseList',
  map: '*types.baseMap',
  type: '*types.Type',
  optional_type: '*types.Optional',
  'google.protobuf.Timestamp': 'types.Timestamp',
  'google.protobuf.Duration': 'types.Duration',
};

export function noSuchKey(key: Value): CelError {
  return new CelError(`no such key: ${printKey(key)}`);
}

export function indexOutOfBounds(index: Value): CelError {
  return new CelError(`index out of bounds: ${printKey(index)}`);
}

function printKey(key: Value): string {
  switch (typeof key) {
    case 'string':
    case 'bigint':
    case 'number':
    case 'boolean':
      return String(key);
    default:
      return key instanceof Uint ? String(key.value) : typeName(key);
  }
}

/** Whether a value can be read. */
export function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}
