import { setTimeout } from 'node:timers/promises';
import type { Random } from '../../../src/machinery/random.ts';
import type { Connection } from '../connection.ts';
import { pick } from '../mutations.ts';
import { customDefinition, definitions } from './custom-definition.ts';
import { type Area, type Exchange, type Setting, type Turn, withBody } from './exchange.ts';
import { type ExpressionType, type Names, randomExpression } from './expressions.ts';

const admission = '/apis/admissionregistration.k8s.io/v1';
const apply = 'application/apply-patch+yaml';

// A kind of each run's own: the reference does not watch parameters of a kind again once it has stopped.
const parameterGroup = `run-${process.pid}.example.com`;
const parameterDefinition = customDefinition(parameterGroup, 'Parameter', [
  {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { data: { type: 'object', additionalProperties: { type: 'string' } } } } },
  },
]);

type Sort = 'Validating' | 'Mutating';
const policies = (sort: Sort) => `${admission}/${sort.toLowerCase()}admissionpolicies`;
const bindings = (sort: Sort) => `${admission}/${sort.toLowerCase()}admissionpolicybindings`;

const common: Names = {
  string: [
    'object.metadata.name',
    'object.metadata.namespace',
    'object.metadata.labels.set',
    'request.operation',
    'request.name',
    'request.namespace',
    'request.kind.kind',
    'request.resource.resource',
    'request.subResource',
    'namespaceObject.metadata.name',
    "authorizer.path('/healthz').check('get').reason()",
  ],
  strings: ['request.userInfo.groups', 'object.metadata.finalizers', 'namespaceObject.spec.finalizers'],
  map: ['object.metadata.labels', 'namespaceObject.metadata.labels', 'object.metadata.annotations', 'request.options'],
  bool: [
    'oldObject == null',
    'object != null',
    'request.dryRun',
    'has(object.metadata.annotations)',
    'has(request.options.fieldManager)',
    "authorizer.group('apps').resource('deployments').namespace('default').check('create').allowed()",
    "authorizer.requestResource.check('delete').allowed()",
    "authorizer.serviceAccount('default', 'default').group('').resource('secrets').check('get').allowed()",
    "authorizer.group('').resource('pods').subresource('log').fieldSelector('spec.nodeName=x').check('list').errored()",
  ],
  optional: ['object.metadata.?annotations.a', 'object.metadata.?labels.set', 'oldObject.?metadata.name'],
  any: ['object', 'object.metadata', 'request', 'oldObject', 'request.object', 'namespaceObject'],
  int: ['object.metadata.generation', 'size(object.metadata.name)'],
};

interface Target {
  readonly group: string;
  readonly plural: string;
  readonly names: Names;
  readonly object: (random: Random) => object;
}

const few = (random: Random, values: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).flatMap(([key, list]) => (random.next() < 0.6 ? [[key, pick(random, list)]] : [])));

