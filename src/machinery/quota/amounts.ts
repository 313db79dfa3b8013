import { Quantity } from '../../../api/meta/quantity.ts';
import type { ResourceAmounts } from '../../../api/meta/resources.ts';
import { sorted } from '../../../api/meta/text.ts';

type Amounts = ReadonlyMap<string, Quantity>;

/** Those of the amounts whose names are given. */
export function maskAmounts(amounts: Amounts, names: Iterable<string>): ResourceAmounts {
  const masked: ResourceAmounts = new Map();
  for (const name of names) {
    const amount = amounts.get(name);
    if (amount) masked.set(name, amount);
  }
  return masked;
}

/** What `amounts` has more of than `other`; nothing is below zero. */
export function increaseOver(amounts: Amounts, other: Amounts): ResourceAmounts {
  const increase: ResourceAmounts = new Map();
  for (const [name, amount] of amounts) {
    const left = amount.sub(other.get(name) ?? Quantity.zero);
    increase.set(name, left.sign() < 0 ? Quantity.zero : left);
  }
  return increase;
}

export function withoutZeros(amounts: Amounts): ResourceAmounts {
  return new Map([...amounts].filter(([, amount]) => !amount.isZero()));
}

export function sameAmounts(a: Amounts, b: Amounts): boolean {
  return a.size === b.size && [...a].every(([name, amount]) => b.get(name)?.equals(amount));
}

/** `cpu=500m,pods=1`. */
export function amountsText(amounts: Amounts): string {
  return sorted(amounts.keys())
    .map((name) => `${name}=${amounts.get(name)}`)
    .join(',');
}
