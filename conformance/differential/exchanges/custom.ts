import type { Random } from '../../../src/machinery/random.ts';
import type { Connection } from '../connection.ts';
import { pick } from '../mutations.ts';
import { customDefinition, definitions } from './custom-definition.ts';
import { type Area, type Exchange, revisionOf, type Setting, type Turn, withBody } from './exchange.ts';
import { acceptOf, fieldSelector, json, labelSelector, oddParameters, type Parameter, query, versionParameters } from './parameters.ts';

// Of the run's own: what is deleted goes in its own time.
const groupOf = (namespace: string): string => `${namespace}.example.com`;
const apply = 'application/apply-patch+yaml';

const port = {
  type: 'object',
  required: ['port'],
  properties: {
    port: { type: 'integer', format: 'int32', minimum: 1, maximum: 65535 },
    protocol: { type: 'string', default: 'TCP', enum: ['TCP', 'UDP'] },
    name: { type: 'string' },
  },
};
const properties = {
  replicas: { type: 'integer', minimum: 0, maximum: 10, default: 1 },
  size: { type: 'string', pattern: '^(small|large)$', maxLength: 8 },
  color: { type: 'string', enum: ['red', 'blue'], nullable: true },
  when: { type: 'string', format: 'date-time' },
  address: { type: 'string', format: 'ipv4' },
  ratio: { type: 'number', multipleOf: 0.5 },
  tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', maxItems: 3 },
  ports: { type: 'array', items: port, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'] },
  labels: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 2 },
  anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  mixed: { 'x-kubernetes-int-or-string': true },
  atomic: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: { type: 'string' }, b: { type: 'integer' } } },
  either: {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'string' } },
    oneOf: [{ required: ['a'] }, { required: ['b'] }],
  },
  fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'it stays' }] },
};
const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      properties,
      'x-kubernetes-validations': [
        {
          rule: "!has(self.size) || self.size != 'large' || self.replicas > 1",
          messageExpression: "'large needs more'",
          fieldPath: '.replicas',
        },
      ],
    },
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, selector: { type: 'string' }, phase: { type: 'string', enum: ['Up', 'Down'] } },
    },
  },
};
const customResourceDefinition = (group: string) =>
  customDefinition(
    group,
    'Thing',
    [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
        },
        selectableFields: [{ jsonPath: '.spec.color' }, { jsonPath: '.spec.replicas' }],
        additionalPrinterColumns: [
          { name: 'Size', type: 'string', jsonPath: '.spec.size' },
          { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas', priority: 1 },
          { name: 'Ports', type: 'string', jsonPath: '.spec.ports[*].port' },
          { name: 'When', type: 'date', jsonPath: '.spec.when' },
          { name: 'Ratio', type: 'number', jsonPath: '.spec.ratio' },
        ],
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: { openAPIV3Schema: { ...schema, description: 'What there was before.' } },
        selectableFields: [{ jsonPath: '.spec.color' }],
      },
    ],
    { shortNames: ['th'], categories: ['all'] },
  );

const values: Readonly<Record<string, readonly unknown[]>> = {
  replicas: [0, 1, 2, 11, -1, 1.5, '1', null, 2 ** 53],
  size: ['small', 'large', 'huge', '', 1, null],
  color: ['red', 'blue', 'green', null, ''],
  when: ['2024-01-01T00:00:00Z', 'yesterday', '2024-01-01', null],
  address: ['10.0.0.1', '::1', 'x', ''],
  ratio: [0.5, 1, 0.3, '1', -2],
  tags: [[], ['a'], ['a', 'a'], ['a', 'b', 'c', 'd'], [1], null, 'a'],
  ports: [
    [{ port: 80 }],
    [{ port: 80 }, { port: 80, protocol: 'UDP', name: 'x' }],
    [{ port: 80 }, { port: 80 }],
    [{ name: 'x' }],
    [{ port: 0 }],
    [{ port: 443, protocol: 'SCTP' }],
    [null],
    {},
  ],
  labels: [{ a: 'b' }, {}, { a: 1 }, { a: null }, { a: 'b', c: 'd', e: 'f' }, []],
  anything: [{ a: { b: [1, null, {}] } }, {}, { '': 1 }, null, 'x'],
  mixed: [1, '50%', true, null, 1.5],
  atomic: [{ a: 'x', b: 1 }, { b: 2 }, {}, { c: 1 }],
  either: [{ a: 'x' }, { b: 'x' }, { a: 'x', b: 'y' }, {}],
  fixed: ['x', 'y', null],
  unknown: [1, {}, [1]],
};

function spec(random: Random, most: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (let i = Math.floor(random.next() * (most + 1)); i > 0; i--) {
    const field = pick(random, Object.keys(values));
    // Mostly what is good, so that there is something to go on from.
    result[field] = random.next() < 0.7 ? values[field]![0] : pick(random, values[field]!);
  }
  return result;
}

async function untilServed(server: Connection, group: string): Promise<void> {
  for (;;) {
    const replies = await Promise.all(
      ['v1', 'v1beta1'].map((version) => server.send({ method: 'GET', path: `/apis/${group}/${version}/things` })),
    );
    const openApi = await server.send({ method: 'GET', path: `/openapi/v3/apis/${group}/v1` });
    if ([...replies, openApi].every(({ status }) => status === 200)) return;
  }
}

