// The API's protobuf encoding, from what the real server says of its messages (conformance/facts), so that what a server sends is read by other eyes
// than those that wrote it. JSON and back: an object loses what protobuf cannot tell, such as empty lists.
import { readFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(`../facts/${name}.json`, import.meta.url), 'utf8'));
const messages = read('protobuf-fields');
const schemas = read('schemas');

export const mediaType = 'application/vnd.kubernetes.protobuf';
const magic = Buffer.from('k8s\0');
const unknown = 'k8s.io.apimachinery.pkg.runtime.Unknown';
const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1.';
const extensions = 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.';

/** Messages by `group/version Kind`. */
const kinds = new Map();
for (const name of Object.keys(messages)) {
  const schema = schemas[schemaName(name)];
  for (const { group, version, kind } of schema?.['x-kubernetes-group-version-kind'] ?? [])
    kinds.set(`${group ? `${group}/` : ''}${version} ${kind}`, name);
}

// Metadata alone, which the documents do not show as kinds of their own.
messages[`${meta}PartialObjectMetadata`] = { metadata: [1, `${meta}ObjectMeta`] };
messages[`${meta}PartialObjectMetadataList`] = { metadata: [1, `${meta}ListMeta`], items: [2, `repeated ${meta}PartialObjectMetadata`] };
for (const kind of ['PartialObjectMetadata', 'PartialObjectMetadataList'])
  for (const version of ['v1', 'v1beta1']) kinds.set(`meta.k8s.io/${version} ${kind}`, meta + kind);

function schemaName(message) {
  return message
    .replace(/^k8s\.io\./, 'io.k8s.')
    .replace('apiextensions_apiserver', 'apiextensions-apiserver')
    .replace('kube_aggregator', 'kube-aggregator');
}

const oddNames = {
  [`${extensions}JSONSchemaProps`]: (name) =>
    name === 'schema' || name === 'ref'
      ? `$${name}`
      : name.startsWith('xKubernetes')
        ? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
        : name,
};

const plans = new Map();

/** Fields of a message as JSON has them. @returns {{ number, name, inline, repeated, map, type }[]} */
function planOf(message) {
  let plan = plans.get(message);
  if (plan) return plan;
  const properties = schemas[schemaName(message)]?.properties;
  const names = properties && new Map(Object.keys(properties).map((name) => [name.toLowerCase(), name]));
  plan = Object.entries(messages[message]).map(([field, [number, text]]) => {
    const repeated = text.startsWith('repeated ');
    const map = text.startsWith('map<');
    const type = text.replace(/^repeated |^map<string, |>$/g, '');
    const spelled = (oddNames[message] ?? ((name) => name))(field);
    const name = names?.get(spelled.toLowerCase()) ?? spelled;
    // A struct that Go embeds is a message of its own, whose fields stand among the others in JSON.
    const inline = names !== undefined && !names.has(spelled.toLowerCase()) && type in messages && !repeated;
    return { number, name, inline, repeated, map, type };
  });
  plans.set(message, plan);
  return plan;
}

// --- reading ----------------------------------------------------------------------------------
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  varint() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error('the protobuf ends too early');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  /** Fields as [number, value]: a BigInt, or bytes. */
  *fields() {
    while (this.at < this.bytes.length) {
      const key = Number(this.varint());
      const wire = key & 7;
      if (wire === 0) yield [key >> 3, this.varint()];
      else if (wire === 1 || wire === 2) {
        const length = wire === 1 ? 8 : Number(this.varint());
        if (this.at + length > this.bytes.length) throw new Error('the protobuf ends too early');
        yield [key >> 3, this.bytes.subarray(this.at, (this.at += length))];
      } else throw new Error(`no message has a field of wire type ${wire}`);
    }
  }
}

function decodeValue(type, value) {
  switch (type) {
    case 'string':
      return value.toString('utf8');
    case 'bytes':
      return value.toString('base64');
    case 'bool':
      return value === 1n;
    case 'double':
      return value.readDoubleLE();
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, value));
    default:
      return decodeMessage(type, value);
  }
}

function decodeMessage(message, bytes) {
  const plan = planOf(message);
  const result = {};
  for (const [number, value] of new Reader(bytes).fields()) {
    const field = plan.find((one) => one.number === number);
    if (!field) throw new Error(`${message} has no field ${number}`);
    if (field.map) {
      const entry = Object.fromEntries([...new Reader(value).fields()].map(([part, inner]) => [part, inner]));
      const inner = entry[2] ?? (['bool', 'int32', 'int64'].includes(field.type) ? 0n : Buffer.alloc(0));
      (result[field.name] ??= {})[(entry[1] ?? Buffer.alloc(0)).toString('utf8')] = decodeValue(field.type, inner);
    } else if (field.inline) Object.assign(result, decodeValue(field.type, value));
    else if (field.repeated) (result[field.name] ??= []).push(decodeValue(field.type, value));
    else result[field.name] = decodeValue(field.type, value);
  }
  return special[message] ? special[message].fromFields(result) : result;
}

