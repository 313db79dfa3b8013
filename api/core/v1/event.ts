import type { CoreV1Event } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { isDns1123Subdomain, isQualifiedName, nameIsPathSegment } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';
import { ageCell } from '../../meta/time.ts';
import { immutableMessage, validateImmutableField } from '../../meta/validation.ts';
import { nameColumn } from './columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from './core-meta.validation.ts';
import { internalForm } from './internal-form.ts';

const mismatch = 'does not match event.namespace';

/** Rules of events in both groups of their API. @param group that of the request */
function validateEvent(event: CoreV1Event, group: string): FieldError[] {
  const controllerField = group === '' ? 'reportingComponent' : 'reportingController';
  const errors: FieldError[] = [];
  const namespace = event.metadata?.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  const badNamespace = (): FieldError => invalid(FieldPath.of('involvedObject', 'namespace'), involved, mismatch);
  if (!event.eventTime) {
    const clusterWide = namespace === '' || namespace === 'default';
    if (involved === '' ? !clusterWide : involved !== namespace) errors.push(badNamespace());
  } else {
    if (involved === '' && namespace !== 'default' && namespace !== 'kube-system') errors.push(badNamespace());
    const controller = event.reportingComponent ?? '';
    if (controller === '') errors.push(required(controllerField));
    errors.push(...isQualifiedName(controller).map((message) => invalid(controllerField, controller, message)));
    errors.push(...validateText(event.reportingInstance, 'reportingInstance', 128));
    errors.push(...validateText(event.action, 'action', 128));
    errors.push(...validateText(event.reason, 'reason', 128));
    if (byteLength(event.message ?? '') > 1024) errors.push(invalid('message', '', 'can have at most 1024 characters'));
  }
  return [...errors, ...isDns1123Subdomain(namespace).map((message) => invalid('namespace', namespace, message))];
}

