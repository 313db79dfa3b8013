import type { Random } from '../../../src/machinery/random.ts';
import { pick } from '../mutations.ts';
import { customDefinition, definitions } from './custom-definition.ts';
import { type Area, type Exchange, revisionOf, type Setting, type Turn, withBody } from './exchange.ts';
import { type ExpressionType, type Names, randomExpression } from './expressions.ts';
import { acceptOf } from './parameters.ts';

interface Schema {
  readonly [keyword: string]: any;
}

/** A schema, and what expressions make of its values. */
interface Property {
  readonly schema: Schema;
  readonly type: ExpressionType;
}

const maybe = (random: Random, chance: number, keywords: Schema): Schema => (random.next() < chance ? keywords : {});
const fromSome = (random: Random, chance: number, list: readonly Schema[]): Schema => (random.next() < chance ? pick(random, list) : {});

function textProperty(random: Random): Property {
  const format =
    random.next() < 0.25 ? pick(random, ['date-time', 'duration', 'date', 'byte', 'ipv4', 'email', 'uuid', 'nope']) : undefined;
  const types: Readonly<Record<string, ExpressionType>> = {
    'date-time': 'timestamp',
    date: 'timestamp',
    duration: 'duration',
    byte: 'bytes',
  };
  if (format !== undefined) return { schema: { type: 'string', format }, type: types[format] ?? 'string' };
  const schema = {
    type: 'string',
    ...maybe(random, 0.7, { maxLength: pick(random, [3, 10, 100]) }),
    ...maybe(random, 0.2, { minLength: pick(random, [0, 1, 2]) }),
    ...fromSome(random, 0.3, [{ pattern: '^[a-z]*$' }, { enum: ['a', 'b', ''] }, { pattern: '\\d+' }, { pattern: '(' }, { enum: [] }]),
    ...maybe(random, 0.25, { default: pick(random, ['a', 'b', '', 'toolongforit', 1]) }),
  };
  return { schema, type: 'string' };
}

function numberProperty(random: Random): Property {
  const type = pick(random, ['integer', 'integer', 'number']);
  const schema = {
    type,
    ...fromSome(random, 0.3, [
      { minimum: 0 },
      { maximum: 10, exclusiveMaximum: true },
      { multipleOf: 2 },
      { minimum: 5, maximum: 1 },
      { format: 'int32' },
      { format: 'int64' },
    ]),
    ...maybe(random, 0.25, { default: pick<unknown>(random, [0, 1, 5, -1, 1.5, '1', null]) }),
  };
  return { schema, type: type === 'integer' ? 'int' : 'double' };
}

function listProperty(random: Random, depth: number): Property {
  const items = property(random, Math.min(depth - 1, 1));
  const isScalar = items.schema['type'] !== 'object' && items.schema['type'] !== 'array';
  const keyed = items.schema['properties'] !== undefined && random.next() < 0.4;
  const [key] = Object.keys(items.schema['properties'] ?? {});
  const schema = {
    type: 'array',
    items: items.schema,
    ...maybe(random, 0.7, { maxItems: pick(random, [2, 5, 20]) }),
    ...maybe(random, 0.1, { minItems: 1 }),
    ...(isScalar && random.next() < 0.3 && { 'x-kubernetes-list-type': pick(random, ['set', 'atomic', 'map']) }),
    ...(keyed && { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [pick(random, [key, key, 'none'])] }),
    ...maybe(random, 0.05, { uniqueItems: true }),
    ...maybe(random, 0.1, { default: pick<unknown>(random, [[], ['a'], [1], {}]) }),
  };
  return { schema, type: items.type === 'string' ? 'strings' : items.type === 'int' ? 'ints' : 'any' };
}

function mapProperty(random: Random): Property {
  const values = property(random, 0);
  const schema = {
    type: 'object',
    additionalProperties: random.next() < 0.1 ? true : values.schema,
    ...maybe(random, 0.6, { maxProperties: pick(random, [1, 3]) }),
    ...maybe(random, 0.1, { default: { a: 'b' } }),
  };
  return { schema, type: values.type === 'string' ? 'map' : 'any' };
}

