import { deepEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Http1Reply, Http1Response } from './http1-reply.ts';

test('what has not changed has no type, whatever the server said that was asked', async () => {
  const answered = createServer({ ServerResponse: Http1Response }, (request, response) => {
    const reply = new Http1Reply(request, response, () => {});
    reply.head(Number(request.url!.slice(1)), { 'content-type': 'text/plain', 'x-own': '1' }, true);
  });
  answered.listen(0, '127.0.0.1');
  await once(answered, 'listening');
  const { port } = answered.address() as AddressInfo;
  const headersOf = async (status: number) => {
    const [message] = (await once(get({ port, host: '127.0.0.1', path: `/${status}` }), 'response')) as [IncomingMessage];
    message.resume();
    return [message.statusCode, message.headers['content-type'], message.headers['x-own']];
  };
  deepEqual(
    [await headersOf(304), await headersOf(202)],
    [
      [304, undefined, '1'],
      [202, 'text/plain', '1'],
    ],
  );
  answered.close();
});
