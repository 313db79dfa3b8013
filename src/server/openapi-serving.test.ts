import { deepEqual, equal } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ResourceDefinition } from '../../api/define.ts';
import { definitions } from '../../api/index.ts';
import { VirtualClock } from '../machinery/clock.ts';
import { seededRandom } from '../machinery/random.ts';
import type { Aggregation } from './aggregation/aggregation.ts';
import type { RawAnswer } from './answer.ts';
import type { ResourceRegistry } from './discovery/resource-index.ts';
import { OpenApiServing } from './openapi-serving.ts';
import type { ServerContext } from './request-context.ts';

/** Asks for documents of what is served at the time. */
function servingOf(served: { readonly version: number; readonly all: readonly ResourceDefinition[] }, clock = new VirtualClock(0)) {
  const registry = {
    get version() {
      return served.version;
    },
    definitions: () => served.all,
  } as unknown as ResourceRegistry;
  const aggregation = { openApi: { version: 1, v3Paths: () => [] } } as unknown as Aggregation;
  const openApi = new OpenApiServing(registry, aggregation, clock, seededRandom(1));
  return (path: string, headers: Record<string, string> = {}) =>
    openApi.handle({
      info: { path },
      request: { headers, query: new URLSearchParams() },
    } as unknown as ServerContext) as Promise<RawAnswer>;
}

// The listed hashes are kube-apiserver's: they prove that the documents are its own to the byte.
test('each document of built-in kinds has the hash that it is listed with', async () => {
  const get = servingOf({ version: 1, all: definitions });
  const { paths } = JSON.parse(String((await get('/openapi/v3')).body)) as { paths: Record<string, { serverRelativeURL: string }> };
  const listed: Record<string, string> = {};
  const hashed: Record<string, string> = {};
  for (const [name, { serverRelativeURL }] of Object.entries(paths)) {
    listed[name] = serverRelativeURL.split('?hash=')[1]!;
    const { body } = await get(`/openapi/v3/${name}`);
    hashed[name] = createHash('sha512').update(body!).digest('hex').toUpperCase();
  }
  deepEqual(hashed, listed);
});

test('what changes within a second of a client’s look at the list of documents is seen with the next look', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const served = { version: 1, all: definitions.filter(({ group }) => group === '') };
  const get = servingOf(served, clock);
  const look = (headers: Record<string, string>) => get('/openapi/v3', headers);

  const first = await look({});
  served.version++;
  served.all = [...definitions];
  const since = { 'if-modified-since': String(first.headers!['last-modified']) };
  equal((await look(since)).status, 200);
  equal((await look({ 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' })).status, 304);
  clock.advance(1000);
  const next = await look(since);
  equal(next.status, 200);
  equal('apis/apps/v1' in JSON.parse(String(next.body)).paths, true);
  equal((await look({ 'if-modified-since': String(next.headers!['last-modified']) })).status, 304);
});
