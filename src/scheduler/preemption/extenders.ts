import type { Pod } from '../../../openapi/types.ts';
import type { ClusterState } from '../cluster-state.ts';
import type { Extender, PreemptionVictims } from '../extenders.ts';
import type { Candidate } from './candidates.ts';

/**
 * What each extender in turn leaves of the candidates: it may strike nodes and name other victims.
 * @throws Error where one that must be heard does not answer, or names who is not there
 */
export async function askExtenders(
  extenders: readonly Extender[],
  pod: Pod,
  candidates: readonly Candidate[],
  cluster: ClusterState,
): Promise<readonly Candidate[]> {
  let left = candidates;
  for (const extender of extenders) {
    if (left.length === 0) break;
    const { ignorable } = extender.configuration;
    try {
      const answer = await extender.preempt(pod, left);
      left = candidatesOf(answer, extender, cluster);
    } catch (error) {
      if (ignorable) continue;
      throw error;
    }
    const empty = left.find(({ victims }) => victims.length === 0);
    if (empty && !ignorable) throw new Error(`expected at least one victim pod on node ${JSON.stringify(empty.node)}`);
    left = left.filter(({ victims }) => victims.length > 0);
  }
  return left;
}

function candidatesOf(answer: readonly PreemptionVictims[], { configuration }: Extender, cluster: ClusterState): Candidate[] {
  return answer.map(({ node: name, uids, violations }) => {
    const node = cluster.node(name);
    if (!node) throw new Error(`nodeinfo not found for node name ${JSON.stringify(name)}`);
    const victims = uids.map((uid) => {
      const victim = node.pods.get(uid);
      if (victim) return victim.pod;
      const who = `pod (UID: &{${uid}}) on node: ${name}`;
      throw new Error(`extender: ${configuration.urlPrefix} claims to preempt ${who}, but the pod is not found on that node`);
    });
    return { node: name, victims, violations };
  });
}
