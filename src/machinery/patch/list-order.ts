type Same = (a: unknown, b: unknown) => boolean;

/** Splits a list into what stands in `by` and what does not, in order. */
export function partition(list: readonly unknown[], by: readonly unknown[], same: Same): [inBy: unknown[], others: unknown[]] {
  const inBy: unknown[] = [];
  const others: unknown[] = [];
  for (const item of list) (indexIn(by, item, same) >= 0 ? inBy : others).push(item);
  return [inBy, others];
}

/** The list in the order of another one; what that lacks comes first, as it stood. */
export function sortLike(list: readonly unknown[], order: readonly unknown[], same: Same): unknown[] {
  return list
    .map((item) => ({ item, place: indexIn(order, item, same) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Merges two lists, each in its order. Where both next items stand in `order`, it decides; else the second list's item goes first. */
export function mergeSorted(first: readonly unknown[], second: readonly unknown[], order: readonly unknown[], same: Same): unknown[] {
  const result: unknown[] = [];
  let i = 0;
  for (const item of second) {
    const place = indexIn(order, item, same);
    for (; place >= 0 && i < first.length; i++) {
      const other = indexIn(order, first[i], same);
      if (other < 0 || other >= place) break;
      result.push(first[i]);
    }
    result.push(item);
  }
  return [...result, ...first.slice(i)];
}

function indexIn(list: readonly unknown[], item: unknown, same: Same): number {
  return list.findIndex((other) => same(item, other));
}
