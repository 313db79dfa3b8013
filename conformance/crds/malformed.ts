import type { Random } from '../../src/machinery/random.ts';
import { pick } from '../differential/mutations.ts';

type Json = any;

/** A definition that uses most of what there is. */
export function definition(): Json {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.malformed.example.com', labels: { a: 'b' } },
    spec: {
      group: 'malformed.example.com',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList', shortNames: ['th'], categories: ['all'] },
      conversion: { strategy: 'None' },
      preserveUnknownFields: false,
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema() },
          subresources: {
            status: {},
            scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
          },
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.replicas', priority: 0, description: 'How many' }],
          selectableFields: [{ jsonPath: '.spec.name' }, { jsonPath: '.spec.mode' }],
        },
        {
          name: 'v1beta1',
          served: true,
          storage: false,
          deprecated: true,
          deprecationWarning: 'is old',
          schema: { openAPIV3Schema: schema() },
        },
      ],
    },
  };
}

function schema(): Json {
  return {
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 20, pattern: '^[a-z]+$' },
          mode: { type: 'string', enum: ['On', 'Off'], default: 'On' },
          replicas: { type: 'integer', format: 'int32', minimum: 0, maximum: 10, default: 1 },
          ratio: { type: 'number', multipleOf: 0.5, exclusiveMinimum: true, minimum: 0 },
          flag: { type: 'boolean', nullable: true },
          when: { type: 'string', format: 'date-time' },
          port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
          set: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 10 }, 'x-kubernetes-list-type': 'set' },
          map: {
            type: 'array',
            maxItems: 10,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['key'],
            items: {
              type: 'object',
              required: ['key'],
              properties: { key: { type: 'string', maxLength: 10 }, value: { type: 'integer', default: 3 } },
              'x-kubernetes-validations': [{ rule: 'self.value >= 0' }],
            },
          },
          labels: {
            type: 'object',
            maxProperties: 5,
            additionalProperties: { type: 'string', maxLength: 10 },
            'x-kubernetes-map-type': 'granular',
          },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
          template: {
            type: 'object',
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
            properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } },
          },
          nested: {
            type: 'object',
            default: { deep: { n: 2 } },
            properties: { deep: { type: 'object', properties: { n: { type: 'integer', default: 1 } } } },
            oneOf: [{ required: ['deep'] }, { properties: { deep: { maxProperties: 0 } } }],
          },
        },
        'x-kubernetes-validations': [
          {
            rule: "self.mode == 'On' || self.replicas == 0",
            message: 'off has no replicas',
            reason: 'FieldValueInvalid',
            fieldPath: '.replicas',
          },
          { rule: 'self.name == oldSelf.name', messageExpression: "'was ' + oldSelf.name" },
        ],
      },
      status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
    },
  };
}

