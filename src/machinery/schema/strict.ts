import { goQuote } from '../../../api/meta/go-quote.ts';
import type { Schema } from '../../../openapi/schema.ts';
import { countKeys, countMembers, JsonScanner } from './json-scanner.ts';
import type { ParsedBody } from './parse.ts';

/** Upstream's decoder stops counting there. */
const maxErrors = 100;

/** Whether a body has a key twice in one object; cheap. */
export function hasDuplicates(body: ParsedBody): boolean {
  if (body.format === 'yaml') return body.yamlDuplicates.length > 0;
  return countMembers(body.text) !== countKeys(body.value);
}

/** `unknown field "…"` and `duplicate field "…"` in upstream's order, each once. */
export function strictErrorsOf(value: unknown, schema: Schema, body: ParsedBody | undefined): string[] {
  const found = new Set<string>();
  if (body?.format === 'json') scan(new JsonScanner(body.text), schema, '', found);
  else {
    for (const text of body?.yamlDuplicates ?? []) found.add(text);
    walk(value, schema, '', found);
  }
  return [...found].slice(0, maxErrors);
}

/** `duplicate field "metadata.name"` for each key that stands twice in its object, in order. */
export function jsonDuplicates(body: ParsedBody): string[] {
  if (!hasDuplicates(body)) return [];
  const found = new Set<string>();
  scan(new JsonScanner(body.text), { type: 'any' }, '', found);
  return [...found];
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function scan(scanner: JsonScanner, schema: Schema, path: string, found: Set<string>): void {
  // Raw JSON (RawExtension, fieldsV1) is kept as it is, without being looked into.
  if (schema.type === 'any' && schema.name !== undefined) return scanner.skip();
  switch (scanner.peek()) {
    case '{': {
      const seen = new Set<string>();
      scanner.object((name) => {
        const place = below(path, name);
        const inside = memberSchema(schema, name);
        if (inside === undefined) found.add(`unknown field ${goQuote(place)}`);
        else if (seen.has(name)) found.add(`duplicate field ${goQuote(place)}`);
        seen.add(name);
        if (inside === undefined) scanner.skip();
        else scan(scanner, inside, place, found);
      });
      return;
    }
    case '[':
      scanner.list((index) => scan(scanner, schema.type === 'list' ? schema.items : anything, `${path}[${index}]`, found));
      return;
    default:
      scanner.skip();
  }
}

// A value that was patched was encoded by Go on the way, which sorts the keys of maps.
function walk(value: unknown, schema: Schema, path: string, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    const items = schema.type === 'list' ? schema.items : anything;
    for (let index = 0; index < value.length; index++) walk(value[index], items, `${path}[${index}]`, found);
    return;
  }
  for (const name of Object.keys(value).sort()) {
    const inside = memberSchema(schema, name);
    if (inside === undefined) found.add(`unknown field ${goQuote(below(path, name))}`);
    else walk((value as Record<string, unknown>)[name], inside, below(path, name), found);
  }
}

const anything: Schema = { type: 'any' };

/** The schema of an object's member, or undefined if it is unknown. */
function memberSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.type === 'map') return schema.values;
  if (schema.type !== 'object') return anything;
  return schema.fields.get(name)?.schema ?? (schema.preserveUnknownFields ? anything : undefined);
}
