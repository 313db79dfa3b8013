import { pod as pods } from '../../api/core/v1/pod.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { SeriesEvents } from '../runtime/series-events.ts';

/** Where a profile's events go. */
export interface EventSink {
  record(pod: KubeObject, type: 'Normal' | 'Warning', reason: string, action: string, note: string): void;
}

/** @returns a sink whose events are told of pods by `events` */
export function eventsOfPods(events: SeriesEvents): EventSink {
  return { record: (object, ...event) => events.record({ object, resource: pods }, ...event) };
}
