import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { fronts, startTestServer, type TestServer } from '../testing/test-server.ts';

function open(
  server: TestServer,
  protocols: string[] = [],
  origin: string | undefined = 'https://example.com',
  accept = 'application/json',
) {
  return new WebSocket(`${server.url.replace('https', 'wss')}/api/v1/things?watch=1`, protocols, {
    ca: server.keys.authority.certificate,
    headers: { authorization: 'Bearer admin', accept, ...(origin ? { origin } : {}) },
  });
}

for (const [place, frontThread] of fronts) {
  test(`each event of a watch is a message of its own, and the end of the watch closes the socket${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const socket = open(server, ['any.example.com']);
    const messages: [text: string, binary: boolean][] = [];
    socket.on('message', (data, binary) => messages.push([data.toString(), binary]));
    await once(socket, 'open');
    assert.equal(socket.protocol, 'any.example.com');
    server.store.put('ADDED', 'x', { metadata: { name: 'a' } }, 201);
    server.store.put('ADDED', 'x', { metadata: { name: 'b' } }, 201);
    while (messages.length < 2) await once(socket, 'message');
    assert.deepEqual(
      messages.map(([text, binary]) => [JSON.parse(text).object.metadata.name, text.endsWith('\n'), binary]),
      [
        ['a', true, false],
        ['b', true, false],
      ],
    );
    const closed = once(socket, 'close');
    await server[Symbol.asyncDispose]();
    assert.equal((await closed)[0], 1000);
  });

  test(`a client that goes away stops its watch${place}`, async () => {
    await using server = await startTestServer({}, frontThread);
    const socket = open(server);
    await once(socket, 'open');
    assert.equal(server.store.sinks.size, 1);
    socket.terminate();
    while (server.store.sinks.size > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test(`a handshake without an origin, or with several protocols, is refused${place}`, async () => {
    await using server = await startTestServer({}, frontThread);
    const refusal = async (socket: WebSocket) => {
      const [request, response] = await once(socket, 'unexpected-response');
      response.resume();
      request.destroy();
      return response.statusCode;
    };
    assert.equal(await refusal(open(server, [], '')), 403);
    assert.equal(await refusal(open(server, ['a', 'b'])), 400);
  });
}
