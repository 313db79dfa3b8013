import type { Difference } from './normalize.ts';

export interface Compared {
  readonly body: string;
  readonly differences: readonly Difference[];
}

/** Fields of features that are off: upstream drops them after it has written down who set them, Orrery before. */
const dropped =
  /f:(schedulingGroup|stopSignal|internalTrafficPolicy|bools|ints|strings|versions|nodeAllocatableResourceMappings)\b|\.lifecycle$|f:lifecycle/;
const panics = (want: unknown) => want === 0;

/** Why two answers differ, if that is known and left so (README.md has the reasons at length). @returns undefined if it is not */
export function explanationOf({ body, differences }: Compared): string | undefined {
  // Answers of an exchange have their number before the place.
  const placeOf = (path: string) => path.replace(/^\.\d+(?=\.)/, '');
  const of = (path: string) => differences.find((difference) => placeOf(difference.path) === path);
  if (panics(of('.status')?.want)) return 'the reference panics';
  if (differences.every(({ path }) => dropped.test(path))) return 'fields of features that are off';
  if (
    differences.every(({ path }) => path.includes('.managedFields.')) &&
    differences.some(({ path }) => path.endsWith('.managedFields.0.manager'))
  ) {
    return 'a controller has written meanwhile';
  }
  const message = of('.body.message');
  const isText = differences.every(({ path }) => /^\.body\.(message$|details)/.test(placeOf(path)));
  if (message && isText && countEmpties(body) > 0 && countEmpties(message.want) > countEmpties(message.got)) {
    return 'an empty list or map in a message';
  }
  return undefined;
}

const empties = /\[\]|\{\}/g;

/** How many empty lists and maps a text shows. */
function countEmpties(text: unknown): number {
  return String(text).match(empties)?.length ?? 0;
}
