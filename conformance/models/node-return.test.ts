import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { node as nodes } from '../../api/core/v1/node.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { ResourceReference } from '../../src/client/client.ts';
import { namespace, sharedParts, World } from './world.ts';

test('pods that were declared not ready while their node was not heard of are ready again when it returns', async () => {
  await using world = await World.open({ seed: 1, parts: sharedParts(), controllers: [], definitions: [], check: () => undefined });
  const nodeName = await world.addNode();
  await world.advance(1_000);
  const spec = { nodeName, containers: [{ name: 'c', image: 'i:1' }] };
  await world.api(pods).create(namespace, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
  await world.advance(5_000);
  const readiness = async () => {
    const { status } = await world.api(pods).get(namespace, 'p');
    return status.conditions.find(({ type }: { type: string }) => type === 'Ready').status;
  };
  const declare = async (resource: ResourceReference, place: string, name: string, status: string) => {
    const body = { status: { conditions: [{ type: 'Ready', status }] } };
    await world.api(resource).patch(place, name, 'application/strategic-merge-patch+json', body, { subresource: 'status' });
    await world.advance(10);
  };
  equal(await readiness(), 'True');
  await declare(pods, namespace, 'p', 'False');
  equal(await readiness(), 'False');
  // The kubelet says at once that the node is there.
  await declare(nodes, '', nodeName, 'Unknown');
  await world.advance(60_000);
  equal(await readiness(), 'True');
});
