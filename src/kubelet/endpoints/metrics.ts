import { parseQuantity } from '../../../api/meta/quantity.ts';
import { podQosClass } from '../../../api/meta/resources.ts';
import type { Pod } from '../../../openapi/types.ts';
import { kubeletVersion } from '../node-status.ts';
import type { Series, ShownMetric } from './exposition.ts';
import type { ContainerUsage, NodeUsage, PodUsage, Usage } from './usage.ts';

const inSeconds = 1000;
const billion = 1_000_000_000;

/** What `/metrics` says of the kubelet itself. */
export function kubeletMetrics({ node, pods, startedAt }: NodeUsage): ShownMetric[] {
  const running = pods.reduce((total, { containers }) => total + containers.length, 0);
  const one = (labels: Series['labels'] & {}, value: number): Series[] => [{ labels, value }];
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubeletVersion)!;
  return [
    gauge('kubelet_node_name', "[ALPHA] The node's name. The count is always 1.", one({ node: node.metadata!.name! }, 1)),
    gauge('kubelet_running_containers', '[ALPHA] Number of containers currently running', one({ container_state: 'running' }, running)),
    gauge('kubelet_running_pods', '[ALPHA] Number of pods that have a running pod sandbox', [{ value: pods.length }]),
    gauge(
      'kubernetes_build_info',
      '[ALPHA] Information about the version of the build, with the constant value 1.',
      one({ git_version: kubeletVersion, major: major!, minor: minor!, platform: 'linux/amd64' }, 1),
    ),
    processStart(startedAt),
  ];
}

/** What `/metrics/probes` says beside the probes themselves, which are not counted. */
export function probeMetrics({ startedAt }: NodeUsage): ShownMetric[] {
  return [processStart(startedAt)];
}

function processStart(startedAt: number): ShownMetric {
  const help = '[ALPHA] Start time of the process since unix epoch in seconds.';
  return gauge('process_start_time_seconds', help, [{ value: startedAt / inSeconds }]);
}

/** What `/metrics/resource` says: what metrics-server reads. */
export function resourceMetrics(usage: NodeUsage): ShownMetric[] {
  const { time, pods } = usage;
  const ofContainers = (value: (of: Usage) => number): Series[] =>
    pods.flatMap((pod) => pod.containers.map((of) => ({ labels: { container: of.name, ...podLabels(pod) }, value: value(of) })));
  const subjects: Readonly<Record<string, (value: (of: Usage) => number) => Series[]>> = {
    node: (value) => [{ value: value(usage) }],
    pod: (value) => pods.map((pod) => ({ labels: podLabels(pod), value: value(pod) })),
    container: ofContainers,
  };
  const failed = '1 if there was an error while getting container metrics, 0 otherwise';
  return [
    ...Object.entries(subjects).flatMap(([of, series]) => used(of, series).map((metric) => ({ ...metric, time }))),
    gauge(
      'container_start_time_seconds',
      '[STABLE] Start time of the container since unix epoch in seconds',
      ofContainers(({ startedAt }) => startedAt / inSeconds),
    ),
    gauge('resource_scrape_error', `[STABLE] ${failed}`, [{ value: 0 }]),
    gauge('scrape_error', `[ALPHA] (Deprecated since 1.29.0) ${failed}`, [{ value: 0 }]),
  ];
}

/** What is told alike of nodes, pods and containers. */
function used(of: string, series: (value: (of: Usage) => number) => Series[]): ShownMetric[] {
  const swap = of === 'node' ? 'swap usage of the node' : `amount of the ${of} swap usage`;
  return [
    counter(`${of}_cpu_usage_seconds_total`, `[STABLE] Cumulative cpu time consumed by the ${of} in core-seconds`, series(cpuSeconds)),
    gauge(`${of}_memory_working_set_bytes`, `[STABLE] Current working set of the ${of} in bytes`, series(memory)),
    gauge(
      `${of}_swap_usage_bytes`,
      `[ALPHA] Current ${swap} in bytes. Reported only on non-windows systems`,
      series(() => 0),
    ),
  ];
}

