import { parseLabelSelector } from '../../../api/meta/label-selector.ts';
import { authority, type ExtensionAnswer, startExtensionServer } from '../../recorded/extension-server.mjs';
import type { Connection } from '../connection.ts';
import type { Observer } from './observer.ts';
import { isReady } from './steps.ts';

/** What was measured of a pod: each container's resources, and how many seconds ago; null: nothing. */
export type Usage = { readonly containers: Readonly<Record<string, object>>; readonly age?: number } | null;

/** What the metrics APIs say of a namespace: the JSON in its ConfigMap `metrics`. */
export interface Metrics {
  /** Of the pods in their order, over and over. */
  readonly usage?: readonly Usage[];
  /** Of pods as well, by the name of the metric. */
  readonly pods?: Readonly<Record<string, readonly (string | null)[]>>;
  /** Values by `RESOURCE/NAME/METRIC`, and by `METRIC` for the namespace itself. */
  readonly objects?: Readonly<Record<string, readonly string[]>>;
  readonly external?: Readonly<Record<string, readonly string[]>>;
  /** Which group answers with a failure, and how. */
  readonly failing?: Readonly<Record<string, 'text' | 'status' | 'other'>>;
}

const groups: readonly (readonly [group: string, version: string])[] = [
  ['metrics.k8s.io', 'v1beta1'],
  ['custom.metrics.k8s.io', 'v1beta2'],
  ['external.metrics.k8s.io', 'v1beta1'],
];

const timeBefore = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '');

/** Serves the three metrics APIs to a cluster: what they say lies in ConfigMaps, so that steps can change it. */
export class MetricsServer {
  private readonly connection: Connection;
  private readonly observer: Observer;
  private readonly server: ReturnType<typeof startExtensionServer>;

  constructor(connection: Connection, observer: Observer) {
    this.connection = connection;
    this.observer = observer;
    this.server = startExtensionServer(
      (path) =>
        ({ url }) =>
          this.answer(path, new URL(url!, 'https://localhost').searchParams),
    );
  }

  /** Registers the groups, and waits until they are available. @throws Error if they don't become it */
  async register(): Promise<void> {
    const { connection } = this;
    const post = (path: string, body: object) => connection.send({ method: 'POST', path, body: JSON.stringify(body) });
    // The server's certificate is for this name.
    const service = { namespace: 'extension', name: 'ext', port: this.server.port() };
    const spec = { type: 'ExternalName', externalName: 'localhost' };
    await post('/api/v1/namespaces', { metadata: { name: service.namespace } });
    await post(`/api/v1/namespaces/${service.namespace}/services`, { metadata: { name: service.name }, spec });
    for (const [group, version] of groups) {
      const metadata = { name: `${version}.${group}` };
      const priorities = { groupPriorityMinimum: 100, versionPriority: 100 };
      const path = '/apis/apiregistration.k8s.io/v1/apiservices';
      await connection.send({ method: 'DELETE', path: `${path}/${metadata.name}` });
      await post(path, { metadata, spec: { group, version, service, caBundle: authority, ...priorities } });
      for (let tries = 0; ; tries++) {
        const { body: live } = await connection.send({ method: 'GET', path: `${path}/${metadata.name}` });
        const { conditions = [] } = (live as any).status ?? {};
        if (conditions.some(({ status }: any) => status === 'True')) break;
        if (tries === 100) throw new Error(`${metadata.name} does not become available: ${conditions[0]?.message}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  /** Takes the groups away again, and ends. */
  async withdraw(): Promise<void> {
    for (const [group, version] of groups) {
      await this.connection.send({ method: 'DELETE', path: `/apis/apiregistration.k8s.io/v1/apiservices/${version}.${group}` });
    }
    this.server.close();
  }

  private answer(path: string, query: URLSearchParams): ExtensionAnswer {
    const [, , group = '', version, , namespace, ...rest] = path.split('/');
    if (namespace === undefined) {
      const body = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/${version}`, resources: resourcesOf(group) };
      return { body };
    }
    const found = this.observer.objects(namespace, 'ConfigMap').find(({ metadata }) => metadata.name === 'metrics');
    const metrics: Metrics = JSON.parse(found?.data.metrics ?? '{}');
    const failure = metrics.failing?.[group];
    if (failure) return failures[failure];
    const items = this.itemsOf(metrics, namespace, group, rest, query);
    if (!items) return failures.status;
    return { body: { kind: listKinds[group], apiVersion: `${group}/${version}`, metadata: {}, items } };
  }

  private itemsOf(
    metrics: Metrics,
    namespace: string,
    group: string,
    path: readonly string[],
    query: URLSearchParams,
  ): object[] | undefined {
    if (group === 'metrics.k8s.io') {
      return this.podsOf(namespace, query, metrics.usage ?? [], ({ metadata }, { containers, age = 0 }) => ({
        metadata: { name: metadata.name, namespace, labels: metadata.labels },
        timestamp: timeBefore(age),
        window: '30s',
        containers: Object.entries(containers).map(([name, usage]) => ({ name, usage })),
      }));
    }
    const value = (amount: string, describedObject: object = {}) => ({
      describedObject,
      metric: { name: path.at(-1) },
      timestamp: timeBefore(0),
      value: amount,
    });
    if (group === 'external.metrics.k8s.io') {
      const [metricName = ''] = path;
      return metrics.external?.[metricName]?.map((amount) => ({ metricName, metricLabels: {}, timestamp: timeBefore(0), value: amount }));
    }
    if (path[0] === 'pods' && path[1] === '*') {
      const values = metrics.pods?.[path[2]!];
      return values && this.podsOf(namespace, query, values, ({ metadata }, amount) => value(amount, { kind: 'Pod', name: metadata.name }));
    }
    const key = path[0] === 'metrics' ? path[1]! : path.join('/');
    return metrics.objects?.[key]?.map((amount) => value(amount));
  }

  private podsOf<T>(
    namespace: string,
    query: URLSearchParams,
    values: readonly (T | null)[],
    show: (pod: any, value: T) => object,
  ): object[] {
    const selector = parseLabelSelector(query.get('labelSelector') ?? '');
    const rank = (pod: any) =>
      [isReady(pod) ? 0 : 1, pod.status?.phase, pod.status?.startTime ? 0 : 1, pod.metadata.creationTimestamp, pod.metadata.name].join(' ');
    const pods = this.observer.objects(namespace, 'Pod').filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
    if (values.length === 0) return [];
    return pods
      .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
      .flatMap((pod, i) => {
        const of = values[i % values.length]!;
        return of === null ? [] : [show(pod, of)];
      });
  }
}

const listKinds: Readonly<Record<string, string>> = {
  'metrics.k8s.io': 'PodMetricsList',
  'custom.metrics.k8s.io': 'MetricValueList',
  'external.metrics.k8s.io': 'ExternalMetricValueList',
};

const failures: Readonly<Record<'text' | 'status' | 'other', ExtensionAnswer>> = {
  text: { status: 500, body: 'out of order\n', type: 'text/plain' },
  status: {
    status: 404,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'NotFound',
      message: 'there is no such metric',
      code: 404,
    },
  },
  other: { status: 503, body: { error: 'out of order' } },
};

function resourcesOf(group: string): object[] {
  const verbs = ['get', 'list'];
  return group === 'metrics.k8s.io' ? [{ name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs }] : [];
}
