import type { LabelSelectorObject } from './label-selector.ts';
import { sorted } from './text.ts';

/** A map as messages print it: keys sorted; null if there is none. */
export function printedMap<V>(map: Readonly<Record<string, V>> | null | undefined): Record<string, V> | null {
  return map ? Object.fromEntries(sorted(Object.keys(map)).map((key) => [key, map[key]!])) : null;
}

/** A LabelSelector object as messages print it. */
export function printedSelector(selector: LabelSelectorObject | null | undefined): object | null {
  if (!selector) return null;
  const { matchLabels, matchExpressions } = selector;
  return {
    ...(matchLabels && Object.keys(matchLabels).length > 0 && { matchLabels: printedMap(matchLabels) }),
    ...(matchExpressions &&
      matchExpressions.length > 0 && {
        matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
          key,
          operator,
          ...(values && values.length > 0 && { values }),
        })),
      }),
  };
}
