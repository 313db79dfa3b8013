import { ageColumn, nameColumn } from '../../../api/core/v1/columns.ts';
import type { CellContext, Column } from '../../../api/define.ts';
import { printFloat } from '../../../api/meta/go-float.ts';
import { copySorted } from '../../../api/meta/json.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { humanDuration, parseTime } from '../../../api/meta/time.ts';
import type { CustomResourceColumnDefinition } from '../../../openapi/types.ts';
import { type JsonPath, JsonPathError, parseJsonPath } from '../../machinery/json-path.ts';

/** The table of a custom kind: its name, and the columns that its definition asks for (the age, if none). */
export function customColumns(columns: readonly CustomResourceColumnDefinition[] | undefined): Column[] {
  return [nameColumn, ...(columns?.length ? readable(columns) : [{ ...ageColumn, type: 'date' as const }])];
}

// A path that cannot be read ends the table, as it does upstream.
function readable(columns: readonly CustomResourceColumnDefinition[]): Column[] {
  const result: Column[] = [];
  for (const { name, type, format, description, priority, jsonPath } of columns) {
    const path = parsed(jsonPath);
    if (!path) return result;
    result.push({
      name,
      type: type as Column['type'],
      description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
      ...(format ? { format } : {}),
      ...(priority ? { priority } : {}),
      cell: (object, context) => cellOf(path, type, object, context),
    });
  }
  return result;
}

function parsed(text: string): JsonPath | undefined {
  try {
    return parseJsonPath(text);
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function cellOf(path: JsonPath, type: string, object: KubeObject, context: CellContext): unknown {
  const found = firstOf(path, object);
  if (found === undefined) return null;
  switch (type) {
    case 'string':
      return printed(found);
    case 'integer':
      return typeof found === 'bigint' ? found : typeof found === 'number' ? asInt64(found) : null;
    case 'number':
      return typeof found === 'bigint' ? Number(found) : typeof found === 'number' ? found : null;
    case 'boolean':
      return typeof found === 'boolean' ? found : null;
    default:
      return typeof found === 'string' ? since(found, context.now) : null;
  }
}

/** The first value that a path leads to; undefined if there is none. */
function firstOf(path: JsonPath, object: KubeObject): unknown {
  try {
    return path.find(object)[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function printed(value: unknown): string {
  if (value === null) return '<no value>';
  if (typeof value === 'object') return jsonText(copySorted(value));
  return typeof value === 'number' && !fitsInt64(value) ? printFloat(value) : String(value);
}

// What was stored as a whole number is read as an integer.
function fitsInt64(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63;
}

// What Go makes of a number that no 64 bits hold.
function asInt64(value: number): number | bigint {
  return Math.abs(value) < 2 ** 63 ? Math.trunc(value) : -(2n ** 63n);
}

function since(text: string, now: number): string {
  if (text === '' || text === 'null') return '<unknown>';
  const time = parseTime(text);
  return Number.isNaN(time) ? '<invalid>' : humanDuration(now - time);
}

/** A field that selectors may name, as text; '' where there is none. */
export function selectableField(jsonPath: string): readonly [name: string, value: (object: KubeObject) => string] {
  const path = parseJsonPath(jsonPath);
  const value = (object: KubeObject): string => {
    const found = firstOf(path, object);
    return found === undefined || found === null ? '' : String(found);
  };
  return [jsonPath.replace(/^\./, ''), value];
}
