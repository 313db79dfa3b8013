import type { CoreV1Event, EventsV1Event } from '../../../openapi/types.ts';
import { event as coreEvent, eventColumns, eventSelectableFields } from '../../core/v1/event.ts';
import { type Column, defineResource } from '../../define.ts';
import type { KubeObject } from '../../meta/object.ts';

/** The fields of this version and the names that they have in core/v1. */
const names: readonly (readonly [here: string, stored: string])[] = [
  ['eventTime', 'eventTime'],
  ['series', 'series'],
  ['reportingController', 'reportingComponent'],
  ['reportingInstance', 'reportingInstance'],
  ['action', 'action'],
  ['reason', 'reason'],
  ['regarding', 'involvedObject'],
  ['related', 'related'],
  ['note', 'message'],
  ['type', 'type'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

/** As an Event of core/v1, which is how both are stored. */
function toStorage(object: EventsV1Event): KubeObject {
  const stored: KubeObject = { kind: 'Event', apiVersion: 'v1', metadata: object.metadata };
  for (const [here, there] of names) if (here in object) stored[there] = (object as KubeObject)[here];
  stored.involvedObject ??= {};
  stored.source ??= {};
  stored.reportingComponent ??= '';
  stored.reportingInstance ??= '';
  stored.firstTimestamp ??= null;
  stored.lastTimestamp ??= null;
  stored.eventTime ??= null;
  return stored;
}

function fromStorage(stored: KubeObject): EventsV1Event {
  const object: KubeObject = { kind: 'Event', apiVersion: 'events.k8s.io/v1', metadata: stored.metadata! };
  for (const [here, there] of names) {
    const value = stored[there];
    const left = value === undefined || (value === '' && there.startsWith('reporting'));
    if (!left) object[here] = value;
  }
  object.deprecatedSource ??= {};
  object.regarding ??= {};
  object.deprecatedFirstTimestamp ??= null;
  object.deprecatedLastTimestamp ??= null;
  return object as EventsV1Event;
}

const columns: readonly Column<EventsV1Event>[] = eventColumns.map((column) => ({
  ...column,
  cell: (object, context) => column.cell(toStorage(object) as CoreV1Event, context),
}));

/** Events of events.k8s.io: the same objects as those of core/v1, under other names (KEP-383). Their rules are those of the stored form. */
export const event = defineResource<EventsV1Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  scope: 'Namespaced',
  schema: 'io.k8s.api.events.v1.Event',
  shortNames: ['ev'],
  storage: coreEvent.storage,
  convert: { toStorage, fromStorage },
  // Selectors name the fields as this version does.
  selectableFields: Object.fromEntries(
    Object.entries(eventSelectableFields)
      .filter(([field]) => field !== 'source')
      .map(([field, read]) => [
        field.replace(/^involvedObject\./, 'regarding.').replace(/^reportingComponent$/, 'reportingController'),
        read,
      ]),
  ),
  readsFromStorage: true,
  defaultGarbageCollectionPolicy: 'unsupported',
  columns,
  allowCreateOnUpdate: true,
});
