import { WrittenNumber } from '../../../api/meta/json-text.ts';
import type { ObjectSchema, ScalarSchema, Schema } from '../../../openapi/schema.ts';
import { namedTypes } from './named-types.data.ts';
import { convertBase64, convertMicroTime, convertQuantity, convertTime, ValueError } from './scalars.ts';

/**
 * What Go's decoder says of a value that its type cannot hold: values that read themselves (times, quantities) end the decoding where they
 * stand, all others are noted, and the first of them is told at the end. Undefined if all is well.
 */
export function explain(value: unknown, schema: Schema): string | undefined {
  const check = new Check();
  try {
    check.value(value, schema, { struct: '', path: '' });
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
  return check.first;
}

const text: Schema = { type: 'string' };
export const neitherBooleanNorSchema = 'boolean or JSON schema expected';

/** Where the decoder is: the innermost struct's type, the names of fields from the root on, and the field's type if it has a name. */
interface Place {
  readonly struct: string;
  readonly path: string;
  readonly named?: string;
}

class Check {
  first: string | undefined;

  private note(value: unknown, schema: Schema, place: Place): void {
    this.first ??= mismatch(value, schema, place);
  }

  value(value: any, schema: Schema, place: Place): void {
    if (value === null || value === undefined) return;
    switch (schema.type) {
      case 'object':
        if (typeof value !== 'object' || Array.isArray(value)) return this.note(value, schema, place);
        for (const name in value) this.field(value[name], schema, name, place);
        return;
      case 'map':
        if (typeof value !== 'object' || Array.isArray(value)) return this.note(value, schema, place);
        for (const key in value) this.value(value[key], schema.values, elementPlace(schema.values, value[key], place));
        return;
      case 'list':
        if (!Array.isArray(value)) return this.note(value, schema, place);
        for (const item of value) this.value(item, schema.items, place);
        return;
      case 'any':
        if (schema.alternative) this.alternative(value, schema.alternative, place);
        return;
      default:
        this.scalar(value, schema, place);
    }
  }

  // A type that reads itself ends the decoding with the first that is wrong inside.
  private alternative(value: unknown, { schema, to }: NonNullable<ScalarSchema['alternative']>, place: Place): void {
    const inside = new Check();
    if (typeof value !== 'object') {
      if (to === 'boolean' && typeof value !== 'boolean') throw new ValueError(neitherBooleanNorSchema);
    } else if (!Array.isArray(value)) inside.value(value, schema(), place);
    else if (to === 'boolean') throw new ValueError(neitherBooleanNorSchema);
    else for (const item of value) inside.value(item, to === 'list' ? schema() : text, place);
    if (inside.first !== undefined) throw new ValueError(inside.first);
  }

  private field(value: unknown, schema: ObjectSchema, name: string, { path }: Place): void {
    const field = schema.fields.get(name);
    if (field === undefined) return;
    const named = namedTypeOf(schema, name);
    const step = `${path === '' ? '' : `${path}.`}${embedding(structName(schema), name)}${name}`;
    this.value(value, field.schema, { struct: structName(schema), path: step, ...(named ? { named } : {}) });
  }

  private scalar(value: any, schema: Schema, place: Place): void {
    switch (schema.type) {
      case 'string':
      case 'duration':
        if (typeof value !== 'string') this.note(value, schema, place);
        return;
      case 'boolean':
        if (typeof value !== 'boolean') this.note(value, schema, place);
        return;
      case 'int32':
      case 'int64':
        if (!isInteger(value, schema.type === 'int32' ? 2 ** 31 : 2 ** 63)) this.note(value, schema, place);
        return;
      case 'double':
        if (typeof value !== 'number' && typeof value !== 'bigint') this.note(value, schema, place);
        return;
      case 'bytes':
        return this.bytes(value, schema, place);
      case 'intOrString':
        if (typeof value !== 'string' && !isInteger(value, 2 ** 31)) throw new ValueError(mismatch(value, schema, place));
        return;
      case 'quantity':
        convertQuantity(value);
        return;
      default:
        if (typeof value !== 'string') throw new ValueError(mismatch(value, schema, place));
        if (schema.type === 'time') convertTime(value);
        else convertMicroTime(value);
    }
  }

  private bytes(value: unknown, schema: Schema, place: Place): void {
    if (typeof value !== 'string') {
      if (!Array.isArray(value)) return this.note(value, schema, place);
      for (const byte of value) if (!isByte(byte)) this.note(byte, { type: 'int32' }, { ...place, named: 'uint8' });
      return;
    }
    try {
      convertBase64(value);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      this.first ??= error.message;
    }
  }
}

// In a map of lists, the name is the list's.
function elementPlace(schema: Schema, value: unknown, place: Place): Place {
  const { named, ...rest } = place;
  if (named === undefined) return place;
  if (schema.type === 'list') return Array.isArray(value) ? rest : { ...rest, named: `list ${named}` };
  return named.startsWith('map[') ? { ...rest, named: named.slice(named.indexOf(']') + 1) } : place;
}

function isByte(value: unknown): boolean {
  return value === null || (isInteger(value, 256) && Number(value) >= 0);
}

function isInteger(value: unknown, limit: number): boolean {
  return (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) && value < limit && value >= -limit;
}

/** The Go type of a field that is a string or number with a name of its own, or of what its list or map holds; of a map whose keys have one, the whole type; of a list that has one itself, `list` and that. */
export function namedTypeOf(schema: ObjectSchema, field: string): string | undefined {
  const list = schema.name === undefined ? undefined : namedTypes[schema.name];
  return list && new RegExp(`(?:^| )${field}=(\\S+)`).exec(list)?.[1]?.replace(':', ' ');
}

function structName(schema: Schema): string {
  return schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? '';
}

function mismatch(value: unknown, schema: Schema, { struct, path, named }: Place): string {
  const type = goTypeOf(schema, named);
  const kind = kindOf(value);
  const isNumeric = schema.type === 'intOrString' || schema.type === 'int32' || schema.type === 'int64' || schema.type === 'double';
  const shown = kind === 'number' && isNumeric ? `number ${value}` : kind;
  const where = struct === '' && path === '' ? 'Go value' : `Go struct field ${struct}.${path}`;
  return `json: cannot unmarshal ${shown} into ${where} of type ${type}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value instanceof WrittenNumber || typeof value === 'bigint') return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** @param named the name of the type of a scalar, or of what a list or map holds */
export function goTypeOf(schema: Schema, named?: string): string {
  switch (schema.type) {
    case 'object':
      return schema.name === undefined ? 'map[string]interface {}' : schema.name.split('.').slice(-2).join('.');
    case 'list':
      return named?.startsWith('list ') ? named.slice(5) : `[]${named ?? goElement(schema.items)}`;
    case 'map':
      if (named?.startsWith('map[')) return named;
      return schema.values.type === 'quantity' ? 'v1.ResourceList' : `map[string]${named ?? goElement(schema.values)}`;
    case 'boolean':
      return 'bool';
    case 'double':
      return 'float64';
    case 'bytes':
      return '[]uint8';
    case 'intOrString':
      return 'int32';
    case 'time':
    case 'microTime':
    case 'duration':
      return 'string';
    default:
      return named ?? schema.type;
  }
}

function goElement(schema: Schema): string {
  switch (schema.type) {
    case 'quantity':
      return 'resource.Quantity';
    case 'intOrString':
      return 'intstr.IntOrString';
    case 'time':
      return 'v1.Time';
    case 'any':
      return schema.name === undefined ? 'runtime.RawExtension' : schema.name.split('.').slice(-2).join('.');
    default:
      return goTypeOf(schema);
  }
}

/** Structs that Go embeds, which the decoder names on the way to their fields. */
const embedded: Readonly<Record<string, (field: string) => string>> = {
  Volume: (field) => (field === 'name' ? '' : 'VolumeSource.'),
  PersistentVolumeSpec: (field) => (ownOfPersistentVolume.has(field) ? '' : 'PersistentVolumeSource.'),
  Probe: (field) => (handlers.has(field) ? 'ProbeHandler.' : ''),
  EphemeralContainer: (field) => (field === 'targetContainerName' ? '' : 'EphemeralContainerCommon.'),
  ConfigMapKeySelector: localReference,
  SecretKeySelector: localReference,
  ConfigMapEnvSource: localReference,
  SecretEnvSource: localReference,
  ConfigMapProjection: localReference,
  SecretProjection: localReference,
  ConfigMapVolumeSource: localReference,
  IngressRule: (field) => (field === 'host' ? '' : 'IngressRuleValue.'),
  DeviceClaimConfiguration: deviceConfiguration,
  DeviceAllocationConfiguration: deviceConfiguration,
  DeviceClassConfiguration: deviceConfiguration,
  PersistentVolumeClaim: typeMeta,
  DeleteOptions: typeMeta,
  RuleWithOperations: (field) => (field === 'operations' ? '' : 'Rule.'),
  NamedRuleWithOperations: (field) =>
    field === 'resourceNames' ? '' : field === 'operations' ? 'RuleWithOperations.' : 'RuleWithOperations.Rule.',
};

const handlers: ReadonlySet<string> = new Set(['exec', 'grpc', 'httpGet', 'tcpSocket']);
const ownOfPersistentVolume: ReadonlySet<string> = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

function localReference(field: string): string {
  return field === 'name' ? 'LocalObjectReference.' : '';
}

// Where these are within another object; of an object itself, version and kind are read before.
function typeMeta(field: string): string {
  return field === 'apiVersion' || field === 'kind' ? 'TypeMeta.' : '';
}

function deviceConfiguration(field: string): string {
  return field === 'opaque' ? 'DeviceConfiguration.' : '';
}

function embedding(struct: string, field: string): string {
  return embedded[struct]?.(field) ?? '';
}
