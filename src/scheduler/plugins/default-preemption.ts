import { podDisruptionBudget as podDisruptionBudgets } from '../../../api/policy/v1/poddisruptionbudget.ts';
import type { Pod, PodDisruptionBudget } from '../../../openapi/types.ts';
import { messageOf } from '../../runtime/errors.ts';
import type { CycleState } from '../cycle-state.ts';
import { priorityOf } from '../filtering.ts';
import type { Plugin, PostFilterResult } from '../framework.ts';
import type { Handle } from '../handle.ts';
import { NodeStatuses } from '../node-statuses.ts';
import { type Candidate, selectCandidate } from '../preemption/candidates.ts';
import { PreemptionExecutor } from '../preemption/executor.ts';
import { askExtenders } from '../preemption/extenders.ts';
import { selectVictims } from '../preemption/victims.ts';
import { unresolvable } from './refuse.ts';

const name = 'DefaultPreemption';

export interface DefaultPreemptionArguments {
  /** How many nodes are tried out: this share of those that might do, and at least so many. */
  readonly minCandidateNodesPercentage: number;
  readonly minCandidateNodesAbsolute: number;
}

export const defaultPreemptionArguments: DefaultPreemptionArguments = { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 };

/** Takes less important pods away where that lets the pod fit, and nominates the pod for that node. */
export function defaultPreemption(arguments_: DefaultPreemptionArguments, handle: Handle): Plugin {
  const { cluster, context, listers } = handle;
  const budgets = listers.for<PodDisruptionBudget>(podDisruptionBudgets);
  const executor = new PreemptionExecutor(name, handle);

  function preempt(stale: Pod, statuses: NodeStatuses, state: CycleState): PostFilterResult | Promise<PostFilterResult> {
    const pod = handle.latest(stale);
    if (!pod) throw new Error(`pod "${stale.metadata!.name}" not found`);
    const obstacle = obstacleFor(pod, statuses);
    if (obstacle) return { reasons: [obstacle] };
    const potential = statuses.unschedulable(cluster.nodes);
    const tried = new NodeStatuses();
    const candidates: Candidate[] = [];
    const wanted = candidatesWanted(potential.length);
    const offset = Math.floor(context.random.next() * potential.length);
    const disruptionBudgets = potential.length > 0 ? [...budgets.list()] : [];
    for (let i = 0; i < potential.length; i++) {
      const node = potential[(offset + i) % potential.length]!;
      const result = selectVictims(handle.filtering(), state.clone(), pod, node.clone(), disruptionBudgets);
      if ('refusal' in result) tried.explicit.set(node.name, result.refusal);
      else candidates.push({ node: node.name, ...result });
      // One that breaks no budget must be among them.
      if (candidates.length >= wanted && candidates.some(({ violations }) => violations === 0)) break;
    }
    if (candidates.length === 0) {
      tried.absent = unresolvable('', 'Preemption is not helpful for scheduling');
      return { nominatedNode: '', reasons: [tried.message(cluster.nodes.length)] };
    }
    const asked = handle.extenders.filter((extender) => extender.preempts && extender.concerns(pod));
    if (asked.length > 0) return askExtenders(asked, pod, candidates, cluster).then((left) => carryOut(pod, left));
    return carryOut(pod, candidates);
  }

  function carryOut(pod: Pod, candidates: readonly Candidate[]): PostFilterResult {
    const best = selectCandidate(candidates);
    if (!best) return { reasons: ['no candidate node for preemption'] };
    executor.start(best, pod);
    return { nominatedNode: best.node, success: true, reasons: [] };
  }

  function obstacleFor(pod: Pod, statuses: NodeStatuses): string | undefined {
    if (pod.spec!.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
    const nominated = pod.status?.nominatedNodeName;
    if (!nominated || statuses.get(nominated).code === 'unresolvable') return undefined;
    for (const { pod: other } of cluster.node(nominated)?.pods.values() ?? []) {
      if (priorityOf(other) < priorityOf(pod) && isPreempted(other)) return 'not eligible due to a terminating pod on the nominated node.';
    }
    return undefined;
  }

  function candidatesWanted(nodes: number): number {
    const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = arguments_;
    return Math.min(nodes, Math.max(Math.trunc((nodes * minCandidateNodesPercentage) / 100), minCandidateNodesAbsolute));
  }

  return {
    name,
    // While its victims are being taken away, a pod is kept out of the queue; what happens to them matters to the plugins that refused it.
    events: [{ resource: 'Pod', actions: ['delete'], hint: () => false }],
    preEnqueue: (pod) =>
      executor.isPreemptingFor(pod.metadata!.uid!)
        ? unresolvable(name, 'waiting for the preemption for this pod to be finished')
        : undefined,
    postFilter(state, pod, statuses) {
      try {
        const result = preempt(pod, statuses, state);
        return result instanceof Promise ? result.then(named, failed) : named(result);
      } catch (error) {
        return failed(error);
      }
    },
  };
}

function named(result: PostFilterResult): PostFilterResult {
  return { ...result, reasons: result.reasons.map((reason) => `preemption: ${reason}`) };
}

function failed(error: unknown): never {
  throw new Error(`preemption: ${messageOf(error)}`);
}

function isPreempted({ metadata, status }: Pod): boolean {
  if (!metadata!.deletionTimestamp) return false;
  const target = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return target?.status === 'True' && target.reason === 'PreemptionByScheduler';
}
