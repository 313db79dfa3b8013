import { type Condition, findCondition, isConditionTrue } from '../../../api/meta/conditions.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { aggregate } from '../../../api/meta/text.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../../openapi/types.ts';
import { withCondition } from './conditions.ts';

/** The names that the other definitions of a group have taken. */
interface TakenNames {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/**
 * The definition with the names that it gets, and what its conditions say of them; undefined if nothing changes. A name that another definition of
 * the group has taken stays what it was.
 * @param others all definitions of the group, in their newest state
 */
export function withAcceptedNames(
  crd: CustomResourceDefinition,
  others: Iterable<CustomResourceDefinition>,
  now: string,
): CustomResourceDefinition | undefined {
  const wanted = crd.spec.names;
  const had = crd.status?.acceptedNames ?? { plural: '', kind: '' };
  if (semanticEqual(wanted, had)) return undefined;
  const { names, condition } = accept(wanted, had, takenNames(crd, others));
  const before = findCondition(crd.status?.conditions as Condition[] | undefined, 'NamesAccepted');
  if (semanticEqual(had, names) && before && isSame(before, condition)) return undefined;
  const named = withCondition({ ...crd, status: { ...crd.status!, acceptedNames: names } }, condition, now);
  const established = findCondition(crd.status?.conditions as Condition[] | undefined, 'Established') ?? notAccepted;
  const installs = established.status !== 'True' && condition.status === 'True';
  return withCondition(named, installs ? installing : established, now);
}

const notAccepted = { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
const installing = { type: 'Established', status: 'False', reason: 'Installing', message: 'the initial names have been accepted' };
const established = {
  type: 'Established',
  status: 'True',
  reason: 'InitialNamesAccepted',
  message: 'the initial names have been accepted',
};

/** The definition as established, once its names are accepted; undefined if nothing changes. */
export function withEstablished(crd: CustomResourceDefinition, now: string): CustomResourceDefinition | undefined {
  const { conditions } = crd.status ?? {};
  if (!isConditionTrue(conditions, 'NamesAccepted') || isConditionTrue(conditions, 'Established')) return undefined;
  return withCondition(crd, established, now);
}

function isSame(a: Condition, b: Omit<Condition, 'lastTransitionTime'>): boolean {
  return a.status === b.status && a.reason === b.reason && a.message === b.message;
}

// What the definition itself has is its own, whatever it asks for.
function takenNames(crd: CustomResourceDefinition, others: Iterable<CustomResourceDefinition>): TakenNames {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of others) {
    const names = other.metadata?.name === crd.metadata?.name ? crd.status?.acceptedNames : other.status?.acceptedNames;
    for (const name of [names?.plural, names?.singular, ...(names?.shortNames ?? [])]) resources.add(name ?? '');
    for (const kind of [names?.kind, names?.listKind]) kinds.add(kind ?? '');
  }
  return { resources, kinds };
}

interface Accepted {
  readonly names: CustomResourceDefinitionNames;
  readonly condition: Omit<Condition, 'lastTransitionTime'>;
}

function accept(wanted: CustomResourceDefinitionNames, had: CustomResourceDefinitionNames, taken: TakenNames): Accepted {
  const names: CustomResourceDefinitionNames = { ...had };
  let problem: readonly [reason: string, message: string] | undefined;
  const used = (name: string, set: ReadonlySet<string>): string | undefined =>
    set.has(name) ? `${goQuote(name)} is already in use` : undefined;
  const take = <F extends 'plural' | 'singular' | 'kind' | 'listKind'>(field: F, reason: string, set: ReadonlySet<string>): void => {
    const name = wanted[field] ?? '';
    const message = name === (had[field] ?? '') ? undefined : used(name, set);
    if (message !== undefined) problem = [reason, message];
    else names[field] = name;
  };
  take('plural', 'PluralConflict', taken.resources);
  take('singular', 'SingularConflict', taken.resources);
  const shortNames = wanted.shortNames ?? [];
  const own = new Set(had.shortNames ?? []);
  const messages = shortNames.filter((name) => !own.has(name)).flatMap((name) => used(name, taken.resources) ?? []);
  if (messages.length > 0) problem = ['ShortNamesConflict', aggregate(messages)];
  else setOrDelete(names, 'shortNames', wanted.shortNames);
  take('kind', 'KindConflict', taken.kinds);
  take('listKind', 'ListKindConflict', taken.kinds);
  setOrDelete(names, 'categories', wanted.categories);
  const [reason, message] = problem ?? ['NoConflicts', 'no conflicts found'];
  return { names, condition: { type: 'NamesAccepted', status: problem ? 'False' : 'True', reason, message } };
}

function setOrDelete(names: CustomResourceDefinitionNames, field: 'shortNames' | 'categories', values: string[] | undefined): void {
  if (values) names[field] = values;
  else delete names[field];
}
