import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { statefulSet as statefulSets } from '../../api/apps/v1/statefulset.ts';
import { persistentVolumeClaim as claims } from '../../api/core/v1/persistentvolumeclaim.ts';
import { startStatefulSetController } from '../../src/controllers/statefulset/index.ts';
import { template } from './replicaset.ts';
import { namespace, sharedParts, World } from './world.ts';

const parts = sharedParts();

/** Who owns the claims of a StatefulSet of two, while it has two, when it has one, and when it has two again. */
async function ownersUnder(whenDeleted: string, whenScaled: string): Promise<string[][]> {
  await using world = await World.open({
    seed: 1,
    parts,
    controllers: [startStatefulSetController],
    definitions: [],
    check: () => undefined,
  });
  const spec = {
    replicas: 2,
    serviceName: 'x',
    podManagementPolicy: 'Parallel',
    persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
    selector: { matchLabels: { app: 'x' } },
    template: template('i:1', { schedulerName: 'none' }),
    volumeClaimTemplates: [
      {
        metadata: { name: 'data', labels: { own: 'y' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  };
  const owners = async (): Promise<string[]> => {
    await world.advance(5_000);
    const { items } = await world.api(claims).list(namespace);
    return items.map(({ metadata }) => {
      const owned = (metadata!.ownerReferences ?? []).map(
        ({ kind, name, controller }) => `${kind}/${name}${controller ? '' : ' (not controlling)'}`,
      );
      return `${metadata!.name} ${Object.keys(metadata!.labels!).sort()}: ${owned}`;
    });
  };
  await world.api(statefulSets).create(namespace, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'x' }, spec });
  const two = await owners();
  await world.patch(statefulSets, 'x', { spec: { replicas: 1 } });
  const one = await owners();
  await world.patch(statefulSets, 'x', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } } });
  const retained = await owners();
  return [two, one, retained];
}

test('claims belong to the set, or to a pod that is scaled away, as the retention policy says', async () => {
  const both = (first: string, second: string) => [`data-x-0 app,own: ${first}`, `data-x-1 app,own: ${second}`];
  const set = 'StatefulSet/x';
  deepEqual(await ownersUnder('Retain', 'Retain'), [both('', ''), both('', ''), both('', '')]);
  deepEqual(await ownersUnder('Delete', 'Retain'), [both(set, set), both(set, set), both('', set)]);
  deepEqual(await ownersUnder('Retain', 'Delete'), [both('', ''), both('', 'Pod/x-1'), both('', 'Pod/x-1')]);
  deepEqual(await ownersUnder('Delete', 'Delete'), [both(set, set), both(set, 'Pod/x-1'), both('', 'Pod/x-1')]);
});
