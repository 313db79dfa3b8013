import type { Random } from '../../../src/machinery/random.ts';
import { testedKinds } from '../bodies.ts';
import { pick } from '../mutations.ts';
import { collectionPath } from '../requests.ts';
import { type Area, type Exchange, type Setting, type Turn, withBody } from './exchange.ts';
import { randomObject } from './objects.ts';
import { acceptOf, json, oddParameters, type Parameter, query } from './parameters.ts';

const byKind = (name: string) => testedKinds.find(({ kind }) => kind === name)!;
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';

type Make = (random: Random, path: string, setting: Setting) => Turn;

const numbers = [0, 1, 3, -1, 2147483648, 'x', null, 1.5];

const scale: Make = (random, path) => {
  const target = `${path}/scale`;
  const replicas = pick<unknown>(random, numbers);
  const name = path.split('/').at(-1);
  const whole = {
    apiVersion: pick(random, ['autoscaling/v1', 'autoscaling/v1', 'autoscaling/v2', 'apps/v1', '']),
    kind: pick(random, ['Scale', 'Scale', 'Deployment']),
    metadata: {
      name: pick(random, [name, name, 'other', undefined]),
      ...(random.next() < 0.2 && { resourceVersion: '1' }),
      ...(random.next() < 0.2 && { labels: { a: 'b' } }),
    },
    spec: { replicas, ...(random.next() < 0.1 && { unknown: 1 }) },
  };
  switch (pick(random, ['get', 'put', 'merge', 'strategic', 'json', 'apply', 'post', 'delete'])) {
    case 'get':
      return { method: 'GET', path: target, accept: acceptOf(random) };
    case 'put':
      return withBody('PUT', target, whole);
    case 'merge':
      return withBody('PATCH', target, { spec: { replicas } }, merge);
    case 'strategic':
      return withBody('PATCH', target, { spec: { replicas }, status: { replicas: 9 } }, strategic);
    case 'json':
      return withBody(
        'PATCH',
        target,
        [
          {
            op: pick(random, ['replace', 'add', 'remove', 'test']),
            path: pick(random, ['/spec/replicas', '/status/replicas', '/spec/x']),
            value: replicas,
          },
        ],
        jsonPatch,
      );
    case 'apply':
      return withBody('PATCH', `${target}?fieldManager=m&force=${pick(random, ['true', 'false'])}`, whole, apply);
    case 'post':
      return withBody('POST', target, whole);
    default:
      return { method: 'DELETE', path: target };
  }
};

const eviction: Make = (random, path) => {
  const name = path.split('/').at(-1);
  const deleteOptions = pick(random, [
    undefined,
    {},
    { gracePeriodSeconds: 0 },
    { dryRun: ['All'] },
    { dryRun: ['x'] },
    { preconditions: { uid: 'x' } },
    { preconditions: { resourceVersion: '1' } },
    { propagationPolicy: 'x' },
  ]);
  const body = {
    apiVersion: pick(random, ['policy/v1', 'policy/v1', 'policy/v1beta1', 'v1', undefined]),
    kind: pick(random, ['Eviction', 'Eviction', 'Pod', undefined]),
    metadata: pick(random, [{ name }, { name }, { name: 'other' }, {}, undefined, { name, namespace: 'other' }]),
    ...(deleteOptions && { deleteOptions }),
  };
  return withBody(pick(random, ['POST', 'POST', 'POST', 'PUT', 'GET']), `${path}/eviction${query(sometimes(random))}`, body);
};

function sometimes(random: Random): Parameter[] {
  if (random.next() < 0.2) return [['dryRun', pick(random, ['All', 'x'])]];
  return random.next() < 0.15 ? oddParameters(random).filter(([name]) => name !== 'watch') : [];
}

const binding: Make = (random, path) => {
  const name = path.split('/').at(-1);
  const body = {
    ...(random.next() < 0.7 && { apiVersion: 'v1', kind: pick(random, ['Binding', 'Binding', 'Pod']) }),
    metadata: pick(random, [
      { name },
      { name, annotations: { a: 'b' } },
      { name: 'other' },
      { name, uid: '11111111-2222-3333-4444-555555555555' },
      {},
    ]),
    target: pick<unknown>(random, [
      { kind: 'Node', name: 'n' },
      { name: 'n' },
      { kind: 'Pod', name: 'n' },
      { kind: 'Node' },
      { kind: 'Node', name: 'Bad_Name' },
      undefined,
      'x',
    ]),
  };
  const collection = path.replace(/\/pods\/.*/, '/bindings');
  return withBody('POST', random.next() < 0.7 ? `${path}/binding${query(sometimes(random))}` : collection, body);
};

