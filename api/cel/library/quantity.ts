import { parseQuantity, Quantity } from '../../meta/quantity.ts';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { structType } from '../check/types.ts';
import { CelError } from '../runtime/errors.ts';
import { OpaqueValue, type Value } from '../runtime/values.ts';
import { addFixed, type Fixed, fixedInteger, fixedNumber, negateFixed, parseFixed } from './quantity-fixed.ts';

export const quantityType = structType('kubernetes.Quantity');

export class QuantityValue extends OpaqueValue {
  readonly type = quantityType;

  readonly amount: Quantity;
  readonly fixed: Fixed | undefined;

  constructor(amount: Quantity, fixed: Fixed | undefined) {
    super();
    this.amount = amount;
    this.fixed = fixed;
  }

  equals(other: Value): boolean {
    return other instanceof QuantityValue && this.amount.equals(other.amount);
  }
}

/** quantity('1Gi') and its functions. */
export function quantityLibrary(): FunctionDeclaration[] {
  const options = { names: { quantity: quantityType } };
  return [
    declareFunction('quantity', { string_to_quantity: ['(string): quantity', read] }, options),
    declareFunction('isQuantity', { is_quantity_string: ['(string): bool', isQuantity] }, options),
    declareFunction('sign', { quantity_sign: ['(quantity): int', ({ amount }: QuantityValue) => BigInt(amount.sign())] }, options),
    declareFunction(
      'isGreaterThan',
      { quantity_is_greater_than: ['quantity.(quantity): bool', (a, b) => a.amount.compare(b.amount) > 0] },
      options,
    ),
    declareFunction(
      'isLessThan',
      { quantity_is_less_than: ['quantity.(quantity): bool', (a, b) => a.amount.compare(b.amount) < 0] },
      options,
    ),
    declareFunction(
      'compareTo',
      { quantity_compare_to: ['quantity.(quantity): int', (a, b) => BigInt(Math.sign(a.amount.compare(b.amount)))] },
      options,
    ),
    declareFunction(
      'asApproximateFloat',
      {
        quantity_get_float: ['quantity.(): double', ({ amount, fixed }: QuantityValue) => (fixed ? fixedNumber(fixed) : amount.toNumber())],
      },
      options,
    ),
    declareFunction('asInteger', { quantity_get_int: ['quantity.(): int', asInteger] }, options),
    declareFunction(
      'isInteger',
      { quantity_is_integer: ['quantity.(): bool', ({ fixed }: QuantityValue) => fixedInteger(fixed) !== undefined] },
      options,
    ),
    declareFunction(
      'add',
      {
        quantity_add: ['quantity.(quantity): quantity', add],
        quantity_add_int: ['quantity.(int): quantity', (a, b) => add(a, ofInteger(b))],
      },
      options,
    ),
    declareFunction(
      'sub',
      {
        quantity_sub: ['quantity.(quantity): quantity', sub],
        quantity_sub_int: ['quantity.(int): quantity', (a, b) => sub(a, ofInteger(b))],
      },
      options,
    ),
  ];
}

function read(text: string): QuantityValue {
  try {
    return new QuantityValue(parseQuantity(text), parseFixed(text));
  } catch (error) {
    throw new CelError((error as Error).message);
  }
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
}

function asInteger({ fixed }: QuantityValue): bigint {
  const integer = fixedInteger(fixed);
  if (integer === undefined) throw new CelError('cannot convert value to integer');
  return integer;
}

function add(a: QuantityValue, b: QuantityValue): QuantityValue {
  return new QuantityValue(a.amount.add(b.amount), addFixed(a.fixed, b.fixed));
}

function sub(a: QuantityValue, b: QuantityValue): QuantityValue {
  return new QuantityValue(a.amount.sub(b.amount), addFixed(a.fixed, negateFixed(b.fixed)));
}

function ofInteger(value: bigint): QuantityValue {
  return new QuantityValue(Quantity.of(value, 'DecimalExponent'), { value, scale: 0 });
}
