import type { Difference } from './normalize.ts';

export interface Compared {
  readonly differences: readonly Difference[];
}

const panics = (want: unknown) => want === 0;
const undeclared = 'field not declared in schema';

/** Why two answers differ, if that is known and left so (README.md has the reasons at length). @returns undefined if it is not */
export function explanationOf({ differences }: Compared): string | undefined {
  // Answers of an exchange have their number before the place.
  const placeOf = (path: string) => path.replace(/^\.\d+(?=\.)/, '');
  const of = (path: string) => differences.find((difference) => placeOf(difference.path) === path);
  if (panics(of('.status')?.want)) return 'the reference panics';
  if (
    differences.every(({ path }) => path.includes('.managedFields.')) &&
    differences.some(({ path }) => path.endsWith('.managedFields.0.manager'))
  ) {
    return 'a controller has written meanwhile';
  }
  const message = of('.body.message');
  const isText = differences.every(({ path }) => placeOf(path) === '.body.message');
  if (message && isText && [message.want, message.got].every((text) => String(text).includes(undeclared))) {
    return 'a map is gone through as far as an undeclared field';
  }
  if (differences.every(({ path }) => placeOf(path).startsWith('.body.details.causes.')) && areSame(differences)) {
    return 'a map is gone through in another order each time';
  }
  return undefined;
}

// The same values in other places.
function areSame(differences: readonly Difference[]): boolean {
  const sorted = (side: 'want' | 'got') => JSON.stringify(differences.map((difference) => String(difference[side])).sort());
  return sorted('want') === sorted('got');
}
