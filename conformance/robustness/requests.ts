/** A request as bytes go over the wire: nothing in it has to be well-formed. */
export interface WireRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

const json = 'application/json';
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'robust' }, annotations: { note: 'äöü' } },
  spec: {
    containers: [
      {
        name: 'main',
        image: 'nginx:1.28',
        ports: [{ containerPort: 80, name: 'http' }],
        resources: { requests: { cpu: '10m', memory: '16Mi' } },
        env: [{ name: 'COLOR', value: 'red' }],
        readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
      },
    ],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    tolerations: [{ key: 'a', operator: 'Exists' }],
  },
});
const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
  },
});
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1', b: 'two' } });
const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type: 'NodePort', selector: { app: 'robust' }, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
});

/** The namespace that the requests work in. */
export const namespace = 'robustness';
const core = `/api/v1/namespaces/${namespace}`;
const apps = `/apis/apps/v1/namespaces/${namespace}`;
const names = ['a', 'b', 'c', 'd'];

function get(target: string, accept = json): WireRequest {
  return { method: 'GET', target, headers: { accept }, body: undefined };
}

function send(method: string, target: string, body: unknown, type = json): WireRequest {
  return {
    method,
    target,
    headers: { accept: json, 'content-type': type },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  };
}

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const protobuf = 'application/vnd.kubernetes.protobuf';
const review = (group: string, kind: string, spec: unknown) => ({ apiVersion: group, kind, spec });

function aboutAnObject(name: string): WireRequest[] {
  return [
    send('POST', `${core}/configmaps`, configMap(name)),
    send('POST', `${core}/pods`, pod(name)),
    send('POST', `${core}/services`, service(name)),
    send('POST', `${apps}/deployments`, deployment(name)),
    send('PUT', `${core}/configmaps/${name}`, configMap(name)),
    send('PUT', `${apps}/deployments/${name}`, deployment(name)),
    send('PUT', `${core}/pods/${name}/status`, {
      ...pod(name),
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    }),
    send('PUT', `${apps}/deployments/${name}/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name },
      spec: { replicas: 2 },
    }),
    send('PATCH', `${core}/configmaps/${name}`, { data: { a: '2', b: null } }, 'application/merge-patch+json'),
    send(
      'PATCH',
      `${apps}/deployments/${name}`,
      {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'main', image: 'nginx:2' },
                { $patch: 'delete', name: 'side' },
              ],
            },
          },
        },
      },
      'application/strategic-merge-patch+json',
    ),
    send(
      'PATCH',
      `${core}/configmaps/${name}`,
      [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'replace', path: '/data/a', value: '3' },
        { op: 'copy', from: '/data/a', path: '/data/c' },
      ],
      'application/json-patch+json',
    ),
    send('PATCH', `${core}/configmaps/${name}?fieldManager=robust&force=true`, configMap(name), 'application/apply-patch+yaml'),
    send('PATCH', `${apps}/deployments/${name}?fieldManager=robust`, deployment(name), 'application/apply-patch+yaml'),
    send('POST', `${core}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { kind: 'Node', name: 'node-1' },
    }),
    send('POST', `${core}/pods/${name}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } }),
    get(`${core}/pods/${name}`),
    get(`${core}/pods/${name}`, table),
    get(`${core}/configmaps/${name}`, protobuf),
    get(`${apps}/deployments/${name}/scale`),
    get(`${core}/pods/${name}/log?follow=false&tailLines=10`),
    send('DELETE', `${core}/configmaps/${name}`, {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      preconditions: { resourceVersion: '1' },
    }),
    send('DELETE', `${core}/pods/${name}?gracePeriodSeconds=0`, ''),
    send('DELETE', `${core}/services/${name}`, ''),
    send('DELETE', `${apps}/deployments/${name}?propagationPolicy=Background`, ''),
  ];
}

/** Sound requests of every sort, which the mutations start from. */
export const soundRequests: readonly WireRequest[] = [
  ...names.flatMap(aboutAnObject),
  get('/version'),
  get('/api'),
  get('/apis', 'application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList,application/json'),
  get('/apis/apps/v1'),
  get('/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'),
  get('/openapi/v3/apis/apps/v1?hash=0'),
  get('/healthz?verbose'),
  get('/metrics', 'text/plain'),
  get(`${core}/pods?limit=2&labelSelector=app%3Drobust&fieldSelector=status.phase%3DRunning`),
  get(`${core}/configmaps?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhXHUwMDAwIn0`),
  get('/api/v1/pods?resourceVersion=0&resourceVersionMatch=NotOlderThan', table),
  get('/api/v1/nodes/node-1', 'application/yaml'),
  get(`${core}/configmaps?watch=true&timeoutSeconds=1&allowWatchBookmarks=true`),
  get(`${core}/configmaps?watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`),
  get(`/api/v1/watch/namespaces/${namespace}/pods?timeoutSeconds=1`),
  send('POST', `${core}/configmaps?dryRun=All&fieldValidation=Strict&fieldManager=robust`, configMap('dry')),
  send('POST', `${core}/secrets?fieldValidation=Warn`, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { generateName: 'dry-' },
    data: { a: 'YQ==' },
    type: 'Opaque',
  }),
  send(
    'POST',
    `${core}/configmaps`,
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: "1"\n  b: |\n    two\n',
    'application/yaml',
  ),
  send('POST', `${core}/serviceaccounts/default/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  }),
  send(
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    review('authorization.k8s.io/v1', 'SelfSubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } }),
  ),
  send(
    'POST',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    review('authorization.k8s.io/v1', 'SubjectAccessReview', {
      user: 'alice',
      groups: ['dev'],
      nonResourceAttributes: { verb: 'get', path: '/x' },
    }),
  ),
  send(
    'POST',
    '/apis/authentication.k8s.io/v1/tokenreviews',
    review('authentication.k8s.io/v1', 'TokenReview', { token: 'no.such.token' }),
  ),
  send('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'a' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  send('POST', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'a' },
    spec: {
      rules: [
        {
          host: 'x.example',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }] },
        },
      ],
    },
  }),
  send('POST', `/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'a' },
    spec: {
      schedule: '*/5 * * * *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } } },
    },
  }),
  send('DELETE', `${core}/configmaps?labelSelector=app%3Dnone`, {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: 'Background',
  }),
];
