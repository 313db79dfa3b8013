import { IndexSet } from './indexes.ts';

interface SuccessRule {
  readonly succeededIndexes?: string;
  readonly succeededCount?: number;
}

/** The message of the first rule that the succeeded indexes meet; undefined if none is met. */
export function matchSuccessPolicy(
  policy: { readonly rules: readonly SuccessRule[] } | undefined,
  completions: number,
  succeeded: IndexSet,
): string | undefined {
  if (!policy || succeeded.total === 0) return undefined;
  const index = policy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.total >= succeededCount;
    const required = IndexSet.parse(succeededIndexes, completions);
    return required.countIn(succeeded) >= (succeededCount ?? required.total);
  });
  return index < 0 ? undefined : `Matched rules at index ${index}`;
}
