import type { Clock, Timer } from '../machinery/clock.ts';
import type { Refusal } from './framework.ts';

/** What came of waiting for permission. */
export type Permission = 'allowed' | Refusal;

interface WaitingPod {
  readonly settle: (permission: Permission) => void;
  readonly timers: Map<string, Timer>;
}

const longestPermitWait = 15 * 60_000;
/** With so many bindings unanswered the next pods wait in the queue, where they cost less: a scheduler is faster than what it writes to. */
const mostUnanswered = 100;

/**
 * Pods that have a node but are not bound yet: those that a `permit` plugin holds, and those whose `preBind` runs, can still be preempted
 * without the API server hearing of it; of those whose binding is written the number is known.
 */
export class PodsInBinding {
  private readonly waiting = new Map<string, WaitingPod>();
  private readonly preBinding = new Map<string, (reason: string) => void>();
  private readonly clock: Clock;
  private readonly onRoom: () => void;
  private unanswered = 0;

  /** @param onRoom called when there is room for further bindings again */
  constructor(clock: Clock, onRoom: () => void = () => {}) {
    this.clock = clock;
    this.onRoom = onRoom;
  }

  /** Resolves when every plugin has allowed the pod, or one has rejected it or waited too long. @param waits in milliseconds by plugin */
  hold(uid: string, waits: ReadonlyMap<string, number>): Promise<Permission> {
    return new Promise((resolve) => {
      const timers = new Map<string, Timer>();
      const settle = (permission: Permission) => {
        for (const timer of timers.values()) timer.cancel();
        this.waiting.delete(uid);
        resolve(permission);
      };
      this.waiting.set(uid, { settle, timers });
      for (const [plugin, wait] of waits) {
        const reason = `rejected due to timeout after waiting ${durationText(wait)} at plugin ${plugin}`;
        timers.set(
          plugin,
          this.clock.timer(Math.min(wait, longestPermitWait), () => settle({ code: 'unschedulable', plugin, reasons: [reason] }), {
            background: true,
          }),
        );
      }
    });
  }

  /** The plugin no longer holds the pod. */
  allow(uid: string, plugin: string): void {
    const pod = this.waiting.get(uid);
    pod?.timers.get(plugin)?.cancel();
    pod?.timers.delete(plugin);
    if (pod?.timers.size === 0) pod.settle('allowed');
  }

  /** @returns whether the pod was waiting */
  reject(uid: string, refusal: Refusal): boolean {
    const pod = this.waiting.get(uid);
    pod?.settle(refusal);
    return pod !== undefined;
  }

  isWaiting(uid: string): boolean {
    return this.waiting.has(uid);
  }

  /** Runs `action`; rejects as soon as the pod is preempted meanwhile. */
  async whilePreBinding<T>(uid: string, action: Promise<T>): Promise<T> {
    let cancel!: (reason: string) => void;
    const preempted = new Promise<never>((_, reject) => {
      cancel = (reason) => reject(new Error(reason));
    });
    this.preBinding.set(uid, cancel);
    try {
      return await Promise.race([action, preempted]);
    } finally {
      this.preBinding.delete(uid);
    }
  }

  /** Whether the API server is behind with the bindings. */
  get isCrowded(): boolean {
    return this.unanswered >= mostUnanswered;
  }

  /** @param answer of the request that binds a pod */
  async whileBinding(answer: Promise<void>): Promise<void> {
    this.unanswered++;
    try {
      await answer;
    } finally {
      if (this.unanswered-- === mostUnanswered) this.onRoom();
    }
  }

  /** Preempts a pod that is on its way to a node. @returns false where it is not, or is past that */
  preempt(uid: string, plugin: string): boolean {
    if (this.reject(uid, { code: 'unschedulable', plugin, reasons: ['preempted'] })) return true;
    const cancel = this.preBinding.get(uid);
    cancel?.(`preempted by ${plugin}`);
    return cancel !== undefined;
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const pod of this.waiting.values()) pod.settle({ code: 'unschedulable', plugin: '', reasons: ['the scheduler stops'] });
  }
}

function durationText(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
