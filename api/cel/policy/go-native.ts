import { goQuote } from '../../meta/go-quote.ts';
import { isJsonObject } from '../../meta/json.ts';
import { exactInteger, jsonText } from '../../meta/json-text.ts';
import { QuantityValue } from '../library/quantity.ts';
import { URLValue } from '../library/urls.ts';
import { CelError } from '../runtime/errors.ts';
import { printValue } from '../runtime/operations.ts';
import {
  Duration,
  ListValue,
  MapValue,
  type OpaqueValue,
  Optional,
  Timestamp,
  TypeValue,
  typeName,
  Uint,
  type Value,
} from '../runtime/values.ts';
import { DynamicList, DynamicMap } from './dynamic-values.ts';
import { ApplyObject, JsonPatchOperation } from './patch-types.ts';

/** What Go has of a value that is none of JSON's: whatever it stands for, it is of the wrong type. */
export class GoValue {
  readonly type: string;
  /** As Go's %v prints it. */
  readonly text: string;
  /** As Go's %#v prints it. */
  readonly syntax: string;

  constructor(type: string, text: string, syntax = text) {
    this.type = type;
    this.text = text;
    this.syntax = syntax;
  }
}

const nullValue = new GoValue('structpb.NullValue', 'NULL_VALUE', '0');

/** The fields of an `Object{…}` as the configuration that it is. @throws CelError for a map whose keys are no text */
export function nativeFields({ fields }: ApplyObject): Record<string, unknown> {
  const entries = [...fields].map(([name, value]) => {
    try {
      return [name, nativeField(value)];
    } catch (error) {
      if (error instanceof CelError) throw new CelError(`fail to convert field ${goQuote(name)}: ${error.message}`);
      throw error;
    }
  });
  return Object.fromEntries(entries);
}

// Only the lists and maps that are a field's own become JSON: what is in them and written in CEL stays as it is.
function nativeField(value: Value): unknown {
  if (value instanceof Optional) return value.value === undefined ? null : nativeField(value.value);
  if (value instanceof DynamicList || value instanceof DynamicMap) return value.json;
  if (value instanceof ListValue) return Array.from(value, native);
  if (!(value instanceof MapValue)) return native(value);
  const entries = Array.from(value.keys(), (key) => {
    if (typeof key === 'string') return [key, native(value.find(key)!)];
    throw new CelError(`map key ${quotedKey(key)} is of type ${keyTypes[typeName(key)] ?? typeName(key)}, not string`);
  });
  return Object.fromEntries(entries);
}

const keyTypes: Readonly<Record<string, string>> = { int: 'types.Int', uint: 'types.Uint', bool: 'types.Bool' };

// Go's %q takes a number for a character.
function quotedKey(key: Value): string {
  if (typeof key === 'boolean') return `%!q(types.Bool=${key})`;
  const code = Number(key instanceof Uint ? key.value : key);
  return code < 0x20 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${String.fromCodePoint(code)}'`;
}

function native(value: Value): unknown {
  if (value === null) return nullValue;
  if (typeof value === 'bigint') return exactInteger(value);
  if (typeof value !== 'object') return value;
  if (value instanceof Uint) return new GoValue('uint64', String(value.value), `0x${value.value.toString(16)}`);
  if (value instanceof Uint8Array) {
    const bytes = [...value];
    return new GoValue('[]uint8', `[${bytes.join(' ')}]`, `[]uint8{${bytes.map((byte) => `0x${byte.toString(16)}`).join(', ')}}`);
  }
  if (value instanceof Duration) return new GoValue('time.Duration', goDuration(value.nanoseconds), String(value.nanoseconds));
  if (value instanceof Timestamp) return goTime(value.nanoseconds);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Optional) return value.value === undefined ? null : native(value.value);
  if (value instanceof DynamicList || value instanceof DynamicMap) return value.json;
  if (value instanceof ListValue) {
    const elements = Array.from(value, native);
    return new GoValue('[]ref.Val', `[${elements.map(textOf).join(' ')}]`, `[]ref.Val{${elements.map(syntaxOf).join(', ')}}`);
  }
  if (value instanceof MapValue) return goMap(value);
  if (value instanceof ApplyObject) return nativeFields(value);
  if (value instanceof JsonPatchOperation) return new GoValue('*mutation.JSONPatchVal', '&{}');
  const type = pointerTypes[typeName(value)] ?? typeName(value);
  const text = value instanceof QuantityValue ? value.amount.toString() : value instanceof URLValue ? value.text : '&{}';
  return new GoValue(type, text);
}

const pointerTypes: Readonly<Record<string, string>> = {
  'kubernetes.Quantity': '*resource.Quantity',
  'kubernetes.URL': '*url.URL',
  'kubernetes.Semver': 'semver.Version',
  'net.IP': 'netip.Addr',
  'net.CIDR': 'netip.Prefix',
};

