import { deepEqual } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Connection } from './differential/connection.ts';
import { root, startCluster } from './harness/cluster.ts';

/*
 * The order of keys in answers, as kube-apiserver v1.36.3 has it: `key-order.json` holds, by request and by place, the names that stand there.
 * `ORRERY_RECORD_KEY_ORDER=KUBECONFIG node --import tsx --test conformance/key-order.test.ts` records it anew.
 */
const file = join(root, 'conformance/key-order.json');
const recordFrom = process.env['ORRERY_RECORD_KEY_ORDER'];

type Orders = Record<string, string>;

interface Request {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const namespace = 'key-order';
const labels = { z: '1', b: '2', a: '3' };
const template = {
  spec: { containers: [{ image: 'i', name: 'c', resources: { limits: { memory: '1Mi', cpu: '1' } } }], restartPolicy: 'Never' },
};

/** Kinds by where they are served, with bodies whose keys stand anyhow. */
const objects: readonly (readonly [path: string, kind: string, apiVersion: string, parts: Readonly<Record<string, unknown>>])[] = [
  [
    `/api/v1/namespaces/${namespace}/configmaps`,
    'ConfigMap',
    'v1',
    { immutable: false, data: { z: '1', b: '2' }, binaryData: { q: 'AA==', a: 'AA==' } },
  ],
  [
    `/api/v1/namespaces/${namespace}/pods`,
    'Pod',
    'v1',
    {
      spec: {
        tolerations: [{ operator: 'Exists', key: 'k' }],
        nodeSelector: { z: '1', a: '2' },
        volumes: [{ emptyDir: {}, name: 'v' }],
        containers: [
          {
            volumeMounts: [{ mountPath: '/v', name: 'v' }],
            env: [{ valueFrom: { fieldRef: { fieldPath: 'metadata.name' } }, name: 'A' }],
            ports: [{ name: 'h', containerPort: 80 }],
            image: 'i',
            name: 'c',
          },
        ],
      },
    },
  ],
  [
    `/api/v1/namespaces/${namespace}/services`,
    'Service',
    'v1',
    { spec: { ports: [{ port: 80, name: 'a' }], selector: { z: '1', a: '2' } } },
  ],
  [`/api/v1/namespaces/${namespace}/resourcequotas`, 'ResourceQuota', 'v1', { spec: { hard: { pods: '9', memory: '9Gi', cpu: '9' } } }],
  [
    `/apis/apps/v1/namespaces/${namespace}/replicasets`,
    'ReplicaSet',
    'apps/v1',
    {
      spec: {
        template: { spec: { containers: template.spec.containers }, metadata: { labels } },
        selector: { matchLabels: { z: '1', a: '3' } },
        replicas: 0,
      },
    },
  ],
  [
    `/apis/batch/v1/namespaces/${namespace}/cronjobs`,
    'CronJob',
    'batch/v1',
    { spec: { jobTemplate: { spec: { template } }, schedule: '1 1 1 1 *' } },
  ],
  [
    `/apis/autoscaling/v1/namespaces/${namespace}/horizontalpodautoscalers`,
    'HorizontalPodAutoscaler',
    'autoscaling/v1',
    {
      spec: {
        targetCPUUtilizationPercentage: 50,
        maxReplicas: 3,
        scaleTargetRef: { name: 'none', kind: 'Deployment', apiVersion: 'apps/v1' },
      },
    },
  ],
  [
    `/apis/order.example.com/v1/namespaces/${namespace}/things`,
    'Thing',
    'order.example.com/v1',
    { status: { x: 1, a: 1 }, spec: { z: { y: 1, b: 2 }, a: [{ q: 1, c: 2 }] } },
  ],
];

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const anything = { 'x-kubernetes-preserve-unknown-fields': true, type: 'object' };
const definition = {
  spec: {
    versions: [{ storage: true, served: true, name: 'v1', schema: { openAPIV3Schema: { ...anything, properties: { spec: anything } } } }],
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    group: 'order.example.com',
  },
  metadata: { labels, name: 'things.order.example.com' },
  kind: 'CustomResourceDefinition',
  apiVersion: 'apiextensions.k8s.io/v1',
};

const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const as = (kind: string) => ({ accept: `application/json;as=${kind};v=v1;g=meta.k8s.io` });

const requests: readonly Request[] = [
  { name: 'definition', method: 'GET', path: `${definitions}/things.order.example.com` },
  ...objects.flatMap(([path, kind, apiVersion, parts]): Request[] => {
    const metadata = { finalizers: ['example.com/b', 'example.com/a'], annotations: { y: '1', 'a/b': '2', c: '3' }, labels, name: 'o' };
    const body = { ...parts, metadata, kind, apiVersion };
    const at = `${path}/o`;
    const list = `${path}?fieldSelector=metadata.name%3Do`;
    return [
      { name: `dry run of ${kind}`, method: 'POST', path: `${path}?dryRun=All`, body },
      { name: `create ${kind}`, method: 'POST', path, body },
      { name: `get ${kind}`, method: 'GET', path: at },
      { name: `merge ${kind}`, method: 'PATCH', path: at, body: { metadata: { labels: { aa: '1', zz: '1' } } }, headers: merge },
      {
        name: `apply ${kind}`,
        method: 'PATCH',
        path: `${at}?fieldManager=m&force=true`,
        body: { metadata: { labels: { k: '1', b: '2' }, name: 'o' }, kind, apiVersion },
        headers: apply,
      },
      { name: `list ${kind}`, method: 'GET', path: list },
      { name: `table of ${kind}`, method: 'GET', path: at, headers: as('Table') },
      { name: `metadata of ${kind}`, method: 'GET', path: list, headers: as('PartialObjectMetadataList') },
      { name: `delete ${kind}`, method: 'DELETE', path: `${at}?gracePeriodSeconds=0` },
    ];
  }),
];

/** Its order is that of a field set, and what controllers write comes when it comes. */
const leftOut = ['fieldsV1', 'status'];

/** The names at each place of an answer, of the first object there. */
function ordersOf(value: unknown, place = '', orders: Orders = {}): Orders {
  if (Array.isArray(value)) for (const item of value) ordersOf(item, `${place}[]`, orders);
  else if (typeof value === 'object' && value !== null) {
    orders[place] ??= Object.keys(value).join(' ');
    for (const [name, inside] of Object.entries(value)) if (!leftOut.includes(name)) ordersOf(inside, `${place}.${name}`, orders);
  }
  return orders;
}

async function askAll(kubeconfig: string): Promise<Record<string, Orders>> {
  const connection = new Connection(kubeconfig);
  const send = async ({ method, path, body, headers }: Omit<Request, 'name'>) =>
    (await connection.send({ method, path, ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(headers && { headers }) }))
      .body;
  const until = async (path: string, holds: (body: any) => boolean) => {
    while (!holds(await send({ method: 'GET', path }))) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await send({ method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } });
  await send({ method: 'POST', path: definitions, body: definition });
  // Pods need it; where there is a controller that makes it, this one is refused.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/serviceaccounts`, body: account });
  await until(`${definitions}/things.order.example.com`, (body) =>
    body.status?.conditions?.some(({ type, status }: any) => type === 'Established' && status === 'True'),
  );
  await until('/apis/order.example.com/v1', (body) => body.kind === 'APIResourceList');
  const answers: Record<string, Orders> = {};
  for (const { name, ...request } of requests) answers[name] = ordersOf(await send(request));
  return answers;
}

test('keys of answers stand in the order of the real server', { timeout: 120_000 }, async () => {
  if (recordFrom) return writeFileSync(file, `${JSON.stringify(await askAll(recordFrom), null, 1)}\n`);
  await using cluster = await startCluster({ flags: ['--memory', '--components', 'apiserver'] });
  deepEqual(await askAll(cluster.kubeconfig), JSON.parse(readFileSync(file, 'utf8')));
});
