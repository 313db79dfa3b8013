import { typeName, type Value } from './values.ts';

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
      return typeName(key);
  }
}
