import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { Pod, PodCondition } from '../../../openapi/types.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { priorityOf } from '../filtering.ts';
import type { Handle } from '../handle.ts';
import { clearNomination, conditionPatch } from '../pod-status.ts';
import type { Candidate } from './candidates.ts';

/** Takes victims away, beside the scheduling cycles. */
export class PreemptionExecutor {
  private readonly plugin: string;
  private readonly handle: Handle;
  /** The pods that victims are being taken away for, and the last victim of each, once that one's turn has come. */
  private readonly preempting = new Map<string, Pod | undefined>();

  constructor(plugin: string, handle: Handle) {
    this.plugin = plugin;
    this.handle = handle;
  }

  start(candidate: Candidate, preemptor: Pod): void {
    const victims = candidate.victims.filter(({ metadata }) => !metadata!.deletionTimestamp);
    if (victims.length === 0) return;
    const uid = preemptor.metadata!.uid!;
    this.preempting.set(uid, undefined);
    this.run(candidate.node, victims, preemptor)
      .catch((error) => {
        if (this.handle.context.signal.aborted) return;
        this.handle.context.logger.debug({ error, preemptor: preemptor.metadata!.name }, 'preemption failed');
        return 'failed';
      })
      .then((result) => {
        this.preempting.delete(uid);
        // Else the pod would wait for the end of victims that stay.
        if (result === 'failed') this.handle.activate(preemptor);
      });
  }

  /** Whether a pod must wait, as the last of its victims has not been told to go. */
  isPreemptingFor(uid: string): boolean {
    if (!this.preempting.has(uid)) return false;
    const last = this.preempting.get(uid);
    if (!last) return true;
    const present = this.handle.latest(last);
    return present !== undefined && !present.metadata!.deletionTimestamp;
  }

  private async run(node: string, victims: readonly Pod[], preemptor: Pod): Promise<void> {
    const { nominator, client } = this.handle;
    const displaced = [...nominator.on(node)].map(({ pod }) => pod).filter((pod) => priorityOf(pod) < priorityOf(preemptor));
    await Promise.all(displaced.map((pod) => clearNomination(client, pod)));
    const last = victims.at(-1)!;
    await Promise.all(victims.slice(0, -1).map((victim) => this.preempt(victim, node, preemptor)));
    this.preempting.set(preemptor.metadata!.uid!, last);
    await this.preempt(last, node, preemptor);
  }

  private async preempt(victim: Pod, node: string, preemptor: Pod): Promise<void> {
    const { client, binding, context, events } = this.handle;
    const { namespace, name, uid } = victim.metadata!;
    let note = `Preempted by pod ${preemptor.metadata!.uid} on node ${node}`;
    if (binding.preempt(uid!, this.plugin)) note += ' (in kube-scheduler memory).';
    else {
      const condition: PodCondition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: `${preemptor.spec!.schedulerName}: preempting to accommodate a higher priority pod`,
      };
      const api = client.resource<Pod>(pods);
      const patch = conditionPatch(victim, condition, context.clock.now());
      const options = { subresource: 'status' };
      if (patch) {
        const patched = await unlessNotFound(api.patch(namespace!, name!, 'application/strategic-merge-patch+json', patch, options));
        if (!patched) return;
      }
      const deleted = await unlessNotFound(api.delete(namespace!, name!));
      if (!deleted) return;
    }
    events.record(victim, 'Normal', 'Preempted', 'Preempting', note);
  }
}
