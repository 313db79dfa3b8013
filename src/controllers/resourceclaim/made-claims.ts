import type { KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import { controllerOf } from '../../runtime/owners.ts';

const rememberedFor = 3_600_000;
const atMost = 100;

/**
 * The claims that were made within the last hour. kube-controller-manager takes one that it has made for there even where somebody deletes it, as its
 * cache of its own writes does not hear of deletions: the pod's claim is not made a second time.
 */
export class MadeClaims {
  private readonly clock: Clock;
  private readonly claims = new Map<string, { readonly claim: KubeObject; readonly until: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  remember(claim: KubeObject): void {
    this.claims.set(claim.metadata!.uid!, { claim, until: this.clock.monotonic() + rememberedFor });
    const [oldest] = this.claims.keys();
    if (this.claims.size > atMost) this.claims.delete(oldest!);
  }

  *ofPod(uid: string): Iterable<KubeObject> {
    for (const { claim, until } of this.claims.values()) {
      if (controllerOf(claim)?.uid === uid && until > this.clock.monotonic()) yield claim;
    }
  }
}