function property(random: Random, depth: number): Property {
  const make = (): Property => {
    switch (pick(random, ['text', 'text', 'number', 'number', 'boolean', 'list', 'map', 'object', 'object', 'mixed', 'any'])) {
      case 'number':
        return numberProperty(random);
      case 'boolean':
        return { schema: { type: 'boolean', ...maybe(random, 0.2, { default: true }) }, type: 'bool' };
      case 'list':
        return depth > 0 ? listProperty(random, depth) : textProperty(random);
      case 'map':
        return depth > 0 ? mapProperty(random) : numberProperty(random);
      case 'object':
        return depth > 0 ? objectProperty(random, depth - 1) : textProperty(random);
      case 'mixed':
        return { schema: { 'x-kubernetes-int-or-string': true }, type: 'any' };
      case 'any':
        return { schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, type: 'any' };
      default:
        return textProperty(random);
    }
  };
  const { schema, type } = make();
  const names: Names = { [type]: ['self', 'self', 'oldSelf'] };
  const more = { ...maybe(random, 0.1, { nullable: true }), ...maybe(random, 0.1, { description: 'Words.' }) };
  return { schema: { ...schema, ...more, ...rules(random, names, 0.15) }, type };
}

const fieldNames = ['a', 'b', 'size', 'in', 'x-y', 'list', 'when', 'dotted.name', '__u__', 'é', 'namespace'];
const escaped: Readonly<Record<string, string>> = {
  in: '__in__',
  'x-y': 'x__dash__y',
  'dotted.name': 'dotted__dot__name',
  __u__: '__underscores__u__underscores__',
  é: 'é',
  namespace: 'namespace',
};

function objectProperty(random: Random, depth: number): Property {
  const properties: Record<string, Schema> = {};
  const names: Record<string, string[]> = { bool: [], any: ['self'] };
  for (let i = 0; i < 1 + Math.floor(random.next() * 4); i++) {
    const name = random.next() < 0.8 ? `f${i}` : pick(random, fieldNames);
    const { schema, type } = property(random, depth);
    properties[name] = schema;
    const reached = escaped[name] ?? name;
    names[type] = [...(names[type] ?? []), `self.${reached}`, `self.${reached}`, `oldSelf.${reached}`];
    names['bool']!.push(`has(self.${reached})`);
    if (type === 'string') names['optional'] = [...(names['optional'] ?? []), `self.?${reached}`];
  }
  const all = Object.keys(properties);
  const schema = {
    type: 'object',
    properties,
    ...maybe(random, 0.2, { required: [pick(random, [...all, ...all, 'none'])] }),
    ...maybe(random, 0.1, { default: {} }),
    ...fromSome(random, 0.15, [
      { oneOf: all.slice(0, 2).map((name) => ({ required: [name] })) },
      { anyOf: [{ required: [all[0]] }] },
      { not: { required: [all[0]] } },
      { 'x-kubernetes-map-type': 'atomic' },
    ]),
    ...rules(random, names as Names, 0.35),
  };
  return { schema, type: 'any' };
}

