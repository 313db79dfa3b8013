/**
 * Writes `openapi/generated/`: the structure of every definition, their descriptions, and TypeScript types.
 * Sources: `openapi/data/` (the project's own data) and the models of `@kubernetes/client-node`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildDefinitions } from './generate/definitions.ts';
import type { LineBreaks } from './generate/line-breaks.ts';
import { loadModels, readParameters } from './generate/models.ts';
import { printTypes } from './generate/types.ts';

/** Reads both sources and writes the three generated files; returns the directory they are in. */
export function generate(): string {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const library = `${root}node_modules/@kubernetes/client-node/dist/gen`;
  const own = (file: string) => JSON.parse(readFileSync(`${root}openapi/data/${file}`, 'utf8'));
  const lineBreaks: LineBreaks = own('line-breaks.json');
  const texts = { lineBreaks, descriptions: own('descriptions.json') };
  const { definitions, descriptions } = buildDefinitions(own('definitions.json'), loadModels(`${library}/models/`), texts);
  const parameters = readParameters(readFileSync(`${library}/types/ObjectParamAPI.d.ts`, 'utf8'), lineBreaks['parameters']!);
  const target = `${root}openapi/generated`;
  mkdirSync(target, { recursive: true });
  writeFileSync(`${target}/schemas.json`, JSON.stringify(definitions));
  writeFileSync(`${target}/descriptions.json`, JSON.stringify({ definitions: descriptions, parameters }));
  writeFileSync(`${target}/types.ts`, printTypes(definitions));
  return target;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
