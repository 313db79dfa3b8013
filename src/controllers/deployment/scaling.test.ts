import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { lastRevision, maximumRevision } from './replica-sets.ts';
import { maximumReplicas, maxUnavailable, newSetSize, proportionalSizes } from './scaling.ts';

const deployment = (replicas: number, surge: number | string, unavailable: number | string): KubeObject => ({
  metadata: { name: 'web' },
  spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } } },
});
const set = (name: string, replicas: number, maximum: number): KubeObject => ({
  metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z', annotations: { 'deployment.kubernetes.io/max-replicas': String(maximum) } },
  spec: { replicas },
});

test('surge rounds up, unavailable down, and never are both zero', () => {
  assert.deepEqual([maximumReplicas(deployment(3, '25%', '25%')), maxUnavailable(deployment(3, '25%', '25%'))], [4, 0]);
  assert.deepEqual([maximumReplicas(deployment(3, '0%', '10%')), maxUnavailable(deployment(3, '0%', '10%'))], [3, 1]);
});

test('a new set takes the room that is left', () => {
  assert.equal(newSetSize(deployment(10, 2, 0), [set('old', 10, 12)], 0), 2);
  assert.equal(newSetSize(deployment(10, 2, 0), [set('old', 12, 12)], 0), 0);
});

test('scaling shares among active sets in proportion', () => {
  const sizes = proportionalSizes(deployment(20, 0, 1), [set('a', 8, 10), set('b', 2, 10)]);
  assert.deepEqual(
    sizes.map(([{ metadata }, size]) => [metadata!.name, size]),
    [
      ['a', 16],
      ['b', 4],
    ],
  );
});

test('numbers go on from the largest with the smallest, as of 32 bits', () => {
  assert.equal(newSetSize(deployment(2147483647, '25%', 0), [], 0), 0);
  const sizes = proportionalSizes(deployment(2147483647, '1000%', 0), [set('a', 5, 55), set('b', 5, 55)]);
  assert.deepEqual(sizes.map(([, size]) => size).sort(), [2108438481, 39045156]);
});

test('revisions keep all of their 64 bits', () => {
  const sets = ['3546343826724305832', '7', 'x'].map((revision) => ({
    metadata: { annotations: { 'deployment.kubernetes.io/revision': revision } },
  }));
  assert.deepEqual([maximumRevision(sets), lastRevision(sets)], [3546343826724305832n, 7n]);
});