const targets: readonly Target[] = [
  {
    group: '',
    plural: 'configmaps',
    names: {
      string: ['object.data.a', "object.data['b']", 'oldObject.data.a', 'object.data.n'],
      map: ['object.data', 'oldObject.data'],
      bool: ['has(object.data)', 'has(object.data.a)', 'object.immutable', 'has(oldObject.data)'],
      optional: ['object.?data.a', "object.data[?'b']", 'oldObject.?data.a'],
      int: ['int(object.data.n)', 'size(object.data)'],
      bytes: ['object.binaryData.c'],
    },
    object: (random) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: few(random, { a: ['1', 'x', ''], b: ['two', '10.0.0.1', 'é'], n: ['12', '-3', 'x'], d: ['1h', '2024-01-01T00:00:00Z'] }),
      ...few(random, { binaryData: [{ c: 'YWJj' }], immutable: [false] }),
    }),
  },
  {
    group: 'apps',
    plural: 'deployments',
    names: {
      string: ['object.spec.template.spec.containers[0].image', 'object.spec.strategy.type', "object.spec.template.metadata.labels['app']"],
      strings: ['object.spec.template.spec.containers.map(c, c.image)', 'object.spec.template.spec.containers[0].args'],
      map: ['object.spec.selector.matchLabels', 'object.spec.template.spec.nodeSelector'],
      int: [
        'object.spec.replicas',
        'object.spec.minReadySeconds',
        'object.spec.template.spec.containers[0].ports[0].containerPort',
        'object.spec.progressDeadlineSeconds',
      ],
      bool: [
        'object.spec.paused',
        'has(object.spec.template.spec.securityContext.runAsNonRoot)',
        'object.spec.template.spec.containers.all(c, has(c.resources.limits))',
      ],
      optional: ['object.spec.template.spec.?hostname', 'object.spec.?strategy.type'],
      quantity: ["quantity(object.spec.template.spec.containers[0].resources.limits['cpu'])"],
    },
    object: (random) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: {
        selector: { matchLabels: { app: 'a' } },
        template: {
          metadata: { labels: { app: 'a' } },
          spec: {
            containers: [
              {
                name: 'main',
                image: 'nginx:1',
                ...few(random, {
                  ports: [[{ containerPort: 80 }]],
                  args: [['a', 'b']],
                  resources: [{ limits: { cpu: '500m' } }, { requests: { memory: '1Gi' } }],
                }),
              },
            ],
            ...few(random, { nodeSelector: [{ a: 'b' }], hostname: ['h'] }),
          },
        },
        ...few(random, { replicas: [0, 1, 3], paused: [true], minReadySeconds: [5] }),
      },
    }),
  },
];

const valueTypes: readonly ExpressionType[] = [
  'bool',
  'int',
  'string',
  'string',
  'strings',
  'map',
  'double',
  'quantity',
  'optional',
  'duration',
];

function merged(...all: readonly Names[]): Names {
  const result: Record<string, string[]> = {};
  for (const names of all) for (const [type, list] of Object.entries(names)) result[type] = [...(result[type] ?? []), ...list];
  return result as Names;
}

const some = <T>(random: Random, most: number, make: (index: number) => T): T[] =>
  Array.from({ length: Math.floor(random.next() * (most + 1)) }, (_, i) => make(i));

const patchPaths: Readonly<Record<string, readonly string[]>> = {
  configmaps: [
    '/data/p',
    '/data/a',
    '/metadata/labels/p',
    '/metadata/annotations',
    '/data',
    '/nope/x',
    '/metadata/finalizers',
    '/immutable',
  ],
  deployments: [
    '/spec/replicas',
    '/spec/minReadySeconds',
    '/metadata/labels/p',
    '/spec/template/spec/containers/0/image',
    '/spec/template/spec/containers/-',
    '/spec/paused',
    '/spec/template/spec/nodeSelector',
  ],
};