function goMap(map: MapValue): GoValue {
  const entries = Array.from(map.keys(), (key) => [native(key), native(map.find(key)!)]);
  const print = (of: (part: unknown) => string, separator: string) => entries.map((pair) => pair.map(of).join(':')).join(separator);
  return new GoValue('map[ref.Val]ref.Val', `map[${print(textOf, ' ')}]`, `map[ref.Val]ref.Val{${print(syntaxOf, ', ')}}`);
}

function textOf(part: unknown): string {
  return part instanceof GoValue ? part.text : String(part);
}

function syntaxOf(part: unknown): string {
  return part instanceof GoValue ? part.syntax : jsonText(part);
}

const second = 1_000_000_000n;
const months = 'January February March April May June July August September October November December'.split(' ');

function goTime(nanoseconds: bigint): GoValue {
  const fraction = ((nanoseconds % second) + second) % second;
  const time = new Date(Number((nanoseconds - fraction) / 1_000_000n));
  const parts = [time.getUTCFullYear(), `time.${months[time.getUTCMonth()]}`, time.getUTCDate(), time.getUTCHours(), time.getUTCMinutes()];
  const decimals = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return new GoValue(
    'time.Time',
    `${time.toISOString().slice(0, 19).replace('T', ' ')}${decimals} +0000 UTC`,
    `time.Date(${[...parts, time.getUTCSeconds(), fraction].join(', ')}, time.UTC)`,
  );
}

/** As Go prints a span of time: `1h0m0s`, `1.5s`, `2ms`. */
function goDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${Number(size) / 1e3}µs`;
  if (size < second) return `${sign}${Number(size) / 1e6}ms`;
  const hours = size / (3600n * second);
  const minutes = (size / (60n * second)) % 60n;
  const seconds = Number(size % (60n * second)) / 1e9;
  const longer = hours > 0n ? `${hours}h${minutes}m` : minutes > 0n ? `${minutes}m` : '';
  return `${sign}${longer}${seconds}s`;
}

/** A value as the JSON that a patch carries. @throws CelError for what has no such form */
export function patchValue(value: Value): unknown {
  if (value instanceof ApplyObject) return structOf(nativeFields(value));
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return finite(value);
  if (typeof value === 'bigint') return wholeNumber(value);
  if (value instanceof Uint) return wholeNumber(value.value);
  if (value instanceof DynamicList || value instanceof DynamicMap) return safeJson(value.json);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Duration || value instanceof Timestamp) return printValue(value)!;
  if (value instanceof Optional) {
    if (value.value === undefined) throw new CelError('optional.none() dereference');
    return patchValue(value.value);
  }
  if (value instanceof TypeValue) throw new CelError("type conversion not supported for 'type'");
  if (value instanceof ListValue) return Array.from(value, patchValue);
  if (value instanceof MapValue)
    return Object.fromEntries(Array.from(value.keys(), (key) => [patchKey(key), patchValue(value.find(key)!)]));
  if (value instanceof JsonPatchOperation) throw new CelError('cannot convert to native type: *structpb.Value');
  const { name } = (value as OpaqueValue).type;
  throw new CelError(`type conversion error from '${conversionNames[name] ?? name}' to '*structpb.Value'`);
}

const conversionNames: Readonly<Record<string, string>> = {
  'kubernetes.Quantity': 'Quantity',
  'kubernetes.URL': 'URL',
  'kubernetes.Semver': 'Semver',
  'kubernetes.NamedFormat': 'Format',
  'net.IP': 'IP',
  'net.CIDR': 'CIDR',
};

// Numbers that a double cannot hold are written as text.
function wholeNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function safeJson(json: unknown): unknown {
  if (typeof json === 'bigint') return String(json);
  if (Array.isArray(json)) return json.map(safeJson);
  return isJsonObject(json) ? Object.fromEntries(Object.entries(json).map(([name, inner]) => [name, safeJson(inner)])) : json;
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  const what = printValue(value);
  throw new CelError(
    `json: error calling MarshalJSON for type *structpb.Value: proto:\u00a0google.protobuf.Value.number_value: invalid ${what} value`,
  );
}

function patchKey(key: Value): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'boolean') throw new CelError("type conversion error from bool to 'string'");
  throw new CelError(`unsupported type conversion from '${typeName(key)}' to string`);
}

function structOf(part: unknown): unknown {
  if (part instanceof GoValue) {
    if (part.type === '[]uint8') return Buffer.from(JSON.parse(part.text.replaceAll(' ', ','))).toString('base64');
    if (part.type === 'uint64') return Number(part.text);
    throw new CelError(`proto:\u00a0invalid type: ${part.type}`);
  }
  if (Array.isArray(part)) return part.map(structOf);
  if (typeof part === 'bigint') return Number(part);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, structOf(inner)]));
}