const resize: Make = (random, path) => {
  const resources = pick<unknown>(random, [
    { requests: { cpu: '100m' } },
    { requests: { cpu: '2' }, limits: { cpu: '1' } },
    { limits: { memory: '1Gi' }, requests: { memory: '1Gi' } },
    { requests: { 'example.com/gpu': '1' } },
    { requests: { cpu: 'x' } },
    { requests: { cpu: '-1' } },
    null,
  ]);
  const spec = pick<unknown>(random, [
    { containers: [{ name: 'a', resources }] },
    { containers: [{ name: 'a', image: 'other' }] },
    { containers: [{ name: 'zzz', resources }] },
    { containers: [{ name: 'a', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }] },
    { initContainers: [{ name: 'i', resources }] },
    { resources: { requests: { cpu: '1' } } },
  ]);
  return withBody('PATCH', `${path}/resize${query(sometimes(random))}`, { spec }, pick(random, [strategic, strategic, merge]));
};

const ephemeral: Make = (random, path) => {
  const container = {
    name: pick(random, ['e', 'a', 'Bad_Name', '']),
    image: pick(random, ['i', '']),
    ...pick(random, [
      {},
      {},
      { targetContainerName: 'a' },
      { targetContainerName: 'x' },
      { resources: { requests: { cpu: '1' } } },
      { ports: [{ containerPort: 80 }] },
      { livenessProbe: { exec: { command: ['a'] } } },
      { lifecycle: {} },
      { restartPolicy: 'Always' },
      { volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 's' }] },
      { stdin: true, tty: true, command: ['sh'] },
    ]),
  };
  const patch = pick<unknown>(random, [
    { spec: { ephemeralContainers: [container] } },
    { spec: { ephemeralContainers: [container, { name: 'f', image: 'f' }] } },
    { spec: { containers: [{ name: 'a', image: 'x' }] } },
    { metadata: { labels: { a: 'b' } } },
  ]);
  return withBody('PATCH', `${path}/ephemeralcontainers${query(sometimes(random))}`, patch, pick(random, [strategic, strategic, merge]));
};

