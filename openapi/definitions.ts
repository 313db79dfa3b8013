import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CompactDefinitions } from './compact.ts';

export interface Descriptions {
  /** Of a definition: its own, then those of its properties. */
  readonly definitions: Readonly<Record<string, readonly [own: string, properties: Readonly<Record<string, string>>]>>;
  /** Of the parameters of operations, by set (see `scripts/generate/models.ts`) and name. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What stands in a description before the list of an enum's values. */
export const enumValuesHeading = '\n\nPossible enum values:';

/** The paths hold for the sources and for the bundle. */
const schemasFile = new URL('./generated/schemas.json', import.meta.url);
const descriptionsFile = new URL('./generated/descriptions.json', import.meta.url);

let digest: string | undefined;
let definitions: CompactDefinitions | undefined;
let descriptions: Descriptions | undefined;

/** Every definition's structure, read from the generated file when first asked for. */
export function loadDefinitions(): CompactDefinitions {
  definitions ??= read(schemasFile);
  return definitions!;
}

/** The descriptions weigh 0.6 MB: only documents ask for them. */
export function loadDescriptions(): Descriptions {
  descriptions ??= read(descriptionsFile);
  return descriptions!;
}

/** What the documents say of a definition's field; empty where they say nothing. */
export function describeField(definition: string, field: string): string {
  return loadDescriptions().definitions[definition]?.[1][field] ?? '';
}

/** Changes whenever definitions or descriptions do. */
export function definitionsDigest(): string {
  digest ??= createHash('sha512').update(readFileSync(schemasFile)).update(readFileSync(descriptionsFile)).digest('hex');
  return digest;
}

function read(file: URL): any {
  return JSON.parse(readFileSync(file, 'utf8'));
}