/** An ApplyConfiguration or a list of JSON patch operations. */
function mutation(random: Random, { plural }: Target, names: Names, depth: number): object {
  const value = (type: ExpressionType) => randomExpression(random, type, names, depth, 0.03);
  if (random.next() < 0.5) {
    const operation = () => {
      const op = pick(random, ['add', 'add', 'add', 'replace', 'remove', 'test', 'copy', 'move']);
      const path = random.next() < 0.1 ? `"/data/" + jsonpatch.escapeKey(${value('string')})` : `"${pick(random, patchPaths[plural]!)}"`;
      const more =
        op === 'copy' || op === 'move'
          ? `, from: "${pick(random, patchPaths[plural]!)}"`
          : op === 'remove'
            ? ''
            : `, value: ${value(pick(random, ['string', 'string', 'string', 'int', 'int', 'bool', 'map', 'strings', 'double', 'any', 'duration']))}`;
      return `JSONPatch{op: "${op}", path: ${path}${more}}`;
    };
    const list = `[${some(random, 2, operation).join(', ') || operation()}]`;
    const expression = random.next() < 0.2 ? `${value('bool')} ? ${list} : []` : list;
    return { patchType: 'JSONPatch', jsonPatch: { expression } };
  }
  const label = () => `metadata: Object.metadata{labels: {"p": ${value('string')}}}`;
  const annotations = () => `metadata: Object.metadata{annotations: ${value('map')}}`;
  const choices: Record<string, readonly (() => string)[]> = {
    configmaps: [
      label,
      annotations,
      () => `data: {"p": ${value('string')}}`,
      () => `data: Object.data{p: ${value('string')}, ?q: ${value('optional')}}`,
      () => `data: ${value('map')}`,
      () => `immutable: ${value('bool')}`,
      () => `metadata: Object.metadata{finalizers: ${value('strings')}}`,
    ],
    deployments: [
      label,
      annotations,
      () => `spec: Object.spec{replicas: ${value('int')}}`,
      () => `spec: Object.spec{paused: ${value('bool')}, minReadySeconds: ${value('int')}}`,
      () =>
        `spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "main", image: ${value('string')}}]}}}`,
      () =>
        `spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: object.spec.template.spec.containers.map(c, Object.spec.template.spec.containers{name: c.name, env: [Object.spec.template.spec.containers.env{name: "A", value: ${value('string')}}]})}}}`,
      () => `spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{nodeSelector: ${value('map')}}}}`,
    ],
  };
  const applied = `Object{${pick(random, choices[plural]!)()}}`;
  const expression = random.next() < 0.2 ? `${value('bool')} ? ${applied} : Object{}` : applied;
  return { patchType: 'ApplyConfiguration', applyConfiguration: { expression } };
}

function policySpec(random: Random, sort: Sort, target: Target, unique: string, mistakes: number): object {
  const hasParams = random.next() < 0.4;
  const params: Names = hasParams
    ? {
        string: ['params.data.x', 'params.metadata.name', 'params.data.none'],
        map: ['params.data'],
        optional: ['params.?data.x'],
        bool: ['params == null', 'params.data.x == "1"'],
        any: ['params'],
      }
    : {};
  let names = merged(common, target.names, target.names, params);
  const depth = pick(random, [1, 2, 2, 3, 4]);
  const value = (type: ExpressionType) => randomExpression(random, type, names, depth, mistakes);
  const matchConditions = random.next() < 0.3 ? some(random, 2, (i) => ({ name: `c${i}`, expression: value('bool') })) : [];
  const variables = some(random, 3, (i) => {
    const type = pick(random, valueTypes);
    const variable = { name: `v${i}`, expression: value(type) };
    names = merged(names, { [type]: [`variables.v${i}`, `variables.v${i}`] });
    return variable;
  });
  const spec = {
    failurePolicy: pick(random, ['Fail', 'Fail', 'Fail', 'Ignore']),
    matchConstraints: {
      objectSelector: { matchLabels: { set: unique } },
      resourceRules: [
        {
          apiGroups: [target.group],
          apiVersions: ['v1'],
          resources: [target.plural],
          operations: pick(random, [['CREATE', 'UPDATE'], ['*'], ['CREATE', 'UPDATE'], ['UPDATE']]),
        },
      ],
    },
    ...(matchConditions.length > 0 && { matchConditions }),
    ...(variables.length > 0 && { variables }),
    ...(hasParams && { paramKind: { apiVersion: `${parameterGroup}/v1`, kind: 'Parameter' } }),
  };
  if (sort === 'Mutating') {
    const mutations = [mutation(random, target, names, depth), ...some(random, 2, () => mutation(random, target, names, depth))];
    return { ...spec, reinvocationPolicy: pick(random, ['Never', 'IfNeeded']), mutations };
  }
  const validation = () => ({
    expression: value('bool'),
    ...few(random, { reason: ['Invalid', 'Forbidden', 'Unauthorized', 'RequestEntityTooLarge'], message: ['no', 'not so'] }),
    ...(random.next() < 0.4 && { messageExpression: value('string') }),
  });
  return {
    ...spec,
    validations: [validation(), ...some(random, 2, validation)],
    ...(random.next() < 0.2 && { auditAnnotations: [{ key: 'note', valueExpression: value('string') }] }),
  };
}

