import { GoValue } from '../../../api/cel/policy/go-native.ts';
import { printFloat64 } from '../../../api/meta/go-float.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { jsonText, WrittenNumber } from '../../../api/meta/json-text.ts';

/** A JSON value as Go's `%v` prints it: `map[a:1 b:[x y]]`, `<nil>`. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (value instanceof GoValue) return value.text;
  if (value instanceof WrittenNumber) return floatText(value);
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value === 'object')
    return `map[${sortedEntries(value)
      .map(([key, item]) => `${key}:${goValue(item)}`)
      .join(' ')}]`;
  return String(value);
}

/** A JSON value as Go's `%s` prints it, which tells of values that are no text: `%!s(int64=1)`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (typeof value === 'string') return value;
  if (value instanceof WrittenNumber) return `%!s(float64=${floatText(value)})`;
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return `%!s(${goType(value)}=${value})`;
  return `map[${sortedEntries(value)
    .map(([key, item]) => `${key}:${goText(item)}`)
    .join(' ')}]`;
}

/** A JSON value as Go's `%#v` prints it: `map[string]interface {}{"a":1}`. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value instanceof GoValue) return value.syntax;
  if (value instanceof WrittenNumber) return floatText(value);
  if (typeof value === 'object') {
    return `map[string]interface {}{${sortedEntries(value)
      .map(([key, item]) => `${goQuote(key)}:${goSyntax(item)}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' ? goQuote(value) : jsonText(value);
}

/** The Go type that decoded JSON has. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (value instanceof GoValue) return value.type;
  if (value instanceof WrittenNumber) return 'float64';
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'object':
      return 'map[string]interface {}';
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64';
    case 'bigint':
      return 'int64';
    case 'boolean':
      return 'bool';
    default:
      return 'string';
  }
}

// Integers of 64 bits are numbers or bigints.
function floatText({ text }: WrittenNumber): string {
  return printFloat64(Number(text));
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

/** The kind of JSON value, as Go's decoder names it. */
export function goKind(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint' || value instanceof WrittenNumber) return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
