import { pod as pods } from '../../api/core/v1/pod.ts';
import type { Pod } from '../../openapi/types.ts';
import { messageOf } from '../runtime/errors.ts';
import type { CycleState } from './cycle-state.ts';
import type { Extender } from './extenders.ts';
import type { Refusal } from './framework.ts';
import type { Handle } from './handle.ts';
import { NodeStatuses } from './node-statuses.ts';
import { conditionPatch } from './pod-status.ts';
import type { ExtensionPoints } from './profile.ts';
import type { Failure } from './scheduler.ts';

/** What happens to a pod once a node was found for it, from `reserve` to `postBind`. */
export class BindingCycle {
  private readonly points: ExtensionPoints;
  private readonly handle: Handle;
  private readonly extenders: readonly Extender[];

  constructor(points: ExtensionPoints, handle: Handle, extenders: readonly Extender[]) {
    this.points = points;
    this.handle = handle;
    this.extenders = extenders;
  }

  /**
   * Reserves and asks for permission before it first awaits; then waits, prepares and binds. What was reserved is given back where it fails.
   * @param decided called when no event can matter to the attempt any more
   */
  async run(state: CycleState, pod: Pod, node: string, decided: () => void): Promise<Failure | undefined> {
    try {
      const refusal = this.reserve(state, pod, node) ?? (await this.permission(state, pod, node));
      if (refusal) throw new Refused(refusal);
      decided();
      await this.preBind(state, pod, node);
      await this.bind(pod, node);
      for (const plugin of this.points.postBind) plugin.postBind!(state, pod, node);
      return undefined;
    } catch (error) {
      for (const plugin of [...this.points.reserve].reverse()) plugin.unreserve?.(state, pod, node);
      return failureOf(error, node);
    }
  }

  private reserve(state: CycleState, pod: Pod, node: string): Refusal | undefined {
    for (const plugin of this.points.reserve) {
      let refusal: Refusal | undefined;
      try {
        refusal = plugin.reserve?.(state, pod, node);
      } catch (error) {
        throw new Error(`running Reserve plugin "${plugin.name}": ${messageOf(error)}`);
      }
      if (refusal) return refusal;
    }
    return undefined;
  }

  // Nothing is awaited where no plugin asks for it: most pods are bound in the turn in which their node is found.
  private permission(state: CycleState, pod: Pod, node: string): Promise<Refusal | undefined> | Refusal | undefined {
    const waits = new Map<string, number>();
    for (const plugin of this.points.permit) {
      let answer: ReturnType<NonNullable<typeof plugin.permit>>;
      try {
        answer = plugin.permit!(state, pod, node);
      } catch (error) {
        throw new Error(`running Permit plugin "${plugin.name}": ${messageOf(error)}`);
      }
      if (!answer) continue;
      if ('code' in answer) return answer;
      waits.set(plugin.name, answer.waitMilliseconds);
    }
    const willPreBind = this.willPreBind(state, pod, node);
    if (waits.size === 0) return willPreBind ? this.nominate(pod, node) : undefined;
    return this.nominate(pod, node)
      .then(() => this.handle.binding.hold(pod.metadata!.uid!, waits))
      .then((permission) => (permission === 'allowed' ? undefined : permission));
  }

  private willPreBind(state: CycleState, pod: Pod, node: string): boolean {
    return this.points.preBind.some((plugin) => plugin.preBindPreFlight?.(state, pod, node) ?? true);
  }

  /** Tells others, such as autoscalers, where the pod will go, as that may take a while (KEP-5278). */
  private async nominate(pod: Pod, node: string): Promise<undefined> {
    const patch = conditionPatch(pod, undefined, 0, node);
    if (!patch) return;
    const { client, context } = this.handle;
    const { namespace, name } = pod.metadata!;
    const api = client.resource(pods);
    await api
      .patch(namespace!, name!, 'application/strategic-merge-patch+json', patch, { subresource: 'status' })
      .catch((error) => context.logger.debug({ pod: name, error }, 'the nominated node was not written'));
  }

  private async preBind(state: CycleState, pod: Pod, node: string): Promise<void> {
    const plugins = this.points.preBind.filter((plugin) => plugin.preBindPreFlight?.(state, pod, node) ?? true);
    if (plugins.length === 0) return;
    const work = async () => {
      for (const plugin of plugins) {
        try {
          await plugin.preBind!(state, pod, node);
        } catch (error) {
          throw new Error(`running PreBind plugin "${plugin.name}": ${messageOf(error)}`);
        }
      }
    };
    await this.handle.binding.whilePreBinding(pod.metadata!.uid!, work());
  }

  private async bind(pod: Pod, node: string): Promise<void> {
    const binder = this.extenders.find((extender) => extender.configuration.bindVerb !== '' && extender.concerns(pod));
    if (binder) await binder.bind(pod, node);
    else {
      const plugin = this.points.bind[0]!;
      try {
        await this.handle.binding.whileBinding(plugin.bind!(pod, node));
      } catch (error) {
        throw new Error(`running Bind plugin "${plugin.name}": ${messageOf(error)}`);
      }
    }
    const { namespace, name } = pod.metadata!;
    this.handle.events.record(pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${namespace}/${name} to ${node}`);
  }
}

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reasons.join(', '));
    this.refusal = refusal;
  }
}

function failureOf(error: unknown, node: string): Failure {
  if (!(error instanceof Refused)) return { reason: 'SchedulerError', message: messageOf(error), nominatedNode: '' };
  const { refusal } = error;
  const statuses = new NodeStatuses();
  statuses.explicit.set(node, refusal);
  const plugins = new Set([refusal.plugin]);
  const by = refusal.code === 'pending' ? { pendingFor: plugins } : { refusedBy: plugins };
  return { reason: 'Unschedulable', message: statuses.message(1), nominatedNode: '', ...by };
}
