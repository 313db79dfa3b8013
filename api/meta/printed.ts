import type { LabelSelectorObject } from './label-selector.ts';
import type { ObjectMeta } from './object.ts';
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

/** The fields of ObjectMeta in the order of Go's struct, which marshals by its JSON names wherever it is embedded. */
export const metaFields = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** The metadata of a template as messages print it. */
export function printedMeta(meta: ObjectMeta | null | undefined): object {
  const { labels, annotations, ...rest } = meta ?? {};
  const shown: Readonly<Record<string, unknown>> = {
    ...rest,
    ...(labels && { labels: printedMap(labels) }),
    ...(annotations && { annotations: printedMap(annotations) }),
  };
  return Object.fromEntries(metaFields.filter((name) => shown[name] !== undefined).map((name) => [name, shown[name]]));
}
