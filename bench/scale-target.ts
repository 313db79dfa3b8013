import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployment as deployments } from '../api/apps/v1/deployment.ts';
import { namespace as namespaces } from '../api/core/v1/namespace.ts';
import { node as nodes } from '../api/core/v1/node.ts';
import { pod as pods } from '../api/core/v1/pod.ts';
import type { KubeObject } from '../api/meta/object.ts';
import { type RunningCluster, startCluster } from '../conformance/harness/cluster.ts';
import type { ResourceReference } from '../src/client/client.ts';
import { createHttpClient, type HttpClient } from '../src/client/http.ts';
import { isAlreadyExists, isNotFound } from '../src/runtime/errors.ts';
import { readKubeconfig } from './kubeconfig.ts';

const size = { cpu: '32', memory: '256Gi', pods: '110' };

/** A cluster that is measured from outside, by any client's means. */
export class Target implements AsyncDisposable {
  readonly name: string;
  private readonly client: HttpClient;

  constructor(name: string, kubeconfig: string) {
    this.name = name;
    this.client = createHttpClient(readKubeconfig(kubeconfig));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }

  /** Makes Node objects up to `count`: a fleet or KWOK runs them, or nobody does and they only say that they are Ready. */
  async makeNodes(count: number): Promise<void> {
    await inParallel(count, async (index) => {
      const node = {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: nodeName(index),
          annotations: { 'kwok.x-k8s.io/node': 'fake' },
          labels: { 'kubernetes.io/hostname': nodeName(index), type: 'kwok' },
        },
        status: { capacity: size, allocatable: size, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] },
      };
      await this.client
        .resource(nodes)
        .create('', node)
        .catch((error) => {
          if (!isAlreadyExists(error)) throw error;
        });
    });
  }

  async removeNodes(count: number): Promise<void> {
    await inParallel(count, async (index) => {
      await this.client
        .resource(nodes)
        .delete('', nodeName(index))
        .catch((error) => {
          if (!isNotFound(error)) throw error;
        });
    });
  }

  /** Seconds until every Node has a Ready condition and no taint. */
  async nodesReady(count: number): Promise<number> {
    const start = performance.now();
    const ready = new Set<string>();
    await this.follow(nodes, '', {}, (node) => {
      const isReady = node.status?.conditions?.some((condition: any) => condition.type === 'Ready' && condition.status === 'True');
      if (isReady && !node.spec?.taints?.length) ready.add(node.metadata!.name!);
      return ready.size >= count;
    });
    return secondsSince(start);
  }

  async makeNamespace(name: string): Promise<void> {
    await this.client.resource(namespaces).create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const serviceAccounts = { group: '', version: 'v1', plural: 'serviceaccounts', kind: 'ServiceAccount', scope: 'Namespaced' } as const;
    await this.follow(serviceAccounts, name, {}, ({ metadata }) => metadata!.name === 'default');
  }

  /** Seconds from the POST of a Deployment until all of its pods are ready. */
  async runDeployment(namespace: string, replicas: number): Promise<number> {
    const start = performance.now();
    await this.client.resource(deployments).create(namespace, deploymentOf(replicas));
    const selection = { fieldSelector: 'metadata.name=web' };
    await this.follow(deployments, namespace, selection, ({ status }) => status?.readyReplicas === replicas);
    return secondsSince(start);
  }

  /** Creates pods of a Deployment's template, without an owner. */
  async makePods(namespace: string, count: number): Promise<void> {
    const { metadata, spec } = deploymentOf(count).spec.template;
    await inParallel(count, async (index) => {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: `web-${index}` }, spec };
      await this.client.resource(pods).create(namespace, pod);
    });
  }

  /** Resolves to the seconds between the first and the last of `count` pods that got a node. */
  async allScheduled(namespace: string, count: number): Promise<number> {
    const scheduled = new Set<string>();
    let first = 0;
    await this.follow(pods, namespace, { fieldSelector: 'spec.nodeName!=' }, ({ metadata }) => {
      first ||= performance.now();
      scheduled.add(metadata!.name!);
      return scheduled.size >= count;
    });
    return secondsSince(first);
  }

  /** Seconds until a namespace and all that is in it are gone. */
  async removeNamespace(name: string): Promise<number> {
    const start = performance.now();
    const api = this.client.resource(namespaces);
    const { metadata } = await api.delete('', name);
    await this.follow(
      namespaces,
      '',
      { fieldSelector: `metadata.name=${name}`, resourceVersion: metadata!.resourceVersion! },
      (_, type) => type === 'DELETED',
    );
    return secondsSince(start);
  }

  /** Follows a resource until `isEnd` says so: what is there first, then every change. */
  private async follow(
    resource: ResourceReference,
    namespace: string,
    selection: { fieldSelector?: string; resourceVersion?: string },
    isEnd: (object: KubeObject, type: string) => boolean,
  ): Promise<void> {
    const api = this.client.resource(resource);
    let from = selection.resourceVersion;
    if (from === undefined) {
      const list = await api.list(namespace, selection);
      // Every item counts, also after the end was found.
      if (list.items.map((object) => isEnd(object, 'ADDED')).some(Boolean)) return;
      from = list.metadata.resourceVersion;
    }
    const done = new AbortController();
    for await (const { type, object } of api.watch(namespace, { ...selection, resourceVersion: from }, done.signal)) {
      if (type === 'ERROR') throw new Error(`watch of ${resource.plural}: ${object['message']}`);
      if (!isEnd(object, type)) continue;
      done.abort();
      return;
    }
    throw new Error(`the watch of ${resource.plural} ended`);
  }
}

/** An Orrery of our own on a data directory that several lives share. */
export class OwnCluster implements AsyncDisposable {
  private readonly folder: string;
  private readonly flags: readonly string[];
  private cluster: RunningCluster | undefined;

  private constructor(folder: string, flags: readonly string[]) {
    this.folder = folder;
    this.flags = flags;
  }

  static async make(flags: readonly string[]): Promise<OwnCluster> {
    return new OwnCluster(await mkdtemp(join(tmpdir(), 'orrery-scale-')), flags);
  }

  get process(): ChildProcess {
    return this.cluster!.process;
  }

  /** Ends the process, if one runs, and starts the next with these components. */
  async restart(components: string): Promise<Target> {
    await this.cluster?.stop();
    this.cluster = await startCluster({ folder: this.folder, flags: ['--nodes', '0', '--components', components, ...this.flags] });
    return new Target('Orrery', this.cluster.kubeconfig);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function nodeName(index: number): string {
  return `scale-${String(index).padStart(5, '0')}`;
}

function deploymentOf(replicas: number) {
  const labels = { app: 'web' };
  const container = { name: 'main', image: 'nginx:1.29', resources: { requests: { cpu: '100m', memory: '64Mi' } } };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
