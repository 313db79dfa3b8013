import type { Schema } from '../../../openapi/schema.ts';
import { convertBase64, convertMicroTime, convertQuantity, convertTime, ValueError } from './scalars.ts';

/** What Go's decoder says of the first wrong value, in the order of the document; undefined if all is well. */
export function explain(value: unknown, schema: Schema): string | undefined {
  try {
    check(value, schema, { struct: '', path: '' });
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
  return undefined;
}

/** Where the decoder is: the innermost struct's type, and the names of fields from the root on. */
interface Place {
  readonly struct: string;
  readonly path: string;
}

function check(value: any, schema: Schema, place: Place): void {
  if (value === null || value === undefined) return;
  switch (schema.type) {
    case 'object':
      if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, schema, place);
      for (const name in value) checkField(value[name], schema, name, place);
      return;
    case 'map':
      if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, schema, place);
      for (const key in value) check(value[key], schema.values, place);
      return;
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, schema, place);
      for (const item of value) check(item, schema.items, place);
      return;
    case 'any':
      return;
    case 'string':
    case 'duration':
      if (typeof value !== 'string') throw mismatch(value, schema, place);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, schema, place);
      return;
    default:
      checkScalar(value, schema, place);
  }
}

function checkScalar(value: any, schema: Schema, place: Place): void {
  switch (schema.type) {
    case 'int32':
      return checkInteger(value, schema, place, 2 ** 31);
    case 'int64':
      return checkInteger(value, schema, place, 2 ** 63);
    case 'intOrString':
      if (typeof value !== 'string') checkInteger(value, schema, place, 2 ** 31);
      return;
    case 'double':
      if (typeof value !== 'number') throw mismatch(value, schema, place);
      return;
    case 'quantity':
      convertQuantity(value);
      return;
    case 'bytes':
      if (typeof value === 'string') convertBase64(value);
      else if (!Array.isArray(value)) throw mismatch(value, schema, place);
      return;
    default:
      if (typeof value !== 'string') throw mismatch(value, schema, place);
      if (schema.type === 'time') convertTime(value);
      else convertMicroTime(value);
  }
}

function checkInteger(value: unknown, schema: Schema, place: Place, limit: number): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value >= limit || value < -limit) throw mismatch(value, schema, place);
}

function checkField(value: unknown, schema: Extract<Schema, { type: 'object' }>, name: string, { path }: Place): void {
  const field = schema.fields.get(name);
  if (field === undefined) return;
  const struct = structName(schema);
  const step = `${path === '' ? '' : `${path}.`}${embedding(struct, name)}${name}`;
  check(value, field.schema, { struct, path: step });
}

function structName(schema: Schema): string {
  return schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? '';
}

function mismatch(value: unknown, schema: Schema, { struct, path }: Place): ValueError {
  const type = goTypeOf(schema);
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const isNumeric = type === 'int32' || type === 'int64' || type === 'float64';
  const shown = kind === 'number' && isNumeric ? `number ${printNumber(value as number)}` : kind;
  const where = struct === '' && path === '' ? 'Go value' : `Go struct field ${struct}.${path}`;
  return new ValueError(`json: cannot unmarshal ${shown} into ${where} of type ${type}`);
}

function printNumber(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e300 ? BigInt(value).toString() : String(value);
}

function goTypeOf(schema: Schema): string {
  switch (schema.type) {
    case 'object':
      return schema.name === undefined ? 'map[string]interface {}' : schema.name.split('.').slice(-2).join('.');
    case 'list':
      return `[]${goElement(schema.items)}`;
    case 'map':
      return schema.values.type === 'quantity' ? 'v1.ResourceList' : `map[string]${goElement(schema.values)}`;
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
      return schema.type;
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
      return 'runtime.RawExtension';
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

function embedding(struct: string, field: string): string {
  return embedded[struct]?.(field) ?? '';
}