/**
 * A decoded value nearer to its JSON: Go leaves out scalars that are zero, but for those that are required. (Optional ones that are there and zero are
 * left out as well.)
 */
function asJson(message, value) {
  if (special[message] || typeof value !== 'object' || value === null) return value;
  const required = schemas[schemaName(message)]?.required ?? [];
  const result = {};
  for (const [name, inside] of Object.entries(value)) {
    const field = fieldOf(message, name);
    const each = (item) => (field?.type in messages ? asJson(field.type, item) : item);
    if (field?.repeated) result[name] = inside.map(each);
    else if (field?.map) result[name] = Object.fromEntries(Object.entries(inside).map(([key, item]) => [key, each(item)]));
    else if (required.includes(name) || !['', 0, false, null].includes(inside)) result[name] = each(inside);
  }
  for (const { name, repeated } of planOf(message)) if (repeated && required.includes(name)) result[name] ??= [];
  return result;
}

function fieldOf(message, name) {
  for (const field of planOf(message)) {
    const found = field.inline ? fieldOf(field.type, name) : field.name === name && field;
    if (found) return found;
  }
  return undefined;
}

const pad = (value, length) => String(value).padStart(length, '0');
const instant = (digits) => ({
  fromFields({ seconds, nanos = 0 }) {
    if (seconds === undefined) return null; // Go's zero time
    const text = new Date(seconds * 1000).toISOString().slice(0, 19);
    return digits === 0 ? `${text}Z` : `${text}.${pad(Math.floor(nanos / 1000), 6)}Z`;
  },
  toFields(text) {
    const [, fraction = ''] = /\.(\d+)/.exec(text) ?? [];
    return { seconds: Math.floor(Date.parse(text.replace(/\.\d+/, '')) / 1000), nanos: Number(fraction.padEnd(9, '0')) };
  },
});
const json = (field) => ({
  fromFields: ({ [field]: raw = '' }) => (raw === '' ? null : JSON.parse(Buffer.from(raw, 'base64').toString('utf8'))),
  toFields: (value) => ({ [field]: Buffer.from(JSON.stringify(value)).toString('base64') }),
});

/** Messages that are no objects in JSON. */
const special = {
  [`${meta}Time`]: instant(0),
  [`${meta}MicroTime`]: instant(6),
  [`${meta}FieldsV1`]: json('Raw'),
  'k8s.io.apimachinery.pkg.runtime.RawExtension': {
    fromFields: ({ raw = '' }) => {
      const bytes = Buffer.from(raw, 'base64');
      return bytes.subarray(0, 4).equals(magic) ? decodeObject(bytes) : JSON.parse(bytes.toString('utf8') || 'null');
    },
    toFields: json('raw').toFields,
  },
  [`${extensions}JSON`]: json('raw'),
  'k8s.io.apimachinery.pkg.api.resource.Quantity': {
    fromFields: ({ string = '0' }) => string,
    toFields: (value) => ({ string: String(value) }),
  },
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': {
    fromFields: ({ type = 0, intVal = 0, strVal = '' }) => (type === 1 ? strVal : intVal),
    toFields: (value) => (typeof value === 'string' ? { type: 1, intVal: 0, strVal: value } : { type: 0, intVal: value, strVal: '' }),
  },
  [`${extensions}JSONSchemaPropsOrArray`]: {
    fromFields: ({ schema, jSONSchemas }) => jSONSchemas ?? schema,
    toFields: (value) => (Array.isArray(value) ? { jSONSchemas: value } : { schema: value }),
  },
  [`${extensions}JSONSchemaPropsOrBool`]: {
    fromFields: ({ allows, schema }) => schema ?? allows,
    toFields: (value) => (typeof value === 'boolean' ? { allows: value } : { allows: true, schema: value }),
  },
  [`${extensions}JSONSchemaPropsOrStringArray`]: {
    fromFields: ({ schema, property }) => property ?? schema,
    toFields: (value) => (Array.isArray(value) ? { property: value } : { schema: value }),
  },
};
for (const name of Object.keys(messages)) {
  if (name.endsWith('.ExtraValue') || name.endsWith('.v1.Verbs'))
    special[name] = { fromFields: ({ items = [] }) => items, toFields: (items) => ({ items }) };
}

/** An object of its envelope, as JSON would have it. @param {Buffer} bytes */
export function decodeObject(bytes) {
  const { message, object, kind, apiVersion } = openEnvelope(bytes);
  return { kind, apiVersion, ...asJson(message, object) };
}

