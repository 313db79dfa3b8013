import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../openapi/types.ts';
import { seededRandom } from '../../src/machinery/random.ts';
import { StaticScheduler } from '../../src/scheduler/testing/static-cluster.ts';
import { type Scenario, scenario } from './clusters.ts';
import { judge } from './oracle.ts';

const count = Number(process.env.ORRERY_SCHEDULING_CLUSTERS ?? 40);
const first = Number(process.env.ORRERY_SEED ?? 1);

/** `refused: …`, or the scores that are not 0. */
function shown(verdict: { refused: string } | { scores: ReadonlyMap<string, number> }): unknown {
  if ('refused' in verdict) return verdict;
  return Object.fromEntries([...verdict.scores].filter(([, score]) => score !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Asks about the pod on every node, and holds the answers against the oracle's. @returns how many nodes can take it */
function compare(
  scheduler: StaticScheduler,
  { nodes, placed, others }: Pick<Scenario, 'nodes' | 'placed' | 'others'>,
  pod: Pod,
  hint: string,
) {
  const expected = judge({ nodes, placed, others }, pod);
  const decided = scheduler.decide(pod).map(({ node, refusal, scores }) => {
    return [node, shown(refusal ? { refused: [...refusal.reasons].sort().join(', ') } : { scores })] as const;
  });
  const wanted = nodes.map(({ metadata }) => [metadata!.name!, shown(expected.get(metadata!.name!)!)] as const);
  deepEqual(Object.fromEntries(decided), Object.fromEntries(wanted), `${hint}, pod ${pod.metadata!.name}`);
  return decided.filter(([, verdict]) => !('refused' in (verdict as object))).length;
}

test(`${count} clusters: the nodes that can take a pod, the reasons of the others, and every score are what the documentation says`, (context) => {
  let decisions = 0;
  let feasible = 0;
  for (let seed = first; seed < first + count; seed++) {
    const cluster = scenario(seed);
    const { nodes, placed, waiting, others } = cluster;
    const scheduler = new StaticScheduler({ nodes, pods: placed, others });
    for (const pod of waiting) {
      feasible += compare(scheduler, cluster, pod, `seed ${seed}`);
      decisions += nodes.length;
    }
  }
  context.diagnostic(`${count} clusters, ${decisions} nodes looked at, ${feasible} of them feasible`);
});

test('answers that nodes gave to such pods before do not outlive a change', (context) => {
  let changes = 0;
  for (let seed = first; seed < first + Math.ceil(count / 2); seed++) {
    const { nodes, placed, waiting, others } = scenario(seed, 12);
    const random = seededRandom(seed);
    const any = <T>(values: readonly T[]): number => Math.floor(random.next() * values.length);
    const scheduler = new StaticScheduler({ nodes, pods: placed, others });
    for (let step = 0; step < 12; step++) {
      const place = any(nodes);
      const node = structuredClone(nodes[place]!);
      switch (any([0, 1, 2, 3])) {
        case 0: {
          const pod = structuredClone(waiting[any(waiting)]!);
          pod.metadata!.name = pod.metadata!.uid = `more-${step}`;
          pod.spec!.nodeName = node.metadata!.name!;
          placed.push(pod);
          scheduler.cluster.setPod(pod);
          break;
        }
        case 1: {
          const [gone] = placed.splice(any(placed), 1);
          if (gone) scheduler.cluster.removePod(gone.metadata!.uid!);
          break;
        }
        case 2: {
          node.spec = { ...node.spec, unschedulable: !node.spec?.unschedulable };
          break;
        }
        default:
          node.spec = { ...node.spec, taints: [{ key: 'late', effect: random.next() < 0.5 ? 'NoSchedule' : 'PreferNoSchedule' }] };
          node.status!.allocatable = { ...node.status!.allocatable, cpu: `${1 + any([1, 2, 3])}` };
      }
      nodes[place] = node;
      scheduler.cluster.setNode(node);
      changes++;
      for (const pod of waiting.slice(0, 3)) compare(scheduler, { nodes, placed, others }, pod, `seed ${seed}, step ${step}`);
    }
  }
  context.diagnostic(`${changes} changes`);
});
