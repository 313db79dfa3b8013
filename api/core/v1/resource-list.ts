import { canonicalResourceQuantity } from '../../meta/quantity.ts';

/** Rounds every amount up to thousandths and prints it canonically. */
export function defaultResourceList(list: Record<string, string> | undefined): void {
  for (const name of Object.keys(list ?? {})) list![name] = canonicalResourceQuantity(String(list![name]));
}
