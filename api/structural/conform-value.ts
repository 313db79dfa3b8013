import { copySorted, setOwn } from '../meta/json.ts';
import { jsonText } from '../meta/json-text.ts';
import { type Place, pathText } from './failures.ts';
import type { Structural } from './structural.ts';

/** Reads an ObjectMeta, as Go's decoder does. @throws Error in its words */
export type ReadObjectMeta = (value: unknown) => { readonly value: unknown; readonly unknown: readonly string[] };

export interface ConformValueOptions {
  /** Of embedded resources. */
  readonly readMeta: ReadObjectMeta;
  /** Collects the paths of what is dropped because the schema does not know it. */
  readonly unknown?: UnknownFields;
  /** Malformed metadata of embedded resources is dropped rather than refused: what is stored is not given back to its writer. */
  readonly lenient?: boolean;
  /** Nothing is filled in, only dropped. */
  readonly withoutDefaults?: boolean;
  /** A null without a default stays, for validation to refuse: an applied object is merged of values, and never decoded. */
  readonly keepsNulls?: boolean;
}

/** Dropped fields, those of embedded metadata apart, which are told last. */
export class UnknownFields {
  readonly fields: string[] = [];
  readonly ofMetadata: string[] = [];

  sorted(): string[] {
    return [...this.fields.sort(), ...this.ofMetadata.sort()];
  }
}

/** Metadata of an embedded resource that cannot be one; the message is upstream's field error. */
export class EmbeddedMetadataError extends Error {
  /** Where it stands. */
  readonly place: string;
  /** `Invalid value: …`, without the place. */
  readonly problem: string;

  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`);
    this.place = place;
    this.problem = problem;
  }
}

/**
 * A copy of a value as its schema has it: unknown fields dropped, nulls that stand for nothing dropped or defaulted, defaults filled in, metadata of
 * embedded resources in form, members sorted as Go encodes maps. Types are not checked: a wrong value stays, for `valueRules` to tell.
 * The root's own apiVersion, kind and metadata are copied as they are.
 * @param place where the value stands; undefined for a whole object
 * @throws EmbeddedMetadataError
 */
export function conformValue(value: unknown, schema: Structural | undefined, options: ConformValueOptions, place?: Place): unknown {
  return new Walk(options).convert(value, schema, schema?.preservesUnknownFields ?? false, place);
}

const typeMeta: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

class Walk {
  private readonly options: ConformValueOptions;

  constructor(options: ConformValueOptions) {
    this.options = options;
  }

  /** @param keeps whether unknown fields stay: said by the schema, or of a list by its own */
  convert(value: unknown, schema: Structural | undefined, keeps: boolean, place: Place | undefined): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, i) => this.convertItem(item, schema?.items, keeps, { parent: place, step: i }));
    return this.convertObject(value as Record<string, unknown>, schema, keeps, place);
  }

  private convertItem(item: unknown, schema: Structural | undefined, keeps: boolean, place: Place): unknown {
    if (!schema) return keeps ? copySorted(item) : this.convert(item, undefined, false, place);
    const given = item === null && schema.refusesNull() ? (this.defaultOf(schema, item) ?? null) : item;
    return this.convert(given, schema, keeps || schema.preservesUnknownFields, place);
  }

  private convertObject(
    value: Readonly<Record<string, unknown>>,
    schema: Structural | undefined,
    keeps: boolean,
    place: Place | undefined,
  ): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const name of namesOf(value, schema)) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (schema?.isEmbedded && typeMeta.has(name)) {
        const own = this.convertTypeMeta(name, given, schema, place);
        if (own !== undefined) result[name] = own;
        continue;
      }
      const converted = this.convertMember(name, given, schema, keeps, place);
      if (converted !== undefined) setOwn(result, name, converted);
    }
    return result;
  }

  /** @param given undefined for a declared member that is absent */
  private convertMember(name: string, given: unknown, schema: Structural | undefined, keeps: boolean, place: Place | undefined): unknown {
    const member = schema?.member(name);
    if (member) {
      const isAbsent = given === undefined || (given === null && member.refusesNull());
      const value = isAbsent ? this.defaultOf(member, given) : given;
      return value === undefined ? undefined : this.convert(value, member, member.preservesUnknownFields, { parent: place, step: name });
    }
    if (schema?.additional !== undefined) return this.convert(given, undefined, false, { parent: place, step: name });
    if (keeps) return copySorted(given);
    if (place !== undefined || !typeMeta.has(name)) this.options.unknown?.fields.push(pathText({ parent: place, step: name }));
    return undefined;
  }

  // A null that a default would replace stays where none is filled in.
  private defaultOf(schema: Structural, given: unknown): unknown {
    const { withoutDefaults, keepsNulls } = this.options;
    if (schema.default === undefined) return keepsNulls ? given : undefined;
    return withoutDefaults ? given : schema.default;
  }

  private convertTypeMeta(name: string, given: unknown, schema: Structural, place: Place | undefined): unknown {
    if (place === undefined) return given === undefined ? undefined : copySorted(given);
    const declared = schema.properties.get(name);
    const { lenient, readMeta, unknown, withoutDefaults } = this.options;
    const isAbsent = given === undefined || (given === null && declared?.refusesNull());
    const value = !isAbsent ? given : withoutDefaults ? undefined : declared?.default;
    if (value === undefined) return undefined;
    const at = pathText({ parent: place, step: name });
    if (name !== 'metadata') {
      if (typeof value === 'string') return value;
      if (lenient) return undefined;
      throw new EmbeddedMetadataError(at, `Invalid value: ${jsonText(value)}: must be a string`);
    }
    try {
      const read = readMeta(value ?? {});
      unknown?.ofMetadata.push(...read.unknown.map((path) => `${at}.${path}`));
      return copySorted(declared ? this.convert(read.value, declared, true, { parent: place, step: name }) : read.value);
    } catch (error) {
      if (lenient) return undefined;
      throw new EmbeddedMetadataError(at, `Invalid value: ${jsonText(copySorted(value))}: ${(error as Error).message}`);
    }
  }
}

/** The members of a value, and what its schema has defaults for, in order. */
function namesOf(value: Readonly<Record<string, unknown>>, schema: Structural | undefined): string[] {
  const names = Object.keys(value);
  if (schema) for (const name of schema.namesWithDefaults) if (!Object.hasOwn(value, name)) names.push(name);
  return names.length > 1 ? names.sort() : names;
}
