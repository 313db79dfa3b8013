import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../api/meta/object.ts';
import { bootstrapFlowControl } from '../../auth/bootstrap/flow-control.ts';
import type { Client } from '../../client/client.ts';
import { VirtualClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import { FlowControl } from './flow-control.ts';
import { parseRequestInfo } from './request-info.ts';

test('requests are ranked as by the bootstrap objects', async () => {
  const objects = bootstrapFlowControl().map((object) => ({ ...object, metadata: { ...object.metadata, uid: object.metadata!.name! } }));
  const stop = new AbortController();
  const client = {
    resource: ({ kind }: { kind: string }) => ({
      list: async () => ({ items: objects.filter((object: KubeObject) => object.kind === kind), metadata: { resourceVersion: '1' } }),
      watch: async function* () {
        yield { type: 'BOOKMARK', object: {} };
        stop.abort();
      },
    }),
  } as unknown as Client;
  const flows = new FlowControl(new VirtualClock(), silentLogger);
  const classify = (url: string, username: string, groups: string[]) => {
    const flow = flows.classify(parseRequestInfo('GET', url, new URLSearchParams()), { username, groups });
    return flow && `${flow.flowSchemaUid} ${flow.priorityLevelUid}`;
  };
  assert.equal(classify('/api/v1/pods', 'a', ['system:authenticated']), undefined);
  await flows.follow(client, stop.signal);
  const account = ['system:serviceaccounts', 'system:authenticated'];
  assert.equal(classify('/api/v1/pods', 'root', ['system:masters', 'system:authenticated']), 'exempt exempt');
  assert.equal(classify('/healthz', 'system:anonymous', ['system:unauthenticated']), 'probes exempt');
  assert.equal(classify('/api/v1/pods', 'system:node:n', ['system:nodes', 'system:authenticated']), 'system-nodes system');
  assert.equal(classify('/api/v1/pods', 'system:serviceaccount:x:y', account), 'service-accounts workload-low');
  assert.equal(classify('/api/v1/pods', 'alice', ['system:authenticated']), 'global-default global-default');
});
