import type { ContainerStatus, Pod } from '../../../openapi/types.ts';
import type { CellContext, Column, RowCondition } from '../../define.ts';
import { isConditionTrue } from '../../meta/conditions.ts';
import { humanDuration, parseTime } from '../../meta/time.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { isSidecar } from './pod-containers.ts';

interface Summary {
  readonly ready: number;
  readonly total: number;
  readonly reason: string;
  readonly restarts: number;
  /** Milliseconds since the epoch of the last restart, if any. */
  readonly lastRestart: number;
}

interface Restarts {
  count: number;
  last: number;
}

function countRestarts(restarts: Restarts, status: ContainerStatus): void {
  restarts.count += status.restartCount ?? 0;
  const finished = status.lastState?.terminated?.finishedAt;
  if (finished) restarts.last = Math.max(restarts.last, parseTime(finished));
}

type Ended = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

const endText = ({ reason, signal, exitCode }: Ended): string => reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`);

/** What kubectl shows of a pod in one line. */
export function summarizePod(pod: Pod): Summary {
  const status = pod.status ?? {};
  const phase = status.phase ?? '';
  const initContainers = pod.spec?.initContainers ?? [];
  let reason = status.reason || phase;
  if (status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) reason = 'SchedulingGated';
  const total = (pod.spec?.containers ?? []).length + initContainers.filter(isSidecar).length;
  let ready = 0;
  let restarts: Restarts = { count: 0, last: 0 };
  const sidecarRestarts: Restarts = { count: 0, last: 0 };
  let initializing = false;
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = isSidecar(initContainers.find(({ name }) => name === container.name));
    countRestarts(restarts, container);
    if (sidecar) countRestarts(sidecarRestarts, container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) ready++;
      continue;
    }
    if (terminated) reason = `Init:${endText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${i}/${initContainers.length}`;
    initializing = true;
    break;
  }
  if (!initializing || isConditionTrue(status.conditions as never, 'Initialized')) {
    restarts = sidecarRestarts;
    let running = false;
    let failure = '';
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      countRestarts(restarts, container);
      const { terminated, waiting } = container.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated) {
        reason = endText(terminated);
        if ((terminated.exitCode ?? 0) !== 0) failure = reason;
      } else if (container.ready && container.state?.running) {
        running = true;
        ready++;
      }
    }
    if (reason === 'Completed') {
      if (running && isConditionTrue(status.conditions as never, 'Ready')) reason = 'Running';
      else if (failure !== '') reason = failure;
      else if (running) reason = 'NotReady';
    }
  }
  if (pod.metadata?.deletionTimestamp) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (phase !== 'Failed' && phase !== 'Succeeded') reason = 'Terminating';
  }
  return { ready, total, reason, restarts: restarts.count, lastRestart: restarts.last };
}

function restartsCell(pod: Pod, { now }: CellContext): string {
  const { restarts, lastRestart } = summarizePod(pod);
  return restarts !== 0 && lastRestart !== 0 ? `${restarts} (${humanDuration(now - lastRestart)} ago)` : `${restarts}`;
}

function readinessCell(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const met = gates.filter((gate) => isConditionTrue(pod.status?.conditions as never, gate.conditionType));
  return `${met.length}/${gates.length}`;
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    cell: (pod) => {
      const { ready, total } = summarizePod(pod);
      return `${ready}/${total}`;
    },
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The aggregate status of the containers in this pod.',
    cell: (pod) => summarizePod(pod).reason,
  },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    cell: restartsCell,
  },
  ageColumn,
  {
    name: 'IP',
    type: 'string',
    priority: 1,
    description: ['io.k8s.api.core.v1.PodStatus', 'podIP'],
    cell: (pod) => pod.status?.podIPs?.[0]?.ip || '<none>',
  },
  {
    name: 'Node',
    type: 'string',
    priority: 1,
    description: ['io.k8s.api.core.v1.PodSpec', 'nodeName'],
    cell: (pod) => pod.spec?.nodeName || '<none>',
  },
  {
    name: 'Nominated Node',
    type: 'string',
    priority: 1,
    description: ['io.k8s.api.core.v1.PodStatus', 'nominatedNodeName'],
    cell: (pod) => pod.status?.nominatedNodeName || '<none>',
  },
  {
    name: 'Readiness Gates',
    type: 'string',
    priority: 1,
    description: ['io.k8s.api.core.v1.PodSpec', 'readinessGates'],
    cell: readinessCell,
  },
];

const completed = (reason: string, message: string): readonly RowCondition[] => [{ type: 'Completed', status: 'True', reason, message }];
const rowConditions: Readonly<Record<string, readonly RowCondition[]>> = {
  Succeeded: completed('Succeeded', 'The pod has completed successfully.'),
  Failed: completed('Failed', 'The pod failed.'),
};

/** Pods that have ended say so. */
export function podRowConditions({ status }: Pod): readonly RowCondition[] | undefined {
  return rowConditions[status?.phase ?? ''];
}