function rules(random: Random, names: Names, chance: number): Schema {
  if (random.next() >= chance) return {};
  const rule = () => ({
    rule: randomExpression(random, 'bool', names, pick(random, [1, 2, 3]), 0.02),
    ...fromSome(random, 0.4, [
      { message: 'not so' },
      { messageExpression: randomExpression(random, 'string', names, 2, 0.02) },
      { message: ' ' },
      { messageExpression: "'a' + string(self)" },
    ]),
    ...maybe(random, 0.2, {
      reason: pick(random, ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate', 'Nope']),
    }),
    ...maybe(random, 0.1, { fieldPath: pick(random, ['.f0', '.f1', '.none', 'f0', ".f0['a']", '']) }),
    ...maybe(random, 0.1, { optionalOldSelf: pick(random, [true, false]) }),
  });
  return { 'x-kubernetes-validations': [rule(), ...(random.next() < 0.3 ? [rule()] : [])] };
}

/** Mostly what the schema asks for. */
function value(random: Random, schema: Schema, depth: number): unknown {
  if (random.next() < 0.04) return pick<unknown>(random, [null, 1, 'x', [], {}, true, 1.5, -1, 2 ** 53]);
  if (schema['enum']?.length > 0 && random.next() < 0.7) return pick(random, schema['enum']);
  if (schema['x-kubernetes-int-or-string']) return pick<unknown>(random, [1, '50%', 'x']);
  switch (schema['type']) {
    case 'string':
      return pick(random, textsByFormat[schema['format']] ?? ['a', 'b', 'abc', '12', '', 'x y', 'longer than it may be']);
    case 'integer':
      return pick(random, [0, 1, 2, 5, 10, -1, 2 ** 53]);
    case 'number':
      return pick(random, [0, 1, 0.5, -2.25, 10, 1e21]);
    case 'boolean':
      return random.next() < 0.5;
    case 'array':
      return Array.from({ length: Math.floor(random.next() * 4) }, () => value(random, schema['items'], depth + 1));
    default: {
      if (schema['additionalProperties']) {
        const inner = schema['additionalProperties'] === true ? { type: 'string' } : schema['additionalProperties'];
        return Object.fromEntries(['a', 'b', 'c d'].filter(() => random.next() < 0.4).map((key) => [key, value(random, inner, depth + 1)]));
      }
      const fields = Object.entries<Schema>(schema['properties'] ?? {}).filter(
        ([name]) => schema['required']?.includes(name) || random.next() < 0.7,
      );
      const made = fields.map(([name, inner]) => [name, value(random, inner, depth + 1)]);
      return Object.fromEntries([...made, ...(random.next() < 0.08 ? [['unknown', { x: 1 }]] : [])]);
    }
  }
}

const textsByFormat: Readonly<Record<string, readonly string[]>> = {
  'date-time': ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5+01:00', 'yesterday', '2024-02-30T00:00:00Z', '2024-01-01t00:00:00z'],
  date: ['2024-01-01', '2024-13-01', ''],
  duration: ['1h', '1.5s', '2 days', '', '-3m'],
  byte: ['YQ==', '?', ''],
  ipv4: ['10.0.0.1', '::1', 'x'],
  email: ['a@example.com', 'a', ''],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', 'x'],
};

/** Paths to scalars, as columns and selectable fields name them. */
function scalarPaths(schema: Schema, at: string): string[] {
  return Object.entries<Schema>(schema['properties'] ?? {}).flatMap(([name, inner]) => {
    if (!/^[a-z]\w*$/.test(name)) return [];
    if (inner['properties']) return scalarPaths(inner, `${at}.${name}`);
    return ['string', 'integer', 'boolean', 'number'].includes(inner['type']) ? [`${at}.${name}`] : [];
  });
}

function definition(random: Random, group: string): { readonly body: any; readonly spec: Schema; readonly selectable: readonly string[] } {
  const { schema: spec } = objectProperty(random, 2);
  const status = { type: 'object', properties: { phase: { type: 'string' }, replicas: { type: 'integer' } } };
  const root: Schema = {
    type: 'object',
    properties: { spec, ...maybe(random, 0.6, { status }) },
    ...fromSome(random, 0.2, [
      { required: ['spec'] },
      rules(random, { string: ['self.metadata.name', 'self.kind'], any: ['self.spec'] }, 1),
    ]),
  };
  const paths = scalarPaths(spec, '.spec');
  const selectable = paths.filter(() => random.next() < 0.3).slice(0, 8);
  const column = (path: string, i: number) => ({
    name: `C${i}`,
    type: pick(random, ['string', 'integer', 'number', 'boolean', 'date']),
    jsonPath:
      random.next() < 0.1
        ? pick(random, ['.spec', '.spec.f0[*].a', '.metadata.labels', '.none', '.spec[', '.spec.f0[0]', '{.spec}'])
        : path,
    ...maybe(random, 0.2, { priority: 1 }),
    ...maybe(random, 0.1, { format: 'int32' }),
  });
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: root },
    ...(paths.length > 0 && random.next() < 0.7 && { additionalPrinterColumns: paths.slice(0, 4).map(column) }),
    ...(selectable.length > 0 && { selectableFields: selectable.map((jsonPath) => ({ jsonPath })) }),
    ...fromSome(random, 0.5, [
      { subresources: { status: {} } },
      { subresources: { status: {}, scale: { specReplicasPath: '.spec.f0', statusReplicasPath: '.status.replicas' } } },
    ]),
  };
  const body = customDefinition(group, 'Thing', [version]);
  return { body, spec, selectable };
}