const bindingSpec = (random: Random, sort: Sort, name: string, namespace: string, hasParams: boolean): object => ({
  policyName: name,
  matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
  ...(hasParams && {
    paramRef: {
      parameterNotFoundAction: pick(random, ['Allow', 'Deny']),
      ...pick<object>(random, [
        { name: 'param-a' },
        { name: 'param-a' },
        { name: 'none' },
        { selector: { matchLabels: { param: 'yes' } } },
        { name: 'param-b', namespace: 'default' },
      ]),
    },
  }),
  ...(sort === 'Validating' && {
    validationActions: pick(random, [['Deny'], ['Deny'], ['Deny', 'Audit'], ['Warn'], ['Warn', 'Audit'], ['Audit']]),
  }),
});

const object = (sort: Sort, what: 'Policy' | 'PolicyBinding', name: string, spec: object) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${sort}Admission${what}`,
  metadata: { name },
  spec,
});

/** Policies whose effect shows that everything made before them is in effect, too: what they match is refused or marked. */
function marker(sort: Sort, name: string, namespace: string): readonly Turn[] {
  const spec = {
    matchConstraints: {
      objectSelector: { matchLabels: { marker: name } },
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
    },
    ...(sort === 'Validating'
      ? { validations: [{ expression: 'false' }] }
      : {
          reinvocationPolicy: 'Never',
          mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{data: {"marked": "yes"}}' } }],
        }),
  };
  const binding = {
    policyName: name,
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    ...(sort === 'Validating' && { validationActions: ['Deny'] }),
  };
  const body = { metadata: { name: 'marker', labels: { marker: name } } };
  return [
    { ...withBody('POST', policies(sort), object(sort, 'Policy', name, spec)), unseen: true },
    { ...withBody('POST', bindings(sort), object(sort, 'PolicyBinding', name, binding)), unseen: true },
    {
      ...withBody('POST', `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, body),
      unseen: true,
      until: ({ status, body }) => (sort === 'Validating' ? status === 422 : (body as any).data?.marked === 'yes'),
    },
  ];
}

function requests(random: Random, target: Target, namespace: string, unique: string): Turn[] {
  const collection = `${target.group === '' ? '/api/v1' : `/apis/${target.group}/v1`}/namespaces/${namespace}/${target.plural}`;
  const body = () => ({
    ...target.object(random),
    metadata: { name: unique, labels: { set: unique }, ...few(random, { annotations: [{ a: 'b' }] }) },
  });
  const path = `${collection}/${unique}`;
  // Controllers act on what is stored of other kinds.
  const isStored = target.plural === 'configmaps';
  const create = (): Turn => withBody('POST', `${collection}${isStored && random.next() < 0.8 ? '' : '?dryRun=All'}`, body());
  const turn = (): Turn => {
    switch (isStored ? pick(random, ['create', 'update', 'patch', 'apply', 'delete']) : 'create') {
      case 'update':
        return withBody('PUT', path, body());
      case 'patch':
        return withBody('PATCH', path, { data: few(random, { a: ['2', null], n: ['5', 'y'], b: ['z'] }) }, 'application/merge-patch+json');
      case 'apply':
        return withBody('PATCH', `${path}?fieldManager=me&force=true`, body(), apply);
      case 'delete':
        return { method: 'DELETE', path: `${path}?dryRun=All` };
      default:
        return create();
    }
  };
  return [create(), ...Array.from({ length: 4 }, turn)];
}

