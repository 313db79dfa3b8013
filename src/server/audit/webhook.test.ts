import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type Clock, systemClock } from '../../machinery/clock.ts';
import { createLogger } from '../../machinery/logger.ts';
import { AuditWebhook } from './webhook.ts';

const event = (id: string) => `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"${id}"}`;

test('events come in lists: full ones at once, the others in time, what failed again, and what is left at the end', async () => {
  const got: { authorization: string | undefined; body: any }[] = [];
  const answers = [200, 500, 200, 200];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      got.push({ authorization: request.headers.authorization, body: JSON.parse(text) });
      response.writeHead(answers[got.length - 1]!).end();
      server.emit('answered');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    // Waiting for the next attempt takes no time here; waiting for a fuller list is over when the test says so.
    let waited: (() => void) | undefined;
    const clock: Clock = {
      ...systemClock,
      sleep: async () => {},
      timer: (ms, callback, options) => {
        if (ms !== 60_000) return systemClock.timer(ms, callback, options);
        waited = callback;
        return { cancel: () => (waited = undefined) };
      },
    };
    const endpoint = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/audit`, authorization: 'Bearer t' };
    const webhook = new AuditWebhook({ endpoint, batchMaxSize: 2, batchMaxWait: 60_000 }, clock, createLogger('silent'));
    const times = async (count: number) => {
      while (got.length < count) await once(server, 'answered');
    };
    for (const id of ['1', '2', '3']) webhook.write(event(id));
    await times(1);
    waited!();
    await times(3);
    webhook.write(event('4'));
    await webhook[Symbol.asyncDispose]();
    const list = (...ids: string[]) => ({
      authorization: 'Bearer t',
      body: {
        kind: 'EventList',
        apiVersion: 'audit.k8s.io/v1',
        metadata: {},
        items: ids.map((auditID) => ({ level: 'Metadata', auditID })),
      },
    });
    assert.deepStrictEqual(got, [list('1', '2'), list('3'), list('3'), list('4')]);
  } finally {
    server.close();
  }
});
