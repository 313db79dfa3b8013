import type { ObjectSchema, Schema } from '../../openapi/schema.ts';
import type { Random } from '../../src/machinery/random.ts';

type Json = any;

/** One of a list. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random.next() * items.length)]!;
}

const texts = [
  '',
  'a',
  'A_b',
  'a.b',
  '-x',
  'x'.repeat(64),
  'example.com/thing',
  'UPPER',
  'with space',
  'ä',
  '1',
  'true',
  '/abs/path',
  '../up',
  'a/b/c',
  '*',
  'None',
  '10.0.0.1',
  '010.0.0.1',
  '::1',
  '10.0.0.0/24',
  'x'.repeat(254),
];
const numbers = [0, 1, -1, 2, 80, 65535, 65536, 100, 1000, 2147483647, -2147483648];
const quantities = ['0', '1', '100m', '1Gi', '-1', '1.5', '0.5m', '1e3', '1000m', '1024Mi', '12E6', '', 'x', '9223372036854775807'];
const byName: readonly [RegExp, readonly Json[]][] = [
  [/port$/i, [0, 1, 80, 443, 65535, 65536, -1, 30080, 10250]],
  [
    /(ip|ips|address|addresses)$/i,
    [
      '10.0.0.1',
      '10.1.2.3',
      '300.1.1.1',
      '::1',
      '2001:db8::1',
      '127.0.0.1',
      '169.254.1.1',
      '224.0.0.1',
      '0.0.0.0',
      '010.1.1.1',
      '',
      'None',
      'x',
    ],
  ],
  [/(cidr|cidrs|ranges)$/i, ['10.0.0.0/24', '10.0.0.1/24', '2001:db8::/64', '10.0.0.0/33', 'x', '']],
  [/path$/i, ['/a', 'a', '../a', 'a/../b', '', '/', 'a:b', '/a/../b', '/etc']],
  [
    /^(name|.*Name|hostname|subdomain|namespace)$/,
    ['a', 'b', 'c', 'v', 'x', 'A_b', 'a.b', '', 'x'.repeat(64), '-a', 'a-', 'example.com/a', 'one', 'default'],
  ],
  [/^key$/, ['a', 'k', 'example.com/a', '', 'bad key', 'a/b/c', 'metadata.name', 'node.kubernetes.io/unreachable']],
  [/operator$/i, ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Equal', 'in', '']],
  [/effect$/i, ['NoSchedule', 'NoExecute', 'PreferNoSchedule', '', 'Bad']],
  [/(seconds|threshold)$/i, [0, 1, 5, -1, 30, 3600, 100000]],
  [/^(maxSurge|maxUnavailable|minAvailable)$/, ['25%', '0%', '101%', 0, 1, -1, 'x', '5', '-1%']],
  [/schedule$/i, ['* * * * *', '*/5 * * * *', '@daily', 'x', '', '60 * * * *', 'TZ=UTC * * * * *']],
  [/image$/i, ['nginx', 'nginx:1', 'nginx:latest', ' nginx', '', 'a@sha256:0']],
  [/mode$/i, [0, 420, 511, 512, -1, 'Filesystem', 'Block']],
];

/** A value for a field, mostly of its type and often at the edge of what is allowed. */
export function randomValue(random: Random, schema: Schema, name: string, depth: number): Json {
  const chance = random.next();
  if (chance < 0.03) return null;
  if (chance < 0.06) return pick(random, [1, 'text', true, [], {}, 1.5]);
  if (schema.type !== 'object' && schema.type !== 'list' && schema.type !== 'map') {
    const enumerated = 'enum' in schema ? schema.enum : undefined;
    if (enumerated?.length && random.next() < 0.85) return pick(random, enumerated);
    const hint = byName.find(([pattern]) => pattern.test(name));
    if (hint && random.next() < 0.8) {
      const fitting = hint[1].filter((value) => fits(value, schema.type));
      if (fitting.length > 0) return pick(random, fitting);
    }
  }
  switch (schema.type) {
    case 'object':
      return objectOf(random, schema, depth);
    case 'list': {
      const length = pick(random, [0, 1, 1, 1, 2]);
      return Array.from({ length }, () => randomValue(random, schema.items, name, depth + 1));
    }
    case 'map': {
      const size = pick(random, [0, 1, 1, 2]);
      const isResources = schema.values.type === 'quantity';
      const keys = isResources
        ? ['cpu', 'memory', 'example.com/gpu', 'ephemeral-storage', 'hugepages-2Mi', 'storage', 'pods', 'bad key', 'gpu']
        : ['a', 'app', 'example.com/a', 'bad key', 'UPPER', 'x'.repeat(64), 'k.txt'];
      return Object.fromEntries(
        Array.from({ length: size }, () => [pick(random, keys), randomValue(random, schema.values, '', depth + 1)]),
      );
    }
    case 'boolean':
      return random.next() < 0.5;
    case 'int32':
    case 'int64':
      return random.next() < 0.02 ? pick(random, [1.5, 80.0, 2 ** 31, 2 ** 53]) : pick(random, numbers);
    case 'double':
      return pick(random, [0, 1.5, -1]);
    case 'quantity':
      return random.next() < 0.1 ? pick(random, [1, 0, 1.5]) : pick(random, quantities);
    case 'intOrString':
      return pick(random, [0, 1, 80, 70000, -1, 'http', '50%', 'a_b', '']);
    case 'bytes':
      return pick(random, ['YQ==', '', 'a', 'YQ', '!!!!']);
    case 'time':
      return pick(random, ['2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', '2024-01-01', 'x']);
    case 'microTime':
      return pick(random, ['2024-01-01T00:00:00.000000Z', '2024-01-01T00:00:00Z', 'x']);
    case 'duration':
      return pick(random, ['1s', '5m0s', 'x']);
    case 'any':
      return pick<Json>(random, [{}, { a: 1 }, 'x', 1]);
    default:
      return pick(random, texts);
  }
}

