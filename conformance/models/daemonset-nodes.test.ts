import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { daemonSet as daemonSets } from '../../api/apps/v1/daemonset.ts';
import { node as nodes } from '../../api/core/v1/node.ts';
import { startDaemonSetController } from '../../src/controllers/daemon/index.ts';
import { template } from './replicaset.ts';
import { namespace, sharedParts, World } from './world.ts';

test('a change of a node that a DaemonSet has nothing to do about is counted when it is next looked at', async () => {
  await using world = await World.open({
    seed: 1,
    parts: sharedParts(),
    controllers: [startDaemonSetController],
    definitions: [],
    check: () => undefined,
  });
  const first = await world.addNode();
  const second = await world.addNode();
  const spec = { selector: { matchLabels: { app: 'x' } }, template: template('i:1') };
  await world.api(daemonSets).create(namespace, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, spec });
  const counts = async () => {
    await world.advance(10_000);
    const { desiredNumberScheduled, numberMisscheduled } = (await world.api(daemonSets).get(namespace, 'x')).status;
    return [desiredNumberScheduled, numberMisscheduled];
  };
  deepEqual(await counts(), [2, 0]);
  await world.patch(nodes, first, { spec: { taints: [{ key: 'closed', effect: 'NoSchedule' }] } });
  deepEqual(await counts(), [2, 0]);
  await world.patch(daemonSets, 'x', { spec: { revisionHistoryLimit: 1 } });
  deepEqual(await counts(), [1, 1]);
  // One that has misplaced pods hears of everything that happens to their nodes.
  await world.patch(nodes, first, { spec: { taints: [] } });
  deepEqual(await counts(), [2, 0]);
  await world.api(nodes).delete('', second);
  deepEqual(await counts(), [2, 0]);
});
