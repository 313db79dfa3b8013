import { type FieldError, FieldPath, invalid, required } from '../meta/field.ts';
import { isJsonObject } from '../meta/json.ts';
import { isDns1035Label, nameIsPathSegment } from '../meta/names.ts';
import type { ObjectMeta } from '../meta/object.ts';
import { validateObjectMeta } from '../meta/validation.ts';
import type { Structural } from './structural.ts';

/** The rules of apiVersion, kind and metadata of resources inside an object. The root's own are judged elsewhere. */
export function validateEmbedded(value: unknown, schema: Structural, path: FieldPath = FieldPath.empty, isRoot = true): FieldError[] {
  if (!schema.hasEmbedded && (isRoot || !schema.isEmbedded)) return [];
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, i) => validateEmbedded(item, items, path.index(i), false)) : [];
  }
  if (!isJsonObject(value)) return [];
  const errors = schema.isEmbedded && !isRoot ? validateResource(value, path) : [];
  for (const name of Object.keys(value)) {
    const member = schema.member(name);
    if (member)
      errors.push(...validateEmbedded(value[name], member, schema.properties.has(name) ? path.child(name) : path.key(name), false));
  }
  return errors;
}

function validateResource(value: Readonly<Record<string, any>>, path: FieldPath): FieldError[] {
  const errors = ['apiVersion', 'kind'].flatMap((name) => (Object.hasOwn(value, name) ? [] : [required(path.child(name))]));
  const { apiVersion, kind, metadata } = value;
  if (apiVersion !== undefined) errors.push(...validateText(apiVersion, path.child('apiVersion'), validateVersion));
  if (kind !== undefined) errors.push(...validateText(kind, path.child('kind'), validateKind));
  if (isJsonObject(metadata)) {
    const named: ObjectMeta = { ...metadata, name: metadata['name'] || 'fakename' };
    errors.push(
      ...validateObjectMeta(named, { namespaced: Boolean(named.namespace), nameFn: nameIsPathSegment, path: path.child('metadata') }),
    );
  }
  return errors;
}

function validateText(value: unknown, path: FieldPath, problemsOf: (text: string) => string[]): FieldError[] {
  if (typeof value !== 'string') return [invalid(path, value, 'must be a string')];
  if (value === '') return [invalid(path, value, 'must not be empty')];
  return problemsOf(value).map((problem) => invalid(path, value, problem));
}

function validateVersion(text: string): string[] {
  return text.split('/').length > 2 ? [`unexpected GroupVersion string: ${text}`] : [];
}

function validateKind(text: string): string[] {
  const problems = isDns1035Label(text.toLowerCase());
  return problems.length > 0 ? [`may have mixed case, but should otherwise match: ${problems.join(',')}`] : [];
}
