import { parseQuantity, Quantity } from '../../meta/quantity.ts';
import { declareFunction, type FunctionDeclaration } from '../check/declarations.ts';
import { structType } from '../check/types.ts';
import { CelError } from '../runtime/errors.ts';
import { OpaqueValue, type Value } from '../runtime/values.ts';

export const quantityType = structType('kubernetes.Quantity');

export class QuantityValue extends OpaqueValue {
  readonly type = quantityType;

  readonly amount: Quantity;

  constructor(amount: Quantity) {
    super();
    this.amount = amount;
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
      { quantity_get_float: ['quantity.(): double', ({ amount }: QuantityValue) => amount.toNumber()] },
      options,
    ),
    declareFunction('asInteger', { quantity_get_int: ['quantity.(): int', asInteger] }, options),
    declareFunction('isInteger', { quantity_is_integer: ['quantity.(): bool', ({ amount }: QuantityValue) => isWhole(amount)] }, options),
    declareFunction(
      'add',
      {
        quantity_add: ['quantity.(quantity): quantity', (a, b) => new QuantityValue(a.amount.add(b.amount))],
        quantity_add_int: ['quantity.(int): quantity', (a, b) => new QuantityValue(a.amount.add(Quantity.of(b, 'DecimalExponent')))],
      },
      options,
    ),
    declareFunction(
      'sub',
      {
        quantity_sub: ['quantity.(quantity): quantity', (a, b) => new QuantityValue(a.amount.sub(b.amount))],
        quantity_sub_int: ['quantity.(int): quantity', (a, b) => new QuantityValue(a.amount.sub(Quantity.of(b, 'DecimalExponent')))],
      },
      options,
    ),
  ];
}

function read(text: string): QuantityValue {
  try {
    return new QuantityValue(parseQuantity(text));
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

function isWhole(amount: Quantity): boolean {
  if (!amount.isInteger()) return false;
  const whole = amount.scaledBigInt(0);
  return whole === BigInt.asIntN(64, whole);
}

function asInteger({ amount }: QuantityValue): bigint {
  if (!isWhole(amount)) throw new CelError('cannot convert value to integer');
  return amount.scaledBigInt(0);
}