const texts = [
  '',
  'a',
  'A',
  'a.b',
  '-a',
  'a-',
  'v1',
  'V1',
  'v1alpha',
  'thing',
  'things',
  'Thing',
  'k8s.io',
  'x'.repeat(64),
  'ä',
  'a b',
  '[',
  '(?=a)',
  '.spec',
  '.spec.name',
  'spec.name',
  '.metadata.name',
  '.status.replicas',
  '.spec.map',
  '.spec.set[0]',
  '{.spec.name}',
  '.spec.none',
  '$.x',
  'object',
  'string',
  'integer',
  'array',
  'set',
  'map',
  'atomic',
  'granular',
  'int32',
  'date-time',
  'None',
  'Webhook',
  'Cluster',
  'Namespaced',
];
const numbers = [0, 1, -1, 1.5, 2, 100, 2 ** 31, 2 ** 53, -5];
/** Values that suit a key, or nearly. */
const byKey: Readonly<Record<string, readonly Json[]>> = {
  type: ['object', 'string', 'integer', 'number', 'boolean', 'array', 'null', '', 'text', 'date', 'password'],
  format: ['int32', 'int64', 'double', 'date-time', 'byte', 'ipv4', 'bsonobjectid', 'quantity', 'k8s-long-name', 'duration', ''],
  default: [
    null,
    1,
    '',
    'On',
    {},
    [],
    { n: 'x' },
    { deep: {} },
    { unknown: 1 },
    true,
    1.5,
    { key: 'a' },
    [{ key: 'a' }],
    { metadata: { name: 'a' } },
    { apiVersion: 'v1', kind: 'A' },
  ],
  pattern: ['[', '(?=a)', '^a$', '(a', '\\', 'a{1001}', '\\pX', '(?P<n>a)', '[[:foo:]]', 'a**'],
  'x-kubernetes-list-type': ['set', 'map', 'atomic', '', 'list'],
  'x-kubernetes-map-type': ['granular', 'atomic', '', 'set'],
  'x-kubernetes-list-map-keys': [[], ['key'], ['none'], ['key', 'key'], ['value'], ['key', 'value'], ['nested']],
  required: [[], ['none'], ['name', 'name'], ['']],
  enum: [[], [null], ['On', 'On'], [1, 'a'], [{}]],
  additionalProperties: [true, false, { type: 'integer' }, {}],
  items: [{ type: 'object' }, { type: 'array' }, { type: 'array', items: { type: 'string' } }, { type: 'object', nullable: true }, {}],
  nullable: [true, false],
  scope: ['Cluster', 'Namespaced', '', 'cluster'],
  strategy: ['None', 'Webhook', '', 'other'],
  conversion: [
    null,
    { strategy: 'Webhook' },
    { strategy: 'Webhook', webhook: {} },
    { strategy: 'Webhook', webhook: { conversionReviewVersions: [] } },
    { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: {} } },
    { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v2'], clientConfig: { url: 'http://a' } } },
    {
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['v1', 'v1'], clientConfig: { url: 'https://a/b?c#d', caBundle: 'YQ==' } },
    },
    {
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['V1'], clientConfig: { url: 'https://u@a', service: { name: '', namespace: '' } } },
    },
    {
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['v1'], clientConfig: { service: { name: 'a', namespace: 'b', path: 'x//y', port: 70000 } } },
    },
    { strategy: 'None', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://a' } } },
  ],
  rule: [
    '',
    ' ',
    'self.name',
    'self.none == 1',
    'self',
    'true',
    'self.replicas',
    'self.name == 1',
    'oldSelf == self',
    'self.map.all(x, x.value > 0)',
    'self.set.all(a, self.set.all(b, self.set.all(c, a == b)))',
    'self.labels.all(k, self.labels[k].matches("^a"))',
    'has(self.free)',
    'has(self.free.x)',
    'self.free.x == 1',
    'self.template.spec.a == "a"',
    'self.template.metadata.name == "a"',
    'self.template.kind == "a"',
    'self.port == 1',
    'type(self.port) == int',
    "self.when < timestamp('2026-01-01T00:00:00Z')",
    'self.when.getFullYear() > 1',
    'self.flag == null',
    'self.nested.deep.n > 0',
    "self.name.matches('[')",
    'self.name.matches(self.mode)',
    'self.name.size() > 1 &&',
    '1 + ',
    "'a",
    'self.name.foo()',
    'foo(self)',
    'self.replicas / 0 == 1',
    'self.ratio > 1',
    'self.ratio > 1.0',
    'self.set.exists(x, x',
    'self.map.map(x, x.key).size() > 1',
    "self.name in ['a', 'b']",
    "self.set == ['a']",
    'self.replicas in self.map',
    'cel.bind(x, self.name, x == x)',
    "url(self.name).getHost() == 'a'",
    "quantity(self.name).isGreaterThan(quantity('1'))",
    'self.?name.orValue("a") == "a"',
    'optional.of(1).hasValue()',
    'ip(self.name).family() == 4',
    "self.name.format(['a']) == 'b'",
    "'%s'.format([self.name]) == 'b'",
    'self.map.sortBy(x, x.value).size() > 0',
    'authorizer.path("/").check("get").allowed()',
    'self.name.reverse() == self.name',
    'self.set.isSorted()',
    'self.set.sum() > 1',
    'self.__none__',
    'self.spec.name',
    'self.metadata.name == "a"',
    'self.metadata.labels.size() > 0',
    'self.kind == "a"',
    'dyn(self).foo == 1',
    'self.name == "a" ? 1 : 2',
    '[1, "a"].size() > 1',
    '{1: 2}.size() > 0',
    'a.b.c',
    'self[0]',
    "self['name'] == 'a'",
    "self.labels['a'] == 'b'",
    'self.map[0].key == "a"',
    'self.map[self.replicas].value > 1',
    'self.set.filter(x, true).map(x, x + x).size() > 2',
  ],
  messageExpression: [
    '',
    ' ',
    "'a'",
    'self.name',
    'self.replicas',
    '1',
    'self.none',
    "'a' +",
    'string(self.replicas)',
    "'\\n'",
    'oldSelf.name',
    "self.set.join(',')",
  ],
  message: ['', ' ', 'a\nb', 'fine'],
  reason: ['FieldValueInvalid', 'FieldValueForbidden', 'Other', ''],
  fieldPath: [
    '',
    '.',
    '.name',
    'name',
    '.none',
    ".['name']",
    '.map',
    '.map[0].key',
    '.map.key',
    '.labels.a',
    ".labels['a']",
    '.nested.deep.n',
    '.nested..deep',
    '.free.x',
    '.template.spec',
  ],
  optionalOldSelf: [true, false],
  jsonPath: [
    '',
    '.spec',
    '.spec.name',
    '.spec.mode',
    '.spec.replicas',
    '.spec.flag',
    '.spec.ratio',
    '.spec.when',
    '.spec.port',
    '.spec.set',
    '.spec.map[0].key',
    '.spec.labels.a',
    '.spec.none',
    'spec.name',
    '.metadata.name',
    '.metadata.labels',
    '.status.selector',
    '.spec.nested.deep.n',
    '.spec[name]',
    '{.spec.name}',
    '..name',
    '.spec.free.x',
    '.kind',
    '.',
  ],
  group: ['', 'a', 'A.b', 'other.example.com', 'a..b', 'x'.repeat(254), 'malformed.k8s.io'],
  name: ['v1', 'V1', '', 'v1beta1', 'a.b', 'things.malformed.example.com', 'other', 'x'.repeat(64)],
  plural: ['things', 'Things', '', 'thing', 'a.b', 'x'.repeat(64), '1a'],
  kind: ['Thing', 'thing', '', '1A', 'A-b', 'a.b', 'ThingList', 'X'.repeat(64)],
  listKind: ['ThingList', '', 'Thing', 'x_y'],
  shortNames: [[''], ['a', 'a'], ['A'], ['things'], ['a.b']],
  categories: [[''], ['A'], ['a', 'a'], ['a.b']],
  specReplicasPath: ['', '.spec.replicas', 'spec.replicas', '.status.replicas', '.spec', '.spec[0]', '.spec.none', '.spec.replicas[0]'],
  statusReplicasPath: ['', '.status.replicas', '.spec.replicas', '.status', 'a'],
  labelSelectorPath: ['', '.status.selector', '.spec.name', '.metadata.a', 'a'],
  not: [{ type: 'string' }, { required: ['a'] }, { properties: { a: {} } }, { default: 1 }],
  oneOf: [
    [],
    [{ type: 'string' }],
    [{ required: ['name'] }],
    [{ properties: { none: { type: 'string' } } }],
    [{ nullable: true }],
    [{ description: 'a', title: 'b' }],
  ],
  metadata: [
    { type: 'object' },
    { type: 'string' },
    { type: 'object', properties: { name: { type: 'string', pattern: '^a' } } },
    { type: 'object', properties: { labels: { type: 'object' } } },
    { type: 'object', required: ['name'] },
  ],
};
/** What may stand in a schema. */
const schemaKeys = [
  'type',
  'format',
  'default',
  'pattern',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-list-map-keys',
  'required',
  'enum',
  'additionalProperties',
  'items',
  'nullable',
  'not',
  'oneOf',
];
const flags = [
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'uniqueItems',
  'exclusiveMaximum',
];
const bounds = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minimum', 'maximum', 'multipleOf'];

