import type { Field, ObjectSchema, Schema } from '../../../openapi/schema.ts';

/** How `conform` treats a field, worked out once. */
export interface FieldPlan {
  readonly name: string;
  readonly schema: Schema;
  /** The field of a custom resource: nothing is known of Go, so that empty values stay. */
  readonly custom: boolean;
  /** A Go struct that is no pointer: there also when absent. */
  readonly zeroStruct: boolean;
  /** What is written for an absent or zero value; undefined: nothing. */
  readonly absent: unknown;
  readonly default: unknown;
  /** A present empty value is as good as absent. */
  readonly dropEmpty: boolean;
}

/** What there is to do for an object that gives the fields of these names, in this order. */
export interface ObjectForm {
  readonly names: readonly string[];
  /** Those that it gives, and those that are written also where they are not given; in the order of the schema. */
  readonly fields: readonly FieldPlan[];
  /** Whether the schema has all of them. */
  readonly isKnown: boolean;
}

const maxForms = 8;

/** How `conform` treats the objects of a schema. */
export class ObjectPlan {
  readonly fields: readonly FieldPlan[];
  private readonly schema: ObjectSchema;
  /** The latest forms in which objects came: most types have many fields, of which an object gives a few, and objects come in series. */
  private readonly forms: ObjectForm[] = [];
  private oldest = 0;

  constructor(schema: ObjectSchema) {
    this.schema = schema;
    this.fields = [...schema.fields.values()].map(planField);
  }

  formOf(value: object): ObjectForm {
    const { forms } = this;
    for (let i = 0; i < forms.length; i++) if (hasNames(value, forms[i]!.names)) return forms[i]!;
    const names = Object.keys(value);
    const given = new Set(names);
    const form: ObjectForm = {
      names,
      fields: this.fields.filter((field) => given.has(field.name) || isWritten(field)),
      isKnown: names.every((name) => this.schema.fields.has(name)),
    };
    // Names that a schema has not may be any, and any number of them.
    if (!form.isKnown) return form;
    if (forms.length < maxForms) forms.push(form);
    else {
      forms[this.oldest] = form;
      this.oldest = (this.oldest + 1) % maxForms;
    }
    return form;
  }
}

function hasNames(value: object, names: readonly string[]): boolean {
  let at = 0;
  for (const name in value) if (name !== names[at++]) return false;
  return at === names.length;
}

/** Whether it is written where it is not given. */
function isWritten({ zeroStruct, absent, default: value }: FieldPlan): boolean {
  return zeroStruct || absent !== undefined || value !== undefined;
}

const plans = new WeakMap<ObjectSchema, ObjectPlan>();

export function planOf(schema: ObjectSchema): ObjectPlan {
  let plan = plans.get(schema);
  if (plan === undefined) {
    plan = new ObjectPlan(schema);
    plans.set(schema, plan);
  }
  return plan;
}

function planField(field: Field): FieldPlan {
  const { name, schema, pointer = false, omitZero = false } = field;
  const custom = field.pointer === undefined && field.omitEmpty === undefined;
  const isStruct = schema.type === 'object';
  const zeroStruct = isStruct && !pointer && !omitZero && !custom;
  return {
    name,
    schema,
    custom,
    zeroStruct,
    absent: custom || zeroStruct ? undefined : absentValue(field),
    default: (isStruct && !custom) || isUnwritten(field) ? undefined : field.default,
    dropEmpty: !pointer && (!isStruct || omitZero) && alwaysEncoded(schema) === undefined,
  };
}

/** A default that Go would not write. */
function isUnwritten({ default: value, omitEmpty = false, pointer = false }: Field): boolean {
  return omitEmpty && !pointer && (value === 0 || value === '' || value === false);
}

/** What Go writes for a field that was never set. */
function absentValue({ schema, pointer = false, omitEmpty = false, omitZero = false }: Field): unknown {
  if (omitZero) return undefined;
  if (pointer) return omitEmpty ? undefined : null;
  const encoded = alwaysEncoded(schema);
  if (encoded !== undefined) return encoded;
  if (omitEmpty) return undefined;
  switch (schema.type) {
    case 'string':
    case 'duration':
      return '';
    case 'boolean':
      return false;
    case 'list':
    case 'map':
    case 'bytes':
      return null;
    default:
      return 0;
  }
}

/** Structs with an encoding of their own, which omitempty does not stop. */
function alwaysEncoded(schema: Schema): unknown {
  switch (schema.type) {
    case 'time':
    case 'microTime':
    case 'any':
      return null;
    case 'quantity':
      return '0';
    case 'intOrString':
      return 0;
    default:
      return undefined;
  }
}