const streams: Make = (random, path) => {
  const name = pick(random, ['log', 'log', 'log', 'exec', 'attach', 'portforward', 'proxy', 'proxy/a/b', 'nope', 'log/x', 'status/x']);
  const parameters: Parameter[] = [];
  const known: readonly Parameter[] = [
    ['container', 'a'],
    ['container', 'zzz'],
    ['follow', 'x'],
    ['tailLines', '-1'],
    ['tailLines', 'x'],
    ['tailLines', '5'],
    ['limitBytes', '0'],
    ['limitBytes', '10'],
    ['sinceSeconds', '0'],
    ['sinceSeconds', '5'],
    ['sinceTime', '2024-01-01T00:00:00Z'],
    ['sinceTime', 'x'],
    ['timestamps', 'true'],
    ['previous', 'true'],
    ['stream', 'Stdout'],
    ['stream', 'x'],
    ['insecureSkipTLSVerifyBackend', 'true'],
    ['command', 'ls'],
    ['stdin', 'true'],
    ['stdout', 'true'],
    ['tty', 'true'],
    ['ports', '80'],
    ['path', '/x'],
  ];
  for (let i = pick(random, [0, 1, 1, 2, 3]); i > 0; i--) parameters.push(pick(random, known));
  return {
    method: pick(random, ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH']),
    path: `${path}/${name}${query(parameters)}`,
    accept: random.next() < 0.7 ? json : acceptOf(random),
  };
};

const token: Make = (random, path) => {
  const account = path.replace(/\/pods\/.*/, `/serviceaccounts/${pick(random, ['default', 'default', 'absent'])}`);
  const body = {
    ...(random.next() < 0.6 && {
      apiVersion: 'authentication.k8s.io/v1',
      kind: pick(random, ['TokenRequest', 'TokenRequest', 'TokenReview']),
    }),
    ...(random.next() < 0.2 && { metadata: { name: pick(random, ['default', 'other']) } }),
    spec: {
      ...(random.next() < 0.5 && {
        audiences: pick<unknown>(random, [[], ['a'], ['https://kubernetes.default.svc.cluster.local', 'b'], [''], 'x']),
      }),
      ...(random.next() < 0.5 && { expirationSeconds: pick<unknown>(random, [600, 599, 0, -1, 3600, 4294967296, 4294967297, 'x']) }),
      ...(random.next() < 0.4 && {
        boundObjectRef: pick<unknown>(random, [
          {},
          { kind: 'Pod', apiVersion: 'v1', name: 'absent' },
          { kind: 'Secret', apiVersion: 'v1', name: 'absent' },
          { kind: 'Node', apiVersion: 'v1', name: 'absent' },
          { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' },
          { kind: 'Pod', apiVersion: 'v1', name: 'absent', uid: 'u' },
        ]),
      }),
    },
  };
  return withBody(pick(random, ['POST', 'POST', 'POST', 'POST', 'GET', 'PUT']), `${account}/token${query(sometimes(random))}`, body);
};

const serviceProxy: Make = (random, path) => ({
  method: pick(random, ['GET', 'POST']),
  path: `${path.replace(/\/pods\/.*/, '/services')}/${pick(random, ['absent', 'absent:80', 'https:absent:80', 'a:b:c', 'absent:http', ':80', 'Bad_Name'])}/proxy${pick(random, ['', '/', '/a'])}`,
});

const nodeParts: Make = (random) => ({
  method: pick(random, ['GET', 'GET', 'POST', 'PUT', 'DELETE']),
  path: `/api/v1/nodes/${pick(random, ['absent', 'absent:10250', 'https:absent:1', 'Bad_Name'])}/${pick(random, ['proxy', 'proxy/a', 'status', 'log', 'nope'])}`,
});

const finalize: Make = (random, path, { namespace }) => {
  const target = `/api/v1/namespaces/${pick(random, [namespace, 'absent'])}/${pick(random, ['finalize', 'finalize', 'status'])}?dryRun=All`;
  const body = {
    metadata: pick(random, [{ name: namespace }, {}, { name: 'other' }]),
    spec: pick<unknown>(random, [
      { finalizers: ['kubernetes'] },
      { finalizers: [] },
      {},
      { finalizers: ['bad name'] },
      { finalizers: ['example.com/a', 'kubernetes'] },
    ]),
    ...(path.length % 2 && { status: { phase: 'Active' } }),
  };
  return withBody(pick(random, ['PUT', 'PUT', 'GET', 'PATCH', 'POST']), target, body, pick(random, [json, json, merge]));
};

const approval: Make = (random) => {
  const target = `/apis/certificates.k8s.io/v1/certificatesigningrequests/differential-certificatesigningrequest-0/${pick(random, ['approval', 'approval', 'status'])}?dryRun=All`;
  const condition = {
    type: pick(random, ['Approved', 'Denied', 'Failed', 'Other', '']),
    status: pick(random, ['True', 'False', 'Unknown', '', 'x']),
    ...(random.next() < 0.5 && { reason: 'r', message: 'm' }),
  };
  const conditions = pick<unknown>(random, [[condition], [condition], [condition, { type: 'Approved', status: 'True' }], [], null]);
  const patch = {
    status: { conditions, ...(random.next() < 0.2 && { certificate: pick(random, ['YQ==', '', 'x']) }) },
    ...(random.next() < 0.1 && { spec: { signerName: 'other.example.com/x' } }),
  };
  return withBody('PATCH', target, patch, pick(random, [merge, merge, strategic]));
};

const ofPods: readonly Make[] = [
  eviction,
  eviction,
  binding,
  binding,
  resize,
  ephemeral,
  ephemeral,
  streams,
  streams,
  streams,
  token,
  token,
  serviceProxy,
  nodeParts,
  finalize,
  approval,
];

/** Everything behind an object's name: scale, eviction, binding, resize, ephemeral containers, streams, proxies, tokens, finalize, approval. */
export const subresources: Area = {
  name: 'subresources',
  async prepare(servers) {
    const kind = byKind('CertificateSigningRequest');
    const object = randomObject({ next: () => 0 } as Random, kind, 'differential-certificatesigningrequest-0', '', 0);
    for (const server of servers) await server.send(withBody('POST', collectionPath(kind, ''), object));
  },
  async cleanUp(server) {
    await server.send({
      method: 'DELETE',
      path: '/apis/certificates.k8s.io/v1/certificatesigningrequests/differential-certificatesigningrequest-0',
    });
  },
  make(random: Random, setting: Setting): Exchange {
    const { namespace, unique } = setting;
    const isScale = random.next() < 0.2;
    const kind = byKind(isScale ? pick(random, ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController', 'DaemonSet']) : 'Pod');
    const collection = collectionPath(kind, namespace);
    const created: Turn = { ...withBody('POST', collection, randomObject(random, kind, unique, namespace, 0)), unseen: true };
    const path = `${collection}/${random.next() < 0.9 ? unique : 'absent'}`;
    const make = isScale ? scale : pick(random, ofPods);
    const turns = Array.from({ length: pick(random, [1, 1, 2]) }, () => make(random, path, setting));
    const after: Turn = { method: 'GET', path: `${collection}/${unique}` };
    return { verb: `${make.name} of ${kind.kind}`, turns: [created, ...turns, after] };
  },
};