function fits(value: Json, type: Schema['type']): boolean {
  if (type === 'intOrString') return true;
  return typeof value === 'number' ? type === 'int32' || type === 'int64' : type === 'string';
}

function objectOf(random: Random, schema: ObjectSchema, depth: number): Json {
  const result: Record<string, Json> = {};
  const optional = [...schema.fields.values()].filter((field) => !field.required);
  for (const field of schema.fields.values()) {
    const wanted = field.required ? 0.95 : Math.min(0.5, (depth > 3 ? 0.3 : 1.2) / Math.max(1, optional.length));
    if (random.next() < wanted) result[field.name] = randomValue(random, field.schema, field.name, depth + 1);
  }
  return result;
}

interface Place {
  readonly holder: Json;
  readonly key: string | number;
  readonly schema: Schema;
  readonly name: string;
}

/** Every value inside an object with its schema; the parts of metadata that the server owns are left out. */
function places(value: Json, schema: Schema, list: Place[] = [], path = ''): Place[] {
  if (value === null || typeof value !== 'object') return list;
  if (Array.isArray(value)) {
    if (schema.type !== 'list') return list;
    value.forEach((item, i) => {
      list.push({ holder: value, key: i, schema: schema.items, name: '' });
      places(item, schema.items, list, `${path}[]`);
    });
    return list;
  }
  for (const key of Object.keys(value)) {
    const at = `${path}.${key}`;
    if (at === '.apiVersion' || at === '.kind' || at === '.metadata.name' || at === '.metadata.namespace') continue;
    const inside = schema.type === 'object' ? schema.fields.get(key)?.schema : schema.type === 'map' ? schema.values : undefined;
    if (!inside) continue;
    if (at !== '.metadata') list.push({ holder: value, key, schema: inside, name: key });
    places(value[key], inside, list, at);
  }
  return list;
}

function objects(value: Json, schema: Schema, list: { value: Json; schema: ObjectSchema }[] = []): { value: Json; schema: ObjectSchema }[] {
  if (value === null || typeof value !== 'object') return list;
  if (Array.isArray(value)) {
    if (schema.type === 'list') for (const item of value) objects(item, schema.items, list);
    return list;
  }
  if (schema.type === 'map') for (const item of Object.values(value)) objects(item, schema.values, list);
  if (schema.type !== 'object') return list;
  list.push({ value, schema });
  for (const key of Object.keys(value)) {
    const inside = schema.fields.get(key)?.schema;
    if (inside) objects(value[key], inside, list);
  }
  return list;
}

const serverOwned = new Set([
  'managedFields',
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'apiVersion',
  'kind',
  'metadata',
  'selfLink',
  'creationTimestamp',
  'deletionTimestamp',
]);

/** Changes an object in place, once. */
export function mutate(random: Random, body: Json, schema: Schema): void {
  const chance = random.next();
  if (chance < 0.55) return addField(random, body, schema);
  const all = places(body, schema);
  if (all.length === 0) return;
  const { holder, key, schema: inside, name } = pick(random, all);
  if (chance < 0.8) holder[key] = randomValue(random, inside, name, 2);
  else if (chance < 0.88) {
    if (Array.isArray(holder)) holder.splice(key as number, 1);
    else delete holder[key];
  } else if (chance < 0.93) {
    if (Array.isArray(holder)) holder.push(structuredClone(holder[key as number]));
    else holder[key] = randomValue(random, inside, name, 2);
  } else if (chance < 0.97)
    holder[key] = Array.isArray(holder[key]) ? [] : typeof holder[key] === 'object' ? {} : pick<Json>(random, ['', 0, null]);
  else if (!Array.isArray(holder)) holder[pick(random, ['unknown', 'Name', 'x-y'])] = 1;
}

// Places near the root are as likely as those deep inside, where most of them are.
function addField(random: Random, body: Json, schema: Schema): void {
  const all = objects(body, schema);
  for (let attempt = 0; attempt < 5; attempt++) {
    const { value, schema: inside } = pick(random, all);
    const isMeta = inside.name?.endsWith('ObjectMeta') === true;
    const missing = [...inside.fields.values()].filter(
      (field) => value[field.name] === undefined && !((isMeta || value === body) && serverOwned.has(field.name)),
    );
    if (missing.length === 0) continue;
    const field = pick(random, missing);
    value[field.name] = randomValue(random, field.schema, field.name, 1);
    return;
  }
}