// What the newer group asks besides; messages name the fields as they are stored.
function validateNewEvent(event: CoreV1Event): FieldError[] {
  const errors = [...validateCoreMeta(event.metadata, { namespaced: true }), ...validateSeries(event)];
  if (!event.eventTime) errors.push(required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  const { firstTimestamp, lastTimestamp, count, source } = event;
  const left = { firstTimestamp, lastTimestamp, count, source: source?.component || source?.host };
  for (const [name, value] of Object.entries(left)) if (value) errors.push(invalid(name, '', 'needs to be unset'));
  return errors;
}

const immutable = [
  ['involvedObject', {}, 'ObjectReference'],
  ['reason', ''],
  ['message', ''],
  ['source', {}, 'EventSource'],
  ['firstTimestamp', null],
  ['lastTimestamp', null],
  ['count', 0],
  // Twice, as v1.36.3 does.
  ['reason', ''],
  ['type', ''],
  ['eventTime', null],
  ['action', ''],
  ['related', null, 'ObjectReference'],
] as const;

function validateChangedEvent(event: CoreV1Event, old: CoreV1Event): FieldError[] {
  const errors = validateCoreMetaUpdate(event.metadata, old.metadata);
  if (!semanticEqual(event.series, old.series)) errors.push(...validateSeries(event));
  for (const [name, empty, struct] of immutable) {
    const [value, before] = [event[name] ?? empty, old[name] ?? empty];
    if (semanticEqual(value, before)) continue;
    errors.push(invalid(name, struct && value ? internalForm(struct, value as object) : value, immutableMessage));
  }
  const reporter = (one: CoreV1Event) => one.reportingComponent ?? '';
  errors.push(...validateImmutableField(reporter(event), reporter(old), FieldPath.of('reportingController')));
  const instance = (one: CoreV1Event) => one.reportingInstance ?? '';
  return [...errors, ...validateImmutableField(instance(event), instance(old), FieldPath.of('reportingInstance'))];
}

function validateSeries({ series }: CoreV1Event): FieldError[] {
  const errors: FieldError[] = [];
  if (!series) return errors;
  if ((series.count ?? 0) < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
  if (!series.lastObservedTime) errors.push(required('series.lastObservedTime'));
  return errors;
}

function validateText(text: string | undefined, field: string, most: number): FieldError[] {
  if (!text) return [required(field)];
  return byteLength(text) > most ? [invalid(field, '', `can have at most ${most} characters`)] : [];
}

function lastSeen(event: CoreV1Event, now: number): string {
  if (event.series) return ageCell(event.series.lastObservedTime, now);
  return event.lastTimestamp ? ageCell(event.lastTimestamp, now) : firstSeen(event, now);
}

function firstSeen(event: CoreV1Event, now: number): string {
  return ageCell(event.firstTimestamp || event.eventTime, now);
}

function objectCell(event: CoreV1Event): string {
  const { kind = '', name } = event.involvedObject ?? {};
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
}

function sourceCell(event: CoreV1Event): string {
  const component = event.source?.component || event.reportingComponent || '';
  const instance = event.source?.host || event.reportingInstance || '';
  return instance === '' ? component : `${component}, ${instance}`;
}

/** Columns of both versions' tables. */
export const eventColumns = defineEventColumns();

function defineEventColumns() {
  return [
    {
      name: 'Last Seen',
      type: 'string',
      description: ['io.k8s.api.core.v1.Event', 'lastTimestamp'],
      cell: (event: CoreV1Event, { now }: { now: number }) => lastSeen(event, now),
    },
    { name: 'Type', type: 'string', description: ['io.k8s.api.core.v1.Event', 'type'], cell: (event: CoreV1Event) => event.type ?? '' },
    {
      name: 'Reason',
      type: 'string',
      description: ['io.k8s.api.core.v1.Event', 'reason'],
      cell: (event: CoreV1Event) => event.reason ?? '',
    },
    { name: 'Object', type: 'string', description: ['io.k8s.api.core.v1.Event', 'involvedObject'], cell: objectCell },
    {
      name: 'Subobject',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.ObjectReference', 'fieldPath'],
      cell: (event: CoreV1Event) => event.involvedObject?.fieldPath ?? '',
    },
    { name: 'Source', type: 'string', priority: 1, description: ['io.k8s.api.core.v1.Event', 'source'], cell: sourceCell },
    {
      name: 'Message',
      type: 'string',
      description: ['io.k8s.api.core.v1.Event', 'message'],
      cell: (event: CoreV1Event) => (event.message ?? '').trim(),
    },
    {
      name: 'First Seen',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.Event', 'firstTimestamp'],
      cell: (event: CoreV1Event, { now }: { now: number }) => firstSeen(event, now),
    },
    {
      name: 'Count',
      type: 'string',
      priority: 1,
      description: ['io.k8s.api.core.v1.Event', 'count'],
      cell: (event: CoreV1Event) => event.series?.count ?? (event.count || 1),
    },
    { ...nameColumn, priority: 1 },
  ] as const;
}

const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

/** Fields by which events of the core group are selected. */
export const eventSelectableFields: Readonly<Record<string, (event: CoreV1Event) => string>> = {
  ...Object.fromEntries(involved.map((field) => [`involvedObject.${field}`, (event: CoreV1Event) => event.involvedObject?.[field] ?? ''])),
  reason: (event) => event.reason ?? '',
  reportingComponent: (event) => event.reportingComponent ?? '',
  source: (event) => event.source?.component || event.reportingComponent || '',
  type: (event) => event.type ?? '',
};

/** Events as stored and as the core group serves them. Compared with v1.36.3: namespace rules, lengths, rules of the newer group, what may change, table, field selectors. */
export const event = defineResource<CoreV1Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.Event',
  allowCreateOnUpdate: true,
  selectableFields: eventSelectableFields,
  readsFromStorage: true,
  defaultGarbageCollectionPolicy: 'unsupported',
  columns: eventColumns,
  ttlSeconds: ({ eventTtlSeconds = 3600 }) => eventTtlSeconds,
  defaults(object) {
    object.reportingComponent ??= '';
    object.reportingInstance ??= '';
    object.source ??= {};
    object.eventTime ??= null as never;
    object.firstTimestamp ??= null as never;
    object.lastTimestamp ??= null as never;
  },
  metadataLast: true,
  validateName: nameIsPathSegment,
  validate: (object, { requestGroup }) => [
    ...validateEvent(object, requestGroup),
    ...(requestGroup === '' ? [] : validateNewEvent(object)),
  ],
  validateUpdate: (object, old, { requestGroup }) => [
    ...validateEvent(object, requestGroup),
    ...(requestGroup === '' ? [] : validateChangedEvent(object, old)),
  ],
});
