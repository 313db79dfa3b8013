import type { KubeObject } from '../../../api/meta/object.ts';
import { conditionOf } from '../../runtime/pods.ts';

export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

interface Seen {
  service: string;
  pods: Map<string, string>;
}

/** Remembers, for each service, which changes of it and its pods its endpoints already show. */
export class TriggerTimes {
  private readonly seen = new Map<string, Seen>();

  /** The earliest time of a change that was not shown before: the service's creation, or a pod's change of readiness; undefined if there is none. */
  next(key: string, service: KubeObject, pods: readonly KubeObject[]): string | undefined {
    const before = this.seen.get(key);
    const now: Seen = { service: service.metadata!.creationTimestamp ?? '', pods: new Map() };
    for (const pod of pods) {
      const time = conditionOf(pod, 'Ready')?.lastTransitionTime;
      if (time) now.pods.set(pod.metadata!.name!, time);
    }
    this.seen.set(key, now);
    if (!before) return now.service || undefined;
    let earliest = now.service > before.service ? now.service : undefined;
    for (const [name, time] of now.pods) {
      if (time > (before.pods.get(name) ?? '') && (earliest === undefined || time < earliest)) earliest = time;
    }
    return earliest;
  }

  forget(key: string): void {
    this.seen.delete(key);
  }
}