const judged: Turn['until'] = ({ status, body }) =>
  status !== 200 || (body as any).status?.observedGeneration === (body as any).metadata.generation;

/** Validating and mutating policies of random expressions: what is said when they are made, of their types, and to requests that they are about. */
export const policyArea: Area = {
  name: 'policies',
  async prepare(servers, namespace) {
    for (const server of servers) {
      const { status, body } = await server.send(withBody('POST', definitions, parameterDefinition));
      if (status !== 201) throw new Error(JSON.stringify(body));
      const collection = (where: string) => `/apis/${parameterGroup}/v1/namespaces/${where}/parameters`;
      while ((await server.send({ method: 'GET', path: collection(namespace) })).status !== 200) await setTimeout(50);
      for (const [name, where, data] of [
        ['param-a', namespace, { x: '1' }],
        ['param-b', namespace, { x: 'two', y: '' }],
        ['param-b', 'default', { x: '3' }],
      ] as const) {
        const object = { apiVersion: `${parameterGroup}/v1`, kind: 'Parameter', metadata: { name, labels: { param: 'yes' } }, data };
        await server.send(withBody('POST', collection(where), object));
      }
      for (const sort of ['Validating', 'Mutating'] as const) await keepParameters(server, sort, namespace);
    }
  },
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const sort = pick<Sort>(random, ['Validating', 'Mutating']);
    const target = pick(random, targets);
    if (random.next() < 0.4) {
      const refused = () =>
        withBody('POST', `${policies(sort)}?dryRun=All`, object(sort, 'Policy', unique, policySpec(random, sort, target, unique, 0.15)));
      return { verb: `${sort} policies as dry runs`, turns: [refused(), refused(), refused()] };
    }
    const spec = policySpec(random, sort, target, unique, 0.01);
    const binding = bindingSpec(random, sort, unique, namespace, 'paramKind' in spec);
    const stored = `${policies(sort)}/${unique}`;
    const remove = (name: string): Turn[] =>
      [bindings(sort), policies(sort)].map((path) => ({ method: 'DELETE', path: `${path}/${name}`, unseen: true }));
    return {
      verb: `${sort} policy`,
      turns: [
        withBody('POST', policies(sort), object(sort, 'Policy', unique, spec)),
        withBody('POST', bindings(sort), object(sort, 'PolicyBinding', unique, binding)),
        ...marker(sort, `${unique}-marker`, namespace),
        ...requests(random, target, namespace, unique),
        { method: 'GET', path: stored, ...(sort === 'Validating' && { until: judged }) },
        ...remove(unique),
        ...remove(`${unique}-marker`),
      ],
    };
  },
  async cleanUp(server, namespace) {
    for (const sort of ['Validating', 'Mutating'] as const) {
      for (const path of [bindings(sort), policies(sort)]) await server.send({ method: 'DELETE', path: `${path}/${namespace}` });
    }
    await server.send({ method: 'DELETE', path: `${definitions}/${parameterDefinition.metadata.name}` });
  },
};

// As long as one policy has parameters of a kind, they are watched: the reference does not begin again once it has stopped.
async function keepParameters(server: Connection, sort: Sort, namespace: string): Promise<void> {
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: {
      resourceRules: [{ apiGroups: ['none.example.com'], apiVersions: ['v1'], resources: ['none'], operations: ['CREATE'] }],
    },
    ...(sort === 'Validating'
      ? { validations: [{ expression: 'true' }] }
      : { reinvocationPolicy: 'Never', mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }] }),
  };
  const binding = { policyName: namespace, paramRef: { name: 'param-a', parameterNotFoundAction: 'Allow' } };
  await server.send(withBody('POST', policies(sort), object(sort, 'Policy', namespace, spec)));
  const actions = sort === 'Validating' ? { validationActions: ['Deny'] } : {};
  await server.send(withBody('POST', bindings(sort), object(sort, 'PolicyBinding', namespace, { ...binding, ...actions })));
}
