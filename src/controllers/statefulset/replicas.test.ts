import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { firstUnavailable, membersOf } from './replicas.ts';

test('a set may want any number of pods: those that are missing take no room', () => {
  const set: KubeObject = {
    metadata: { name: 'db', namespace: 'default', uid: 'u' },
    spec: {
      replicas: 2147483647,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: {} },
    },
  };
  const version = { name: 'db-1', set };
  const there: KubeObject = { metadata: { name: 'db-1', namespace: 'default' }, spec: {}, status: { phase: 'Pending' } };
  const members = membersOf(set, [there], version, version);
  assert.deepEqual([members.replicas.length, members.replicas.present, members.condemned], [2147483647, [there], []]);
  assert.equal(firstUnavailable(set, members, 0)!.metadata!.name, 'db-0');
  assert.equal(members.replicas.at(2147483646).metadata!.name, 'db-2147483646');
});