/** A definition with one to three things changed, most of which make it wrong. */
export function malformedDefinition(random: Random): Json {
  const result = definition();
  for (let left = 1 + Math.floor(random.next() * 2.4); left > 0; left--) change(random, result);
  return result;
}

interface Place {
  readonly holder: Json;
  readonly key: string | number;
  readonly isSchema: boolean;
}

function change(random: Random, root: Json): void {
  const places: Place[] = [];
  collect(root.spec, places);
  const place = pick(random, places);
  const { holder, key, isSchema } = place;
  const chance = random.next();
  if (isSchema && chance < 0.4) {
    const target = holder[key];
    const name = random.next() < 0.6 ? pick(random, schemaKeys) : random.next() < 0.5 ? pick(random, flags) : pick(random, bounds);
    if (byKey[name]) target[name] = structuredClone(pick(random, byKey[name]));
    else target[name] = flags.includes(name) ? random.next() < 0.8 : pick(random, numbers);
    return;
  }
  if (isSchema && chance < 0.6) {
    holder[key]['x-kubernetes-validations'] = [rule(random), ...(random.next() < 0.3 ? [rule(random)] : [])];
    return;
  }
  if (chance < 0.75 && !Array.isArray(holder)) delete holder[key];
  else if (chance < 0.8 && Array.isArray(holder)) holder.push(structuredClone(holder[key as number]));
  else holder[key] = structuredClone(suitable(random, String(key), holder[key]));
}

function rule(random: Random): Json {
  const result: Json = { rule: pick(random, byKey['rule']!) };
  for (const name of ['message', 'messageExpression', 'reason', 'fieldPath', 'optionalOldSelf']) {
    if (random.next() < 0.15) result[name] = pick(random, byKey[name]!);
  }
  return result;
}

function suitable(random: Random, key: string, present: Json): Json {
  const known = byKey[key];
  if (known && random.next() < 0.9) return pick(random, known);
  if (typeof present === 'string') return pick(random, texts);
  if (typeof present === 'number') return pick(random, numbers);
  if (typeof present === 'boolean') return !present;
  return pick(random, [null, {}, [], ...(known ?? [])]);
}

function collect(value: Json, places: Place[], inProperties = false): void {
  for (const [key, inside] of Object.entries(value) as [string, Json][]) {
    const isObject = typeof inside === 'object' && inside !== null;
    const isSchema =
      isObject && !Array.isArray(inside) && (inProperties || ['openAPIV3Schema', 'items', 'additionalProperties', 'not'].includes(key));
    places.push({ holder: value, key: Array.isArray(value) ? Number(key) : key, isSchema });
    // Schemas are what there is most to say wrongly.
    if (isSchema) places.push({ holder: value, key, isSchema });
    if (isObject) collect(inside, places, key === 'properties');
  }
}
