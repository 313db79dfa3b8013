import type { KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import { TokenBucket } from '../../runtime/backoff.ts';
import { conditionOf } from '../../runtime/pods.ts';

const evictionsPerSecond = 0.1;
const evictionsPerSecondWhenPartial = 0.01;
const unhealthyFraction = 0.55;
const largeCluster = 50;

type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

function stateOf(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  return notReady > 2 && notReady / (ready + notReady) >= unhealthyFraction ? 'PartialDisruption' : 'Normal';
}

function zoneOf(node: KubeObject): string {
  const labels = node.metadata!.labels ?? {};
  return `${labels['topology.kubernetes.io/region'] ?? ''}:${labels['topology.kubernetes.io/zone'] ?? ''}`;
}

/** How fast nodes may be marked for eviction: one every ten seconds in a zone, less where much of it is down, not at all where everything is. */
export class ZonePace {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Which of the waiting nodes may be marked now. @param nodes all nodes */
  admit(nodes: Iterable<KubeObject>, waiting: readonly KubeObject[]): { admitted: KubeObject[]; allDown: boolean } {
    const zones = new Map<string, { ready: number; notReady: number }>();
    for (const node of nodes) {
      const zone = zoneOf(node);
      const counts = zones.get(zone) ?? { ready: 0, notReady: 0 };
      zones.set(zone, counts);
      if (conditionOf(node, 'Ready')?.status === 'True') counts.ready++;
      else counts.notReady++;
    }
    const allDown = [...zones.values()].every(({ ready, notReady }) => stateOf(ready, notReady) === 'FullDisruption');
    if (allDown) return { admitted: [], allDown };
    const admitted = waiting.filter((node) => {
      const { ready, notReady } = zones.get(zoneOf(node)) ?? { ready: 0, notReady: 1 };
      const partial = stateOf(ready, notReady) === 'PartialDisruption';
      if (partial && ready + notReady <= largeCluster) return false;
      return this.bucketOf(zoneOf(node), partial ? evictionsPerSecondWhenPartial : evictionsPerSecond).tryTake(this.clock.monotonic());
    });
    return { admitted, allDown };
  }

  private bucketOf(zone: string, rate: number): TokenBucket {
    let bucket = this.buckets.get(zone);
    if (bucket?.rate !== rate) this.buckets.set(zone, (bucket = new TokenBucket(rate, 1, this.clock.monotonic())));
    return bucket;
  }
}
