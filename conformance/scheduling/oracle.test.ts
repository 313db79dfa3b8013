import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { StaticScheduler } from '../../src/scheduler/testing/static-cluster.ts';
import { scenario } from './clusters.ts';
import { judge } from './oracle.ts';

const count = Number(process.env.ORRERY_SCHEDULING_CLUSTERS ?? 40);
const first = Number(process.env.ORRERY_SEED ?? 1);

/** `refused: …`, or the scores that are not 0. */
function shown(verdict: { refused: string } | { scores: ReadonlyMap<string, number> }): unknown {
  if ('refused' in verdict) return verdict;
  return Object.fromEntries([...verdict.scores].filter(([, score]) => score !== 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test(`${count} clusters: the nodes that can take a pod, the reasons of the others, and every score are what the documentation says`, (context) => {
  let decisions = 0;
  let feasible = 0;
  for (let seed = first; seed < first + count; seed++) {
    const { nodes, placed, waiting, others } = scenario(seed);
    const scheduler = new StaticScheduler({ nodes, pods: placed, others });
    for (const pod of waiting) {
      const expected = judge({ nodes, placed, others }, pod);
      const decided = scheduler.decide(pod).map(({ node, refusal, scores }) => {
        return [node, shown(refusal ? { refused: [...refusal.reasons].sort().join(', ') } : { scores })] as const;
      });
      const wanted = nodes.map(({ metadata }) => [metadata!.name!, shown(expected.get(metadata!.name!)!)] as const);
      deepEqual(Object.fromEntries(decided), Object.fromEntries(wanted), `seed ${seed}, pod ${pod.metadata!.name}`);
      decisions += nodes.length;
      feasible += decided.filter(([, verdict]) => !('refused' in (verdict as object))).length;
    }
  }
  context.diagnostic(`${count} clusters, ${decisions} nodes looked at, ${feasible} of them feasible`);
});
