import { keepSentEmpty, noteSentEmpty } from '../../../api/meta/sent-empty.ts';
import type { DecodeOptions, ObjectSchema, ScalarSchema, Schema } from '../../../openapi/schema.ts';
import { setOwn } from '../json-object.ts';
import { explain, neitherBooleanNorSchema } from './explain.ts';
import type { ParsedBody } from './parse.ts';
import { type FieldPlan, planOf } from './plan.ts';
import { convertBase64, convertMicroTime, convertQuantity, convertTime, ValueError } from './scalars.ts';
import { hasDuplicates, jsonDuplicates, strictErrorsOf } from './strict.ts';

export interface ConformOptions {
  /** Report unknown and (with `body`) duplicate fields. */
  readonly strict?: boolean;
  /** Where the value comes from. */
  readonly body?: ParsedBody;
  /** Fill in the schema's defaults. Default true. */
  readonly defaults?: boolean;
  /** The nulls of a custom object stay for validation to judge: it was merged of values, not decoded from a text. */
  readonly keepsNulls?: boolean;
  /** Integers of 32 bits keep the lower ones of a greater number, rather than being refused: the value was merged, not decoded from a text. */
  readonly wraps?: boolean;
  /** The value has been conformed before: which empty lists and maps were sent (`asSent`) is still known of it, and stays so. */
  readonly keepsEmpties?: boolean;
}

export interface Conformed {
  /** Fresh: shares no object or list with the input, except for raw JSON (fieldsV1, RawExtension). */
  readonly object: any;
  /** Unknown and duplicate fields as Warning texts, in upstream's order; empty unless `strict`. */
  readonly strictErrors: readonly string[];
  /** It has empty lists or maps that are stored as null: see `nullEmpties`. */
  readonly hasEmpty: boolean;
}

/** A value that its type cannot hold; the message is that of Go's decoder. */
export class DecodeError extends Error {}

/**
 * What decoding into the Go type and encoding again would give: types checked, unknown fields and nulls dropped, empty values of omitempty fields
 * dropped (see `asSent`), quantities and times in canonical form, schema defaults filled in, fields in the order of the schema. One walk.
 * An empty `metadata.managedFields` stays, as it asks for them to be cleared.
 * @throws DecodeError for the first wrong value in the order of the document
 */
export function conform(value: unknown, schema: Schema, options: ConformOptions = {}): Conformed {
  const { strict = false, body, defaults = true, keepsNulls = false, wraps = false, keepsEmpties = false } = options;
  if (schema.type === 'object' && schema.decode) return decodeCustom(value, schema.decode, { strict, keepsNulls }, body);
  const walk = new Walk(defaults, strict, wraps, keepsEmpties);
  let object: unknown;
  try {
    object = walk.convert(value, schema);
  } catch (error) {
    if (!(error instanceof Mismatch || error instanceof ValueError)) throw error;
    throw new DecodeError(explain(value, schema) ?? error.message);
  }
  keepClearing(value, object);
  const suspect = strict && (walk.unknown || (body !== undefined && hasDuplicates(body)));
  return { object, strictErrors: suspect ? strictErrorsOf(value, schema, body) : [], hasEmpty: walk.hasEmpty };
}

// An empty list of an object's own managers asks for managedFields to be cleared, and goes once they are.
function keepClearing(value: any, object: any): void {
  const managers = value?.metadata?.managedFields;
  if (Array.isArray(managers) && managers.length === 0 && object.metadata) object.metadata.managedFields = [];
}

// Custom objects are data without a type: the text's own faults are told first, then what their schema does not know.
function decodeCustom(
  value: unknown,
  decode: NonNullable<ObjectSchema['decode']>,
  options: DecodeOptions,
  body: ParsedBody | undefined,
): Conformed {
  const { object, unknown } = decode(value, options);
  const duplicates = options.strict && body ? (body.format === 'yaml' ? body.yamlDuplicates : jsonDuplicates(body)) : [];
  return { object, strictErrors: [...duplicates, ...unknown.map((path) => `unknown field "${path}"`)], hasEmpty: false };
}

/** `strict decoding error: unknown field "a", duplicate field "b"` of Conformed.strictErrors. */
export function strictDecodingError(strictErrors: readonly string[]): string {
  const inYaml = strictErrors.filter((text) => text.startsWith('line '));
  const others = strictErrors.slice(inYaml.length);
  const yaml = inYaml.length > 0 ? [`yaml: unmarshal errors:\n  ${inYaml.join('\n  ')}`] : [];
  return `strict decoding error: ${[...yaml, ...others].join(', ')}`;
}

/** Thrown inside the walk; `explain` then finds the words. */
class Mismatch extends Error {
  static readonly instance = new Mismatch('the value has a wrong type');
}

const nothing = Object.freeze({});

class Walk {
  unknown = false;
  hasEmpty = false;
  private readonly defaults: boolean;
  private readonly strict: boolean;

  private readonly wraps: boolean;
  private readonly keepsEmpties: boolean;

  constructor(defaults: boolean, strict: boolean, wraps: boolean, keepsEmpties: boolean) {
    this.defaults = defaults;
    this.strict = strict;
    this.wraps = wraps;
    this.keepsEmpties = keepsEmpties;
  }

  private beyond(value: number): number {
    if (!this.wraps || Math.abs(value) >= 2 ** 63) throw Mismatch.instance;
    return Number(BigInt.asIntN(32, BigInt(value)));
  }

