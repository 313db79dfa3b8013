import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { formatTime } from '../../machinery/clock.ts';
import { Departures } from './departures.ts';
import { deletionTimeout, disruptedPods } from './status.ts';

const second = 1000;
const start = Date.UTC(2026, 0, 1);

function pod(uid: string, created: number, deleted?: number): KubeObject {
  const deletionTimestamp = deleted === undefined ? {} : { deletionTimestamp: formatTime(deleted) };
  const metadata = { namespace: 'default', name: 'db-0', uid, creationTimestamp: formatTime(created), ...deletionTimestamp };
  return { apiVersion: 'v1', kind: 'Pod', metadata };
}

/** The names that a budget still has of its evicted pods, one of which was granted at that time. */
function named(granted: number, current: KubeObject, departures: Departures, now: number): string[] {
  const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', status: { disruptedPods: { 'db-0': formatTime(granted) } } };
  return Object.keys(disruptedPods(budget as KubeObject, [current], departures, now).pods);
}

test('an evicted pod counts as disrupted until it goes, and the next one of its name does not', () => {
  const departures = new Departures(deletionTimeout);
  const granted = start + 10 * second;
  assert.deepEqual(named(granted, pod('a', start), departures, granted), ['db-0']);
  assert.deepEqual(named(granted, pod('a', start, granted), departures, granted), []);
  assert.deepEqual(named(granted, pod('b', granted + second), departures, granted + second), []);
});

test('a successor that comes within the second of the eviction is told by the one that was seen to go', () => {
  const departures = new Departures(deletionTimeout);
  const granted = start + 10 * second;
  const successor = pod('b', granted);
  assert.deepEqual(named(granted, successor, departures, granted + 20), ['db-0']);
  departures.note(pod('a', start, granted), granted + 10);
  assert.deepEqual(named(granted, successor, departures, granted + 20), []);
  // Its own eviction counts, until it goes as well.
  const later = granted + 5 * second;
  assert.deepEqual(named(later, successor, departures, later), ['db-0']);
});

test('departures are forgotten after a while', () => {
  const departures = new Departures(deletionTimeout);
  departures.note(pod('a', start), start);
  const other = pod('c', start);
  departures.note({ ...other, metadata: { ...other.metadata, name: 'db-1' } }, start + deletionTimeout + 1);
  assert.equal(departures.isSuccessor(pod('b', start), start), false);
});
