import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBits } from '../../openapi/compact.ts';
import { printTypes, typeNames } from './types.ts';

test('a type is named by its kind, and by group or version where that is ambiguous', () => {
  const names = typeNames([
    ...['io.k8s.api.core.v1.Pod', 'io.k8s.api.core.v1.Event', 'io.k8s.api.events.v1.Event'],
    ...['io.k8s.api.autoscaling.v1.MetricTarget', 'io.k8s.api.autoscaling.v2.MetricTarget'],
  ]);
  assert.deepEqual([...names.values()], ['Pod', 'CoreV1Event', 'EventsV1Event', 'MetricTargetV1', 'MetricTargetV2']);
});

test('types are aliases of plain data, with metadata and spec always present', () => {
  const { required, pointer, omitEmpty } = fieldBits;
  const time = { p: { type: 'string', format: 'date-time' } };
  const text = printTypes({
    'io.k8s.api.core.v1.Time': time,
    'io.k8s.api.core.v1.Thing': {
      k: ['', 'v1', 'Thing'],
      f: [
        ['kind', 'string', 0, omitEmpty],
        ['spec', '#io.k8s.api.core.v1.ThingSpec', 2, omitEmpty],
        ['status', '#io.k8s.api.core.v1.ThingSpec', 3, omitEmpty],
      ],
    },
    'io.k8s.api.core.v1.ThingSpec': {
      f: [
        ['name', 'string', 1, required],
        ['x-count', 'int32', 2, pointer | omitEmpty],
        ['labels', '{}string', 3, omitEmpty],
        ['times', '[]#io.k8s.api.core.v1.Time', 4, omitEmpty],
      ],
    },
  });
  assert.match(text, /export type Thing = \{\n {2}kind\?: string;\n {2}spec: ThingSpec;\n {2}status\?: ThingSpec;\n\};/);
  assert.match(
    text,
    /export type ThingSpec = \{\n {2}name: string;\n {2}'x-count'\?: number;\n {2}labels\?: Record<string, string>;\n {2}times\?: string\[\];\n\};/,
  );
});
