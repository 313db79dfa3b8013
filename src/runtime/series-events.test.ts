import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { pod as pods } from '../../api/core/v1/pod.ts';
import type { Client } from '../client/client.ts';
import { VirtualClock } from '../machinery/clock.ts';
import type { RuntimeContext } from './context.ts';
import { SeriesEvents } from './series-events.ts';

const minutes = 60_000;

function recording() {
  const clock = new VirtualClock();
  const written: string[] = [];
  let expired = false;
  const count = ({ series }: any) => (series ? ` ${series.count}` : '');
  const api = {
    create: async (_: string, event: any) => {
      written.push(`create ${event.note}${count(event)}`);
    },
    patch: async (_: string, __: string, ___: string, patch: unknown) => {
      if (expired) throw { reason: 'NotFound' };
      written.push(`patch${count(patch)}`);
    },
  };
  const client = { resource: () => api } as unknown as Client;
  const context = { clock, random: { next: () => 0 }, logger: { debug: () => {} }, signal: new AbortController().signal };
  const events = new SeriesEvents(client, context as unknown as RuntimeContext, 'default-scheduler', 'host');
  const target = (resourceVersion: string) => ({
    object: { metadata: { namespace: 'default', name: 'p', uid: 'u', resourceVersion } },
    resource: pods,
  });
  return {
    written,
    expire: () => {
      expired = true;
    },
    tell: (note: string, resourceVersion = '1') =>
      events.record(target(resourceVersion), 'Warning', 'FailedScheduling', 'Scheduling', note),
    pass: async (ms: number) => {
      await clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('an event of an unchanged pod becomes a series, whatever it notes, which is written at its second event and at its end', async () => {
  const { written, tell, pass } = recording();
  for (const note of ['first', 'second', 'third', 'fourth']) {
    tell(note);
    await pass(1_000);
  }
  deepEqual(written, ['create first', 'patch 2']);
  await pass(13 * minutes);
  deepEqual(written, ['create first', 'patch 2', 'patch 4']);
  tell('fifth');
  await pass(0);
  equal(written.at(-1), 'create fifth');
});

test('each version of a pod has events of its own', async () => {
  const { written, tell, pass } = recording();
  tell('first', '1');
  tell('second', '2');
  await pass(0);
  deepEqual(written, ['create first', 'create second']);
});

test('a series that goes on is refreshed each half hour, and written whole if its event is gone', async () => {
  const { written, expire, tell, pass } = recording();
  for (let minute = 0; minute <= 31; minute++) {
    tell('again');
    await pass(minutes);
  }
  deepEqual(written.slice(0, 2), ['create again', 'patch 2']);
  equal(written.length, 3);
  expire();
  await pass(13 * minutes);
  equal(written.at(-1), 'create again 32');
});
