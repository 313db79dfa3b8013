import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { definitions } from '../../api/index.ts';
import { VirtualClock } from '../machinery/clock.ts';
import { seededRandom } from '../machinery/random.ts';
import type { Aggregation } from './aggregation/aggregation.ts';
import type { RawAnswer } from './answer.ts';
import type { ResourceRegistry } from './discovery/resource-index.ts';
import { OpenApiServing } from './openapi-serving.ts';
import type { ServerContext } from './request-context.ts';

test('what changes within a second of a client’s look at the list of documents is seen with the next look', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const served = { version: 1, all: definitions.filter(({ group }) => group === '') };
  const registry = {
    get version() {
      return served.version;
    },
    definitions: () => served.all,
  } as unknown as ResourceRegistry;
  const aggregation = { openApi: { version: 1, v3Paths: () => [] } } as unknown as Aggregation;
  const openApi = new OpenApiServing(registry, aggregation, clock, seededRandom(1));
  const look = (headers: Record<string, string>) =>
    openApi.handle({
      info: { path: '/openapi/v3' },
      request: { headers, query: new URLSearchParams() },
    } as unknown as ServerContext) as Promise<RawAnswer>;

  const first = await look({});
  served.version++;
  served.all = [...definitions];
  const since = { 'if-modified-since': String(first.headers!['last-modified']) };
  await look({});
  clock.advance(1000);
  const next = await look(since);
  equal(next.status, 200);
  equal('apis/apps/v1' in JSON.parse(String(next.body)).paths, true);
  equal((await look({ 'if-modified-since': String(next.headers!['last-modified']) })).status, 304);
});
