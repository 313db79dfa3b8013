import { enumValuesHeading } from '../../openapi/definitions.ts';
import { breakLines, type LineBreaks } from './line-breaks.ts';
import type { Model } from './models.ts';

/** `openapi/data/descriptions.json`: definition → property (`''` for the definition itself) → what the library does not say of it. */
export type DescriptionData = Readonly<Record<string, Readonly<Record<string, string | DescriptionEntry>>>>;

interface DescriptionEntry {
  /** The whole text, where the library has none. */
  readonly text?: string;
  /** What values of an enum mean. */
  readonly values?: Readonly<Record<string, string>>;
}

/** What is said of definitions beside the models' own, one-line texts. */
export interface DescriptionSources {
  readonly lineBreaks: LineBreaks;
  readonly descriptions: DescriptionData;
}

/**
 * The texts of a definition as kube-apiserver's documents have them: its own, then those of its properties.
 * @param enums property → its values, of those properties whose text lists them
 * @throws Error where the data speaks of what the model does not have, or says again what the library says
 */
export function describe(
  name: string,
  model: Model | undefined,
  enums: ReadonlyMap<string, readonly string[]>,
  { lineBreaks, descriptions }: DescriptionSources,
): [own: string, properties: Record<string, string>] {
  const breaks = lineBreaks[name] ?? {};
  const more = descriptions[name] ?? {};
  const strangers = Object.keys(more).filter((property) => property !== '' && model?.properties.has(property) !== true);
  if (strangers.length > 0) throw new Error(`${name}: there is no ${strangers.join(', ')} to describe`);
  const own = more[''] ?? breakLines(model?.description ?? '', breaks['']);
  if (typeof own !== 'string') throw new Error(`${name}: only properties have values`);
  const properties = [...(model?.properties ?? [])].flatMap(([property, { description }]) => {
    const entry = more[property];
    const { text, values = {} } = typeof entry === 'string' ? { text: entry } : (entry ?? {});
    if (text === description) throw new Error(`${name}.${property}: the library has this description`);
    const known = enums.get(property);
    const whole = (text ?? breakLines(description, breaks[property])) + (known === undefined ? '' : listValues(known, values));
    return whole === '' ? [] : [[property, whole] as const];
  });
  return [own, Object.fromEntries(properties)];
}

/** What kube-apiserver's documents say at the end of an enum's description. */
function listValues(values: readonly string[], meanings: Readonly<Record<string, string>>): string {
  const lines = values.map((value) => ` - \`${JSON.stringify(value)}\`${meanings[value] === undefined ? '' : ` ${meanings[value]}`}`);
  return [enumValuesHeading, ...lines].join('\n');
}
