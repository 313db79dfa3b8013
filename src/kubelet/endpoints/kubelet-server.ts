import type { Node, Pod } from '../../../openapi/types.ts';
import { parseTime } from '../../machinery/clock.ts';
import { expositionType } from '../../machinery/exposition.ts';
import { ApiError } from '../../registry/errors.ts';
import { bytesOf, type FileTree } from '../images/files.ts';
import type { Serve } from '../images/rules.ts';
import { type WebAnswer, type WebRequest, webServer } from '../images/web-server.ts';
import type { FleetStreams } from '../streams/fleet-streams.ts';
import { configuration } from './configuration.ts';
import { expositionOf, type ShownMetric } from './exposition.ts';
import { cadvisorMetrics, kubeletMetrics, probeMetrics, resourceMetrics } from './metrics.ts';
import { summaryOf } from './summary.ts';
import type { NodeUsage } from './usage.ts';

/** A node as its kubelet's own server sees it. */
export interface ServedNode {
  readonly node: Node;
  readonly pods: readonly Pod[];
  readonly files: FileTree;
  /** What is used of the node now. */
  usage(): NodeUsage;
}

const json = { 'Content-Type': 'application/json' };
const plain = { 'Content-Type': 'text/plain; charset=utf-8' };
const checks = ['ping', 'log', 'syncloop'];
/** Where a node keeps its logs, which its kubelet shows. */
const logFolder = '/var/log';

/** What answers on the port of a node's kubelet, as kubelets do: its health, pods, statistics, metrics, configuration and logs. */
export function kubeletServer(served: ServedNode, streams: Pick<FleetStreams, 'logs'>, now: () => number): Serve {
  return webServer((request) => {
    try {
      return answerOf(served, streams, request, now);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.code, headers: plain, body: bytesOf(error.message) };
    }
  });
}

function answerOf(served: ServedNode, streams: Pick<FleetStreams, 'logs'>, request: WebRequest, now: () => number): WebAnswer {
  const { path, query } = request;
  const parts = path.split('/').filter((part) => part !== '');
  const route = parts[0] === 'metrics' || parts[0] === 'stats' ? parts.join('/') : (parts[0] ?? '');
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead && !(route === 'stats/summary' && request.method === 'POST'))
    return { status: 405, headers: plain, body: '405: Method Not Allowed' };
  switch (route) {
    case 'healthz':
      return healthOf(parts.slice(1), query);
    case 'pods':
      return listed(served.pods.map(asSeen));
    case 'runningpods':
      return listed(served.usage().pods.map(({ pod }) => running(pod)));
    case 'stats/summary':
      return {
        status: 200,
        headers: json,
        body: bytesOf(JSON.stringify(summaryOf(served.usage(), isTrue(query, 'only_cpu_and_memory')), null, 1)),
      };
    case 'metrics':
      return metrics(kubeletMetrics(served.usage()));
    case 'metrics/resource':
      return metrics(resourceMetrics(served.usage()));
    case 'metrics/cadvisor':
      return metrics(cadvisorMetrics(served.usage()));
    case 'metrics/probes':
      return metrics(probeMetrics(served.usage()));
    case 'configz':
      return { status: 200, headers: json, body: bytesOf(JSON.stringify({ kubeletconfig: configuration })) };
    case 'logs':
      return logFile(served.files, parts.slice(1), path.endsWith('/'));
    case 'containerLogs':
      if (parts.length === 4) return containerLog(served, streams, parts.slice(1), query, now);
  }
  return { status: 404, headers: plain, body: '404 page not found\n' };
}

function healthOf([check, ...rest]: readonly string[], query: URLSearchParams): WebAnswer {
  if (rest.length > 0 || (check !== undefined && !checks.includes(check)))
    return { status: 404, headers: plain, body: '404 page not found\n' };
  const isVerbose = check === undefined && query.has('verbose');
  const body = isVerbose ? `${checks.map((name) => `[+]${name} ok\n`).join('')}healthz check passed\n` : 'ok';
  return { status: 200, headers: { ...plain, 'X-Content-Type-Options': 'nosniff' }, body };
}

function listed(items: readonly Pod[]): WebAnswer {
  return { status: 200, headers: json, body: bytesOf(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items })) };
}

/** A pod as its kubelet has it: noted where it came from. */
function asSeen({ apiVersion: _apiVersion, kind: _kind, metadata, ...rest }: Pod): Pod {
  const { annotations, creationTimestamp } = metadata!;
  const seen = { 'kubernetes.io/config.seen': String(creationTimestamp), 'kubernetes.io/config.source': 'api' };
  return { metadata: { ...metadata!, annotations: { ...annotations, ...seen } }, ...rest };
}

/** What the container runtime knows of a pod. */
function running({ metadata, spec }: Pod): Pod {
  const { name, namespace, uid } = metadata!;
  const containers = spec!.containers.map((container) => ({ name: container.name, image: container.image!, resources: {} }));
  return { metadata: { name: name!, namespace: namespace!, uid: uid! }, spec: { containers }, status: {} } as Pod;
}

function metrics(all: readonly ShownMetric[]): WebAnswer {
  return { status: 200, headers: { 'Content-Type': expositionType }, body: bytesOf(expositionOf(all)) };
}

/** A file below the node's folder of logs, or what is in a folder, as Go's file server shows them. */
function logFile(files: FileTree, parts: readonly string[], isFolder: boolean): WebAnswer {
  const at = [logFolder, ...parts].join('/');
  const text = parts.includes('..') ? undefined : files.read(at);
  if (text !== undefined) return { status: 200, headers: plain, body: text };
  if (parts.length > 0 && (parts.includes('..') || !files.isFolder(at)))
    return { status: 404, headers: plain, body: '404 page not found\n' };
  if (!isFolder) return { status: 301, headers: { Location: `${parts.at(-1) ?? 'logs'}/` }, body: '' };
  const names = files.list(at).map((name) => (files.isFolder(`${at}/${name}`) ? `${name}/` : name));
  const links = names.map((name) => `<a href="${encodeURI(name)}">${name.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)}</a>\n`);
  const head = '<!doctype html>\n<meta name="viewport" content="width=device-width">\n';
  return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: `${head}<pre>\n${links.join('')}</pre>\n` };
}

function containerLog(
  { node, pods }: ServedNode,
  streams: Pick<FleetStreams, 'logs'>,
  [namespace, pod, container]: readonly string[],
  query: URLSearchParams,
  now: () => number,
): WebAnswer {
  const found = pods.find(({ metadata }) => metadata!.namespace === namespace && metadata!.name === pod);
  if (!found) return { status: 404, headers: plain, body: bytesOf(`pod ${JSON.stringify(pod)} does not exist`) };
  const number = (name: string) => {
    const text = query.get(name);
    return text && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const [tailLines, limitBytes, sinceSeconds] = [number('tailLines'), number('limitBytes'), number('sinceSeconds')];
  const since = sinceSeconds === undefined ? parseTime(query.get('sinceTime') ?? '') : now() - sinceSeconds * 1000;
  const body = streams.logs(
    { node: node.metadata!.name!, namespace: namespace!, pod: pod!, container: container! },
    {
      follow: isTrue(query, 'follow'),
      previous: isTrue(query, 'previous'),
      timestamps: isTrue(query, 'timestamps'),
      ...(tailLines === undefined ? {} : { tailLines }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
      ...(Number.isNaN(since) ? {} : { since }),
    },
  );
  return { status: 200, headers: plain, body };
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name) === 'true';
}