/** Objects of a custom kind with every sort of rule in its schema, through all verbs and forms, and other definitions of kinds as dry runs. */
export const custom: Area = {
  name: 'custom',
  async prepare(servers, namespace) {
    const group = groupOf(namespace);
    for (const server of servers) {
      const { status, body } = await server.send(withBody('POST', definitions, customResourceDefinition(group)));
      if (status !== 201 && status !== 409) throw new Error(JSON.stringify(body));
      await untilServed(server, group);
    }
  },
  async cleanUp(server, namespace) {
    await server.send({ method: 'DELETE', path: `${definitions}/things.${groupOf(namespace)}` });
  },
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const group = groupOf(namespace);
    const version = pick(random, ['v1', 'v1', 'v1', 'v1beta1']);
    const collection = `/apis/${group}/${version}/namespaces/${namespace}/things`;
    const path = `${collection}/${unique}`;
    const object = (most = 4): any => ({
      apiVersion: `${group}/${version}`,
      kind: 'Thing',
      metadata: { name: unique, labels: { tier: 'a', set: unique } },
      spec: spec(random, most),
      ...(random.next() < 0.1 && { extra: 1 }),
    });
    const parameters = (): string => {
      const list: Parameter[] = [];
      if (random.next() < 0.5) list.push(['fieldManager', pick(random, ['one', 'two'])]);
      if (random.next() < 0.4) list.push(['fieldValidation', pick(random, ['Strict', 'Warn', 'Ignore', 'x'])]);
      if (random.next() < 0.1) list.push(['dryRun', 'All']);
      if (random.next() < 0.1) list.push(...oddParameters(random).filter(([name]) => name !== 'watch'));
      return query(list);
    };
    const forced = (text: string) =>
      `${text}${text ? '&' : '?'}${text.includes('fieldManager') ? '' : 'fieldManager=three&'}force=${pick(random, ['true', 'false'])}`;
    const turn = (): Turn => {
      switch (
        pick(random, [
          'create',
          'update',
          'update',
          'apply',
          'apply',
          'merge',
          'json',
          'strategic',
          'status',
          'scale',
          'get',
          'list',
          'list',
          'delete',
          'collection',
        ])
      ) {
        case 'create':
          return withBody('POST', collection + parameters(), object());
        case 'update':
          return withBody('PUT', `${path}${parameters()}`, {
            ...object(),
            metadata: { name: unique, ...(random.next() < 0.8 && { resourceVersion: pick(random, ['<seen>', '<seen>', '1', '']) }) },
          });
        case 'apply':
          return withBody('PATCH', path + forced(parameters()), object(), apply);
        case 'merge':
          return withBody(
            'PATCH',
            path + parameters(),
            { spec: spec(random, 3), metadata: { labels: { a: pick(random, ['b', null, 1]) } } },
            'application/merge-patch+json',
          );
        case 'json':
          return withBody(
            'PATCH',
            path + parameters(),
            [
              {
                op: pick(random, ['add', 'replace', 'remove', 'test']),
                path: pick(random, [
                  '/spec/replicas',
                  '/spec/tags',
                  '/spec/tags/-',
                  '/spec/ports/0',
                  '/spec/unknown',
                  '/status',
                  '/metadata/labels/x',
                ]),
                value: pick<unknown>(random, [1, 'a', ['a'], { port: 1 }, null]),
              },
            ],
            'application/json-patch+json',
          );
        case 'strategic':
          return withBody('PATCH', path, { spec: spec(random, 2) }, 'application/strategic-merge-patch+json');
        case 'status': {
          const status = {
            replicas: pick<unknown>(random, [1, 'x']),
            selector: pick<unknown>(random, ['a=b', 1]),
            phase: pick(random, ['Up', 'Sideways']),
          };
          const target = `/apis/${group}/v1/namespaces/${namespace}/things/${unique}/status`;
          return random.next() < 0.5
            ? withBody('PATCH', target + parameters(), { status, spec: { replicas: 5 } }, 'application/merge-patch+json')
            : withBody('PATCH', target + forced(parameters()), { ...object(0), apiVersion: `${group}/v1`, status }, apply);
        }
        case 'scale':
          return withBody(
            'PATCH',
            `${path}/scale${parameters()}`,
            { spec: { replicas: pick<unknown>(random, [1, 2, 11, -1, 'x', null]) } },
            'application/merge-patch+json',
          );
        case 'get':
          return {
            method: 'GET',
            path: path + query(random.next() < 0.3 ? versionParameters(random).filter(([, value]) => !value.startsWith('<')) : []),
            accept: acceptOf(random),
          };
        case 'list': {
          const list: Parameter[] = [['labelSelector', `set=${unique}${random.next() < 0.2 ? `,${labelSelector(random)}` : ''}`]];
          if (random.next() < 0.4)
            list.push([
              'fieldSelector',
              pick(random, [
                `spec.color=${pick(random, ['red', ''])}`,
                'spec.replicas=1',
                'spec.size=small',
                fieldSelector(random, [unique]),
              ]),
            ]);
          if (random.next() < 0.3) list.push(['limit', '1']);
          if (random.next() < 0.2) list.push(...versionParameters(random).filter(([, value]) => !value.startsWith('<')));
          return { method: 'GET', path: collection + query(list), accept: random.next() < 0.6 ? acceptOf(random) : json };
        }
        case 'delete':
          return { method: 'DELETE', path: path + query([['propagationPolicy', pick(random, ['Background', 'Orphan', 'x'])]]) };
        default:
          return { method: 'DELETE', path: `${collection}?labelSelector=set%3D${unique}` };
      }
    };
    const first = withBody('POST', collection + parameters(), object(3));
    const turns = [first, ...Array.from({ length: pick(random, [2, 3, 4, 5]) }, turn)].map((one) => ({
      ...one,
      keep: { seen: revisionOf },
    }));
    return { verb: `things ${version}`, turns: [...turns, { method: 'GET', path }] };
  },
};