const established: Turn['until'] = ({ status, body }) =>
  status !== 200 ||
  (body as any).status?.conditions?.some(
    ({ type, status }: { type: string; status: string }) => type === 'Established' && status === 'True',
  );

/** Definitions of random schemas with rules in CEL, defaults, columns and selectable fields, and objects of their kinds. */
export const definitionArea: Area = {
  name: 'definitions',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const group = `${unique}.example.com`;
    if (random.next() < 0.6) {
      const refused = () => withBody('POST', `${definitions}?dryRun=All`, definition(random, group).body);
      return { verb: 'definitions as dry runs', turns: [refused(), refused(), refused(), refused()] };
    }
    const { body, spec, selectable } = definition(random, group);
    const path = `${definitions}/${body.metadata.name}`;
    const collection = `/apis/${group}/v1/namespaces/${namespace}/things`;
    const object = (more = {}) => ({
      apiVersion: `${group}/v1`,
      kind: 'Thing',
      metadata: { name: 'one', ...more },
      spec: value(random, spec, 0),
    });
    const turn = (): Turn => {
      switch (pick(random, ['create', 'create', 'update', 'update', 'merge', 'apply', 'get', 'list', 'status'])) {
        case 'create':
          return withBody('POST', `${collection}${random.next() < 0.3 ? '?fieldValidation=Strict' : ''}`, object());
        case 'update':
          return withBody('PUT', `${collection}/one`, object({ resourceVersion: '<seen>' }));
        case 'merge':
          return withBody('PATCH', `${collection}/one`, { spec: value(random, spec, 0) }, 'application/merge-patch+json');
        case 'apply':
          return withBody('PATCH', `${collection}/one?fieldManager=me&force=true`, object(), 'application/apply-patch+yaml');
        case 'status':
          return withBody(
            'PATCH',
            `${collection}/one/status`,
            { status: { phase: pick<unknown>(random, ['Up', 1]) } },
            'application/merge-patch+json',
          );
        case 'list': {
          const field = selectable.length > 0 ? pick(random, selectable).slice(1) : 'spec.none';
          const selector =
            random.next() < 0.5 ? `?fieldSelector=${field}${pick(random, ['%3D', '!%3D'])}${pick(random, ['a', '1', '', 'true'])}` : '';
          return { method: 'GET', path: collection + selector, accept: acceptOf(random) };
        }
        default:
          return { method: 'GET', path: `${collection}/one`, accept: acceptOf(random) };
      }
    };
    return {
      verb: 'definition',
      turns: [
        withBody('POST', definitions, body),
        { method: 'GET', path, until: established },
        // Of a definition that was refused nothing is ever served.
        { method: 'POST', path: `${collection}?dryRun=All`, body: '{', unseen: true, until: ({ status }) => status === 400 },
        ...Array.from({ length: 8 }, turn).map((one) => ({ ...one, keep: { seen: revisionOf } })),
        { method: 'GET', path: collection, accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
        { method: 'DELETE', path, unseen: true },
      ],
    };
  },
};
