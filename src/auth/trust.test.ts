import { deepEqual, rejects } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../machinery/clock.ts';
import { systemRandom } from '../machinery/random.ts';
import { WebhookClient } from '../machinery/webhook-client.ts';
import { getJson } from './authenticate/https-json.ts';
import { loadClusterKeys } from './pki.ts';

test("a server's own certificate is authority enough, as it is in Go, whoever signed it", async () => {
  const options = { serverNames: ['localhost', '127.0.0.1'], clock: systemClock, random: systemRandom };
  const [keys, others] = [await loadClusterKeys(options), await loadClusterKeys(options)];
  const leaf = new X509Certificate(keys.server.certificate).toString();
  const stranger = new X509Certificate(others.server.certificate).toString();
  const server = https.createServer({ key: keys.server.key, cert: leaf }, (message, response) => {
    message.resume();
    response.end('{"a":1}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    await using client = new WebhookClient(() => Promise.reject(new Error('no service is asked for')), systemClock);
    const post = (authority: string) => client.post({ url, caBundle: Buffer.from(authority).toString('base64') }, {}, 'test', 5);
    for (const authority of [leaf, keys.authority.certificate]) {
      deepEqual(await post(authority), { a: 1 });
      deepEqual(await getJson(url, authority), { a: 1 });
    }
    await rejects(post(stranger), /x509: certificate signed by unknown authority$/);
    await rejects(getJson(url, stranger));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
