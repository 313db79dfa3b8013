import { deepStrictEqual, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import { systemClock, VirtualClock } from './clock.ts';
import { EndpointClient } from './endpoint-client.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server?.listening) await once(server, 'close');
});

async function listening(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`;
}

test('failures that may pass are tried again, others are told at once', async () => {
  const statuses = [500, 429, 504, 502, 200];
  const urls: (string | undefined)[] = [];
  const endpoint = await listening((request, response) => {
    urls.push(request.url);
    response.writeHead(statuses.shift() ?? 503).end('{"a":1}');
  });
  using client = new EndpointClient({ server: endpoint }, systemClock);
  deepStrictEqual(await client.review({}, 30_000, 1), { a: 1 });
  deepStrictEqual(urls, Array(5).fill('/ask?timeout=30s'));
  await rejects(client.review({}, 30_000, 1), { message: 'the server is currently unable to handle the request' });
  deepStrictEqual(urls.length, 6);
});

test('an answer that says when to ask again is asked again then', async () => {
  let calls = 0;
  const endpoint = await listening((_, response) => {
    if (++calls === 3) response.end('{}');
    else response.writeHead(503, { 'retry-after': '0' }).end();
  });
  using client = new EndpointClient({ server: endpoint }, systemClock);
  deepStrictEqual(await client.review({}, 30_000, 1), {});
});

test('redirects are followed, with the method and the body where their code keeps them', async () => {
  const asked: string[] = [];
  const endpoint = await listening((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`);
      const [status, location] = redirects.shift() ?? [200];
      response.writeHead(status, location ? { location } : {}).end('{}');
    });
  });
  const redirects: [number, string?][] = [
    [307, '/other'],
    [302, '/third'],
  ];
  using client = new EndpointClient({ server: endpoint }, systemClock);
  deepStrictEqual(await client.review({ a: 1 }, 30_000, 1), {});
  deepStrictEqual(asked, ['POST /ask?timeout=30s {"a":1}', 'POST /other {"a":1}', 'GET /third ']);
  redirects.push(...Array(11).fill([308, '/loop']));
  await rejects(client.review({}, 30_000, 1), { message: 'Post "/loop": stopped after 10 redirects' });
});

test('a webhook that answers with another protocol is told at once', async () => {
  const endpoint = await listening((request) => {
    request.socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: odd\r\nconnection: upgrade\r\n\r\n');
  });
  using client = new EndpointClient({ server: endpoint }, systemClock);
  await rejects(client.review({}, 30_000, 1), { message: '0-length response with status code: 101 and content type: application/json' });
});

test('a webhook that is closed, endless or silent fails in the words of client-go', async () => {
  const paths: Record<string, RequestListener> = {
    closed: (request) => request.socket.destroy(),
    endless: (_, response) => {
      const more = () => void (response.destroyed || response.write('x'.repeat(1 << 20), more));
      more();
    },
  };
  const endpoint = await listening((request, response) => paths[request.url!.split(/[/?]/)[1]!]!(request, response));
  const ask = async (path: string) => {
    using client = new EndpointClient({ server: endpoint.replace('ask', path) }, systemClock);
    await client.review({}, 30_000, 1);
  };
  await rejects(ask('closed'), { message: `Post "${endpoint.replace('ask', 'closed')}?timeout=30s": EOF` });
  await rejects(ask('endless'), { message: 'the body of the response was too large: more than 16777216 bytes' });
});

test('no answer in time', async () => {
  const clock = new VirtualClock(0);
  const endpoint = await listening(() => {});
  const asked = once(server!, 'request');
  using client = new EndpointClient({ server: endpoint }, clock);
  const answer = client.review({}, 30_000);
  const failed = rejects(answer, {
    message: `Post "${endpoint}?timeout=30s": net/http: request canceled (Client.Timeout exceeded while awaiting headers)`,
  });
  await asked;
  await clock.advance(30_000);
  await failed;
});
