import { goQuote } from '../../meta/go-quote.ts';
import { declareFunction } from '../check/declarations.ts';
import type { EnvironmentParts, StructDeclaration } from '../check/environment.ts';
import { type CelType, dynType, opaqueType, stringType, structType } from '../check/types.ts';
import { equal } from '../runtime/equality.ts';
import { CelError } from '../runtime/errors.ts';
import { ListValue, MapValue, OpaqueValue, typeName, type Value } from '../runtime/values.ts';

export const objectType = structType('Object');
export const jsonPatchType = structType('JSONPatch');

/** An `Object{…}` literal: the fields that a mutation applies. */
export class ApplyObject extends OpaqueValue {
  readonly type: CelType;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(type: CelType, fields: ReadonlyMap<string, Value>) {
    super();
    this.type = type;
    this.fields = fields;
  }

  equals(other: Value): boolean {
    if (!(other instanceof ApplyObject) || other.type.name !== this.type.name || other.fields.size !== this.fields.size) return false;
    return [...this.fields].every(([name, value]) => other.fields.has(name) && equal(value, other.fields.get(name)!));
  }
}

/** A `JSONPatch{op: …, path: …}` literal. */
export class JsonPatchOperation extends OpaqueValue {
  readonly type = jsonPatchType;
  readonly fields: ReadonlyMap<string, Value>;

  constructor(fields: ReadonlyMap<string, Value>) {
    super();
    this.fields = fields;
  }

  equals(other: Value): boolean {
    if (!(other instanceof JsonPatchOperation) || other.fields.size !== this.fields.size) return false;
    return [...this.fields].every(([name, value]) => other.fields.has(name) && equal(value, other.fields.get(name)!));
  }
}

/** What expressions of mutations have besides: the types of patches, and jsonpatch.escapeKey(). */
export const patchEnvironment: EnvironmentParts = {
  structs: {
    find(name) {
      if (name === 'JSONPatch') return jsonPatch;
      return name === 'Object' || name.startsWith('Object.') ? objectStruct(name) : undefined;
    },
  },
  functions: [
    declareFunction('jsonpatch.escapeKey', {
      string_jsonpatch_escapeKey_string: [
        '(string): string',
        (key: string) => key.replace(/[~/]/g, (character) => (character === '/' ? '~1' : '~0')),
      ],
    }),
  ],
};

function objectStruct(name: string): StructDeclaration {
  const type = structType(name);
  return { type, field: () => dynType, construct: (fields) => new ApplyObject(type, fields) };
}

const patchFields: Readonly<Record<string, CelType>> = { op: stringType, path: stringType, from: stringType, value: dynType };

// Upstream takes an unknown field for one of a type without a name, which nothing fits.
const namelessType = opaqueType('');

const jsonPatch: StructDeclaration = {
  type: jsonPatchType,
  field: (name) => (Object.hasOwn(patchFields, name) ? patchFields[name] : namelessType),
  construct(fields) {
    for (const name of ['op', 'path', 'from']) {
      const value = fields.get(name);
      if (value !== undefined && typeof value !== 'string')
        throw new CelError(`unexpected type ${typeName(value)} for JSONPatchType '${name}' field`);
    }
    return new JsonPatchOperation(fields);
  },
};

/** Where an object's type is not named after its place, such as Object.status within spec: messages in upstream's words. */
export function misplacedTypes(value: Value, path: string): string[] {
  if (value instanceof ApplyObject) {
    const own = value.type.name;
    const wrong =
      own === path
        ? []
        : [`unexpected type name ${goQuote(own)}, expected ${goQuote(path)}, which matches field name path from root Object type`];
    return [...wrong, ...[...value.fields].flatMap(([name, field]) => misplacedTypes(field, `${path}.${name}`))];
  }
  if (value instanceof ListValue) return [...value].flatMap((element) => misplacedTypes(element, path));
  if (value instanceof MapValue) return [...value.keys()].flatMap((key) => misplacedTypes(value.find(key)!, path));
  return [];
}