function openEnvelope(bytes) {
  if (!bytes.subarray(0, 4).equals(magic)) throw new Error('the protobuf has no magic number before it');
  const { typeMeta = {}, raw = '' } = decodeMessage(unknown, bytes.subarray(4));
  // The lists of the first discovery do not say their version.
  const message = kinds.get(`${typeMeta.apiVersion || 'v1'} ${typeMeta.kind}`);
  if (!message) throw new Error(`${typeMeta.apiVersion} ${typeMeta.kind} has no message`);
  return { ...typeMeta, message, object: decodeMessage(message, Buffer.from(raw, 'base64')) };
}

/** The events of a watch, as far as whole ones have come. @param {Buffer} bytes */
export function decodeEvents(bytes) {
  const events = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    events.push(decodeMessage(`${meta}WatchEvent`, bytes.subarray(at + 4, end)));
    at = end;
  }
  return events;
}

// --- writing ----------------------------------------------------------------------------------
function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

class NotSaid extends Error {}
const expect = (fits) => {
  if (!fits) throw new NotSaid();
};

const delimited = (number, bytes) => [varint((number << 3) | 2), varint(bytes.length), bytes];

function encodeValue(number, type, value) {
  switch (type) {
    case 'string':
      expect(typeof value === 'string');
      return delimited(number, Buffer.from(value));
    case 'bytes':
      expect(typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value);
      return delimited(number, Buffer.from(value, 'base64'));
    case 'bool':
      expect(typeof value === 'boolean');
      return [varint(number << 3), varint(value ? 1 : 0)];
    case 'int32':
    case 'int64':
      expect(Number.isSafeInteger(value) && (type === 'int64' || Math.abs(value) < 2 ** 31));
      return [varint(number << 3), varint(value)];
    case 'double': {
      expect(typeof value === 'number');
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return [varint((number << 3) | 1), bytes];
    }
    default:
      return delimited(number, encodeMessage(type, value));
  }
}

function encodeMessage(message, value) {
  const object = special[message] ? special[message].toFields(value) : value;
  expect(typeof object === 'object' && object !== null && !Array.isArray(object));
  const parts = [];
  const inlined = (type) => planOf(type).flatMap((field) => (field.inline ? inlined(field.type) : [field.name]));
  const known = new Set(
    special[message] ? Object.keys(object) : planOf(message).flatMap((field) => (field.inline ? inlined(field.type) : [field.name])),
  );
  expect(Object.keys(object).every((name) => known.has(name)));
  for (const field of planOf(message)) {
    if (field.inline) {
      const own = new Set(inlined(field.type));
      const inside = Object.fromEntries(Object.entries(object).filter(([name]) => own.has(name)));
      parts.push(...delimited(field.number, encodeMessage(field.type, inside)));
      continue;
    }
    const given = object[field.name];
    if (given === undefined) continue;
    if (field.map) {
      expect(typeof given === 'object' && given !== null && !Array.isArray(given));
      for (const [key, item] of Object.entries(given)) {
        parts.push(...delimited(field.number, Buffer.concat([...encodeValue(1, 'string', key), ...encodeValue(2, field.type, item)])));
      }
    } else if (field.repeated) {
      expect(Array.isArray(given));
      for (const item of given) parts.push(...encodeValue(field.number, field.type, item));
    } else parts.push(...encodeValue(field.number, field.type, given));
  }
  return Buffer.concat(parts);
}

/** Whether protobuf says the same: it has neither null nor empty lists and maps. */
function sayable(value) {
  if (value === null) return false;
  if (typeof value !== 'object') return true;
  const inside = Object.values(value);
  return inside.length > 0 && inside.every(sayable);
}

/** An object in its envelope; undefined if protobuf cannot say the same: unknown fields, wrong types, empty lists, other ways to write a value. */
export function encodeObject(object) {
  const { apiVersion, kind, ...rest } = object ?? {};
  const message = kinds.get(`${apiVersion} ${kind}`);
  if (!message || !Object.values(rest).every(sayable)) return undefined;
  try {
    const envelope = { typeMeta: { apiVersion, kind }, raw: encodeMessage(message, rest).toString('base64') };
    const bytes = Buffer.concat([magic, encodeMessage(unknown, envelope)]);
    return same(openEnvelope(bytes).object, rest) ? bytes : undefined;
  } catch (error) {
    if (error instanceof NotSaid) return undefined;
    throw error;
  }
}

function same(a, b) {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

/** An answer without what protobuf does not tell apart: absent values and those that are zero or empty. */
export function withoutZeros(value) {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inside]) => [key, withoutZeros(inside)]);
  return Object.fromEntries(entries.filter(([, inside]) => !isZero(inside)));
}

function isZero(value) {
  if (typeof value !== 'object' || value === null)
    return value === null || value === undefined || value === '' || value === 0 || value === false;
  return Object.keys(value).length === 0;
}
