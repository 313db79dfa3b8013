import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { definitions } from '../../api/index.ts';
import { createSchemaSource } from '../../openapi/source.ts';
import { type RunningCluster, startCluster } from '../harness/cluster.ts';
import { runMutations, runRequests, serverOf } from './bad-input.ts';
import type { WireRequest } from './requests.ts';
import { shapesOf } from './shapes.ts';
import { Http2Sender, request, type Server } from './wire.ts';

const seed = Number(process.env.ORRERY_SEED ?? 1);
const count = Number(process.env.ORRERY_REQUESTS ?? 500);

let cluster: RunningCluster;
let server: Server;

before(async () => {
  cluster = await startCluster({ flags: ['--memory', '--nodes', '1'] });
  server = await serverOf(cluster.kubeconfig);
});

after(async () => {
  const sender = new Http2Sender(server);
  const { status, body } = await request(sender, 'GET', '/readyz');
  sender.close();
  equal(await cluster.stop(), 0);
  await cluster[Symbol.asyncDispose]();
  deepEqual([status, body.toString()], [200, 'ok']);
});

test(`${count} mutated requests have a proper answer (seed ${seed})`, async () => {
  const { findings } = await runMutations({ server, count, seed });
  deepEqual(findings, []);
});

/** Every so-manyth request in which one field of an object has an odd value. */
function* someShapes(step: number): Generator<WireRequest> {
  const schemas = createSchemaSource();
  let i = seed;
  for (const definition of definitions) {
    for (const request of shapesOf(schemas, definition, 6)) if (i++ % step === 0) yield request;
  }
}

test('odd values of single fields have a proper answer', async () => {
  const { findings } = await runRequests(server, someShapes(80));
  deepEqual(findings, []);
});
