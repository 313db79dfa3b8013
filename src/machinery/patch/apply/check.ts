import { GoValue } from '../../../../api/cel/policy/go-native.ts';
import type { ListSchema, Schema } from '../../../../openapi/schema.ts';
import { isJsonObject } from '../../json-object.ts';
import { goSyntax, goType, goValue } from '../go-format.ts';
import { printElement } from './field-set.ts';
import { isDeclared, itemElement, propertySchema } from './shape.ts';

/**
 * What keeps a configuration from being of the schema, as apply sees it, in upstream's words: `.spec.replicas: expected numeric (int or float), got
 * string`. Undeclared fields, wrong types, and items that cannot be told apart.
 */
export function checkConfiguration(value: unknown, schema: Schema): string[] {
  return problemsOf(value, schema, false);
}

/** The same for an object that is there already, whose items may repeat. */
export function checkObject(value: unknown, schema: Schema): string[] {
  return problemsOf(value, schema, true);
}

function problemsOf(value: unknown, schema: Schema, mayRepeat: boolean): string[] {
  const found: Findings = { errors: [], mayRepeat };
  check(value, schema, '', found);
  return found.errors;
}

interface Findings {
  readonly errors: string[];
  readonly mayRepeat: boolean;
}

/** Several messages as one, as upstream prints them. */
export function joinMessages(errors: readonly string[]): string {
  return errors.length === 1 ? errors[0]! : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function check(value: unknown, schema: Schema, path: string, found: Findings): void {
  if (value === null || value === undefined) return;
  switch (schema.type) {
    case 'object':
    case 'map':
      if (isJsonObject(value) && !(value instanceof GoValue)) checkFields(value, schema, path, found);
      else found.errors.push(`${path}: expected map, got &{${goValue(value)}}`);
      return;
    case 'list':
      if (Array.isArray(value)) checkItems(value, schema, path, found);
      else found.errors.push(`${path}: expected list, got &{${goValue(value)}}`);
      return;
    case 'any':
    // Of these, the type says nothing.
    case 'intOrString':
      return;
    default: {
      const wrong = wrongScalar(value, schema.type);
      if (wrong !== undefined) found.errors.push(`${path}: ${wrong}`);
    }
  }
}

function checkFields(value: Record<string, unknown>, schema: Schema, path: string, found: Findings): void {
  const closed = schema.type === 'object' && !schema.preserveUnknownFields;
  for (const name in value) {
    const at = `${path}.${name}`;
    if (closed && !isDeclared(schema, name)) {
      found.errors.push(`${at}: field not declared in schema`);
      return;
    }
    check(value[name], propertySchema(schema, name), at, found);
  }
}

function checkItems(items: readonly unknown[], schema: ListSchema, path: string, found: Findings): void {
  if (schema.listType === 'atomic') {
    for (let i = 0; i < items.length; i++) check(items[i], schema.items, `${path}[${i}]`, found);
    return;
  }
  const seen = new Set<string>();
  for (let i = 0; i < items.length; i++) {
    let element: string;
    try {
      element = itemElement(schema, items[i]);
    } catch (error) {
      found.errors.push(`${path}: element ${i}: ${(error as Error).message}`);
      return;
    }
    if (!found.mayRepeat && seen.has(element)) {
      found.errors.push(`${path}: duplicate entries for key ${printElement(element)}`);
    }
    seen.add(element);
    check(items[i], schema.items, `${path}${printElement(element)}`, found);
  }
}

function wrongScalar(value: unknown, type: Schema['type']): string | undefined {
  switch (type) {
    case 'int32':
    case 'int64':
    case 'double':
      return typeof value === 'number' || typeof value === 'bigint' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goValue(value)}}`;
    case 'quantity':
    case 'time':
    case 'microTime':
      return typeof value === 'object' ? `expected any scalar, got &{${goValue(value)}}` : undefined;
    default:
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  }
}
