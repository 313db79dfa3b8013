import { FieldPath } from '../../meta/field.ts';
import { type JsonSchema, valuesSchema } from './json-schema.ts';

const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', "'": "'", '\\': '\\' };

/** Where a rule's fieldPath such as `.spec['a.b'].c` leads, below the rule's own place; undefined if it leads to no field of the schema. */
export function resolveFieldPath(text: string, schema: JsonSchema): FieldPath | undefined {
  let path = FieldPath.empty;
  let current: JsonSchema | undefined = schema;
  const parts = /\.([^.[\]']+)|\['((?:[^'\\]|\\.)*)'\]/gsy;
  while (parts.lastIndex < text.length) {
    const match = parts.exec(text);
    if (!match || !current) return undefined;
    const name = match[1] ?? readEscapes(match[2]!);
    if (name === undefined) return undefined;
    if (current.properties) {
      path = path.child(name);
      current = Object.hasOwn(current.properties, name) ? current.properties[name] : undefined;
    } else {
      path = path.key(name);
      // Values without a schema have no fields that a path could go on to.
      if (typeof current.additionalProperties === 'boolean' && parts.lastIndex === text.length) return path;
      current = valuesSchema(current);
    }
    if (!current) return undefined;
  }
  return path;
}

function readEscapes(text: string): string | undefined {
  let valid = true;
  const unescaped = text.replace(/\\(.)/gs, (_, character: string) => {
    if (!Object.hasOwn(escapes, character)) valid = false;
    return escapes[character] ?? '';
  });
  return valid ? unescaped : undefined;
}