const cpuSeconds = ({ coreNanoSeconds }: Usage) => coreNanoSeconds / billion;
const memory = ({ memoryBytes }: Usage) => memoryBytes;

/** What `/metrics/cadvisor` says: what dashboards of whole clusters read. */
export function cadvisorMetrics(usage: NodeUsage): ShownMetric[] {
  const { node, pods, time } = usage;
  const groups = [rootGroup(usage), ...pods.flatMap((pod) => [podGroup(pod), ...pod.containers.map((one) => containerGroup(pod, one))])];
  const series = (value: (of: Usage) => number, more: Readonly<Record<string, string>> = {}) =>
    groups.map(({ labels, usage: of }) => ({ labels: { ...labels, ...more }, value: value(of) }));
  const { machineID = '', systemUUID = '', bootID = '' } = node.status?.nodeInfo ?? {};
  const machine = { boot_id: bootID, machine_id: machineID, system_uuid: systemUUID };
  const capacity = (resource: string) => parseQuantity(node.status?.capacity?.[resource] ?? '0').toNumber();
  return [
    {
      ...counter('container_cpu_usage_seconds_total', 'Cumulative cpu time consumed in seconds.', series(cpuSeconds, { cpu: 'total' })),
      time,
    },
    {
      ...gauge(
        'container_last_seen',
        'Last time a container was seen by the exporter',
        series(() => time / inSeconds),
      ),
      time,
    },
    { ...gauge('container_memory_rss', 'Size of RSS in bytes.', series(memory)), time },
    {
      ...gauge(
        'container_memory_usage_bytes',
        'Current memory usage in bytes, including all memory regardless of when it was accessed',
        series(memory),
      ),
      time,
    },
    { ...gauge('container_memory_working_set_bytes', 'Current working set in bytes.', series(memory)), time },
    gauge(
      'container_start_time_seconds',
      'Start time of the container since unix epoch in seconds.',
      series(({ startedAt }) => startedAt / inSeconds),
    ),
    gauge('machine_cpu_cores', 'Number of logical CPU cores.', [{ labels: machine, value: capacity('cpu') }]),
    gauge('machine_memory_bytes', 'Amount of memory installed on the machine.', [{ labels: machine, value: capacity('memory') }]),
  ];
}

/** A control group of the node, whose usage is that of all in it. */
interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly usage: Usage;
}

function rootGroup(usage: NodeUsage): Group {
  return { labels: { container: '', id: '/', image: '', name: '', namespace: '', pod: '' }, usage };
}

function podGroup(usage: PodUsage): Group {
  return { labels: { container: '', id: groupOf(usage.pod), image: '', name: '', ...podLabels(usage) }, usage };
}

function containerGroup(pod: PodUsage, usage: ContainerUsage): Group {
  const { name, id, image } = usage;
  return { labels: { container: name, id: `${groupOf(pod.pod)}/${id}`, image, name: id, ...podLabels(pod) }, usage };
}

/** Where the kubelet puts a pod among the control groups: by its quality of service. */
function groupOf({ metadata, status, spec }: Pod): string {
  const quality = (status?.qosClass ?? podQosClass(spec!)).toLowerCase();
  return `/kubepods${quality === 'guaranteed' ? '' : `/${quality}`}/pod${metadata!.uid}`;
}

function podLabels({ pod: { metadata } }: PodUsage): { namespace: string; pod: string } {
  return { namespace: metadata!.namespace!, pod: metadata!.name! };
}

function counter(name: string, help: string, series: readonly Series[]): ShownMetric {
  return { name, help, type: 'counter', series };
}

function gauge(name: string, help: string, series: readonly Series[]): ShownMetric {
  return { name, help, type: 'gauge', series };
}