  /** @param value not null */
  convert(value: any, schema: Schema): unknown {
    switch (schema.type) {
      case 'string':
      case 'duration':
        if (typeof value !== 'string') throw Mismatch.instance;
        return value;
      case 'boolean':
        if (typeof value !== 'boolean') throw Mismatch.instance;
        return value;
      case 'int32':
        if (!Number.isInteger(value)) throw Mismatch.instance;
        if (value > 0x7fffffff || value < -0x80000000) return this.beyond(value);
        return value;
      case 'int64':
        if (typeof value !== 'bigint' && (!Number.isInteger(value) || value >= 2 ** 63 || value < -(2 ** 63))) throw Mismatch.instance;
        return value;
      case 'double':
        if (typeof value !== 'number' && typeof value !== 'bigint') throw Mismatch.instance;
        return Number(value);
      case 'object':
        if (typeof value !== 'object' || Array.isArray(value)) throw Mismatch.instance;
        return this.convertObject(value, schema);
      case 'map':
        if (typeof value !== 'object' || Array.isArray(value)) throw Mismatch.instance;
        return this.convertMap(value, schema.values);
      case 'list':
        if (!Array.isArray(value)) throw Mismatch.instance;
        return this.convertItems(value, schema.items);
      case 'any':
        return schema.alternative ? this.convertAlternative(value, schema.alternative) : value;
      default:
        return convertText(value, schema.type);
    }
  }

  // Go's types for these read themselves, and are not strict about it.
  private convertAlternative(value: unknown, { schema, to }: NonNullable<ScalarSchema['alternative']>): unknown {
    const walk = new Walk(this.defaults, false, false, this.keepsEmpties);
    let result = value;
    if (Array.isArray(value)) {
      if (to === 'boolean') throw new ValueError(neitherBooleanNorSchema);
      if (to === 'list') result = walk.convertItems(value, schema());
      else if (!value.every((item) => typeof item === 'string')) throw Mismatch.instance;
    } else if (typeof value === 'object') result = walk.convertObject(value as Record<string, unknown>, schema());
    else if (to === 'boolean' && typeof value !== 'boolean') throw new ValueError(neitherBooleanNorSchema);
    else if (to === 'list') return undefined;
    this.hasEmpty ||= walk.hasEmpty;
    return result;
  }

  private convertItems(items: readonly unknown[], schema: Schema): unknown[] {
    const result = new Array(items.length);
    for (let i = 0; i < items.length; i++) result[i] = this.convertElement(items[i], schema);
    return result;
  }

  private convertMap(value: Record<string, unknown>, schema: Schema): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const key in value) {
      setOwn(result, key, this.convertElement(value[key], schema));
    }
    return result;
  }

  /** In a list or map, null is the zero value. */
  private convertElement(value: unknown, schema: Schema): unknown {
    if (value !== null) return this.convert(value, schema);
    return schema.type === 'object' && !schema.nullable ? this.convertObject(nothing, schema) : zeroOf(schema);
  }

  private convertObject(value: Record<string, any>, schema: ObjectSchema): Record<string, unknown> {
    const { fields, isKnown } = planOf(schema).formOf(value);
    const result: Record<string, unknown> = {};
    if (this.keepsEmpties) keepSentEmpty(value, result);
    for (const field of fields) {
      const given = value[field.name];
      const converted = given === undefined || given === null ? this.absent(field, given) : this.present(field, given, result);
      if (converted !== undefined) result[field.name] = converted;
    }
    if (schema.preserveUnknownFields) {
      for (const name in value) if (!schema.fields.has(name)) result[name] = value[name];
    } else if (this.strict && !isKnown) this.unknown = true;
    return result;
  }

  private absent(field: FieldPlan, given: null | undefined): unknown {
    if (field.custom) return this.absentCustom(field, given);
    if (field.zeroStruct) return this.convertObject(nothing, field.schema as ObjectSchema);
    return this.defaults && field.default !== undefined ? field.default : field.absent;
  }

  private absentCustom(field: FieldPlan, given: null | undefined): unknown {
    if (given === null && field.schema.nullable) return null;
    if (!this.defaults || field.default === undefined) return undefined;
    return this.convert(structuredClone(field.default), field.schema);
  }

  private present(field: FieldPlan, given: unknown, holder: object): unknown {
    const value = this.convert(given, field.schema);
    if (field.custom || !field.dropEmpty) return value;
    switch (field.schema.type) {
      case 'list':
        return (value as unknown[]).length === 0 ? this.empty(field, value as object, holder) : value;
      case 'map':
        return isEmpty(value as object) ? this.empty(field, value as object, holder) : value;
      case 'object':
        return isEmpty(value as object) ? undefined : value;
      default:
        if (value !== '' && value !== 0 && value !== false) return value;
        if (value === '' && field.schema.type === 'bytes') noteSentEmpty(holder, field.name, value);
        return this.defaults && field.default !== undefined ? field.default : field.absent;
    }
  }

  private empty(field: FieldPlan, value: object, holder: object): unknown {
    noteSentEmpty(holder, field.name, value);
    if (field.absent !== null) return undefined;
    this.hasEmpty = true;
    return value;
  }
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

function convertText(value: unknown, type: Schema['type']): unknown {
  switch (type) {
    case 'quantity':
      return convertQuantity(value);
    case 'intOrString':
      if (typeof value === 'string') return value;
      if (!Number.isInteger(value) || (value as number) > 0x7fffffff || (value as number) < -0x80000000) throw Mismatch.instance;
      return value;
    case 'bytes':
      if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
        return Buffer.from(value).toString('base64');
      if (typeof value !== 'string') throw Mismatch.instance;
      return convertBase64(value);
    default:
      if (typeof value !== 'string') throw Mismatch.instance;
      return type === 'time' ? convertTime(value) : convertMicroTime(value);
  }
}

function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'string':
    case 'duration':
    case 'bytes':
      return '';
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0;
    case 'boolean':
      return false;
    case 'quantity':
      return '0';
    default:
      return null;
  }
}
