import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { fronts, makeKeys, startTestServer, type TestServer } from '../testing/test-server.ts';

interface Received {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  readonly key?: string;
  readonly cert?: string;
}

const admin = { authorization: 'Bearer admin' };

function overHttp2(server: TestServer, path: string, { method = 'GET', headers = admin, body, key, cert }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(server.url, { ca: server.keys.authority.certificate, key, cert });
    session.on('error', reject);
    const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
    const chunks: Buffer[] = [];
    let received: Record<string, unknown> = {};
    stream.on('response', (got) => (received = got));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () => {
      session.destroy();
      resolve({ status: Number(received[':status']), headers: received, text: Buffer.concat(chunks).toString() });
    });
    if (body !== undefined) stream.end(body);
  });
}

function overHttp1(server: TestServer, path: string, { method = 'GET', headers = admin, body, key, cert }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const options = { method, headers, ca: server.keys.authority.certificate, key, cert, agent: false as const };
    const request = https.request(`${server.url}${path}`, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const message = ({ text }: Received): string => JSON.parse(text).message;

for (const [title, send, frontThread] of fronts.flatMap(
  ([place, entry]) =>
    [
      [`HTTP/2${place}`, overHttp2, entry],
      [`HTTP/1.1${place}`, overHttp1, entry],
    ] as const,
)) {
  describe(`server over ${title}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startTestServer({}, frontThread);
      server.store.put('ADDED', 'x', { metadata: { name: 'one', labels: { a: 'b' } }, size: 3 }, 201);
    });
    after(() => server[Symbol.asyncDispose]());

    test('an object is its stored bytes with a line end, and the headers of every answer', async () => {
      const { status, headers, text } = await send(server, '/api/v1/namespaces/x/things/one');
      assert.equal(status, 200);
      assert.equal(text, `${server.store.stored.get('x/one')!.json}\n`);
      assert.match(String(headers['audit-id']), /^[0-9a-f-]{36}$/);
      assert.equal(headers['cache-control'], 'no-cache, private');
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(Number(headers['content-length']), text.length);
      assert.ok(headers['date']);
    });

    test('items of a list go without kind and apiVersion', async () => {
      const { text } = await send(server, '/api/v1/things');
      const { kind, apiVersion, metadata, items } = JSON.parse(text);
      assert.deepEqual([kind, apiVersion, metadata], ['ThingList', 'v1', { resourceVersion: String(server.store.revision) }]);
      assert.deepEqual(Object.keys(items[0]), ['metadata', 'size']);
    });

    test('a caller names the audit id', async () => {
      const { headers } = await send(server, '/version', { headers: { ...admin, 'audit-id': 'mine' } });
      assert.equal(headers['audit-id'], 'mine');
    });

    test('refusals', async () => {
      const anonymous = await send(server, '/api/v1/namespaces/x/things', { headers: {} });
      assert.equal(anonymous.status, 403);
      assert.equal(
        message(anonymous),
        'things is forbidden: User "system:anonymous" cannot list resource "things" in API group "" in the namespace "x"',
      );
      const stale = await send(server, '/api/v1/things', { headers: { authorization: 'Bearer stale' } });
      assert.deepEqual([stale.status, message(stale)], [401, 'Unauthorized']);
      const path = await send(server, '/metrics', { headers: { authorization: 'Bearer bob' } });
      assert.equal(message(path), 'forbidden: User "bob" cannot get path "/metrics"');
      const timeout = await send(server, '/api/v1/things?timeout=x');
      assert.equal(message(timeout), 'invalid timeout specified in the request URL - time: invalid duration "x"');
    });

    test('what is not there', async () => {
      const cases = [
        ['/nope', 404, '404 page not found\n'],
        ['/apis/none.example.com/v1/things', 404, '404 page not found\n'],
        ['/apis/none.example.com', 404, '404 page not found\n'],
        ['//api/v1/things', 404, '404 page not found\n'],
        ['//api', 404, '404 page not found\n'],
        ['/apis//', 404, '404 page not found\n'],
      ] as const;
      for (const [path, status, text] of cases) {
        const received = await send(server, path);
        assert.deepEqual([received.status, received.text, received.headers['x-content-type-options']], [status, text, 'nosniff']);
      }
      for (const path of ['/api/v1/frogs', '/api/v2/things', '/api/v9', '/api/v1//namespaces/x/things/one', '/version/x']) {
        assert.equal(message(await send(server, path)), 'the server could not find the requested resource', path);
      }
      const head = await send(server, '/api/v1/things', { method: 'HEAD' });
      assert.deepEqual([head.status, head.text], [405, '']);
      const post = await send(server, '/version', { method: 'POST', body: '{}' });
      assert.equal(message(post), 'the server does not allow this method on the requested resource');
    });

    test('a certificate proves a user; one of another authority does not', async () => {
      const { admin: proof } = server.keys;
      const known = await send(server, '/api/v1/things', { headers: {}, key: proof.key, cert: proof.certificate });
      assert.equal(known.status, 200);
      const { admin: foreign } = await makeKeys();
      const unknown = await send(server, '/api/v1/things', { headers: {}, key: foreign.key, cert: foreign.certificate });
      assert.equal(unknown.status, 401);
    });

    test('of a header that comes twice the first counts, where one is all there is', async () => {
      const accept = { ...admin, accept: ['text/x', 'application/json'] };
      assert.equal((await send(server, '/api/v1/things', { headers: accept })).status, 406);
      const user = { ...admin, 'impersonate-user': ['one', 'two'] };
      assert.match(message(await send(server, '/api/v1/things', { headers: user })), /^things is forbidden: User "one" cannot list/);
      const groups = { ...admin, 'impersonate-group': ['a, b', 'c'] };
      assert.match(message(await send(server, '/api/v1/things', { headers: groups })), /Groups:\[\]string\{"a, b", "c"\}/);
    });

    test('impersonation', async () => {
      const as = async (token: string, headers: Record<string, string>) => {
        const received = await send(server, '/api/v1/things', { headers: { authorization: `Bearer ${token}`, ...headers } });
        return received.status === 200 ? 'ok' : message(received);
      };
      assert.equal(await as('admin', { 'impersonate-user': 'admin' }), 'ok');
      assert.equal(await as('impersonator', { 'impersonate-user': 'admin', 'impersonate-group': 'a' }), 'ok');
      assert.equal(
        await as('bob', { 'impersonate-user': 'admin' }),
        'things is forbidden: User "bob" cannot impersonate-on:user-info:list resource "things" in API group "" at the cluster scope',
      );
      assert.equal(
        await as('bob', { 'impersonate-group': 'ops' }),
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"ops"}, Extra:map[string][]string(nil)} without impersonating a user name',
      );
      assert.equal(
        await as('admin', { 'impersonate-user': 'bob' }),
        'things is forbidden: User "bob" cannot list resource "things" in API group "" at the cluster scope',
      );
    });

    test('other forms: table, partial metadata, YAML, indented', async () => {
      const as = async (accept: string, path = '/api/v1/namespaces/x/things/one') => send(server, path, { headers: { ...admin, accept } });
      const table = JSON.parse((await as('application/json;as=Table;v=v1;g=meta.k8s.io,application/json')).text);
      assert.deepEqual(
        table.columnDefinitions.map((c: { name: string; format: string; priority: number }) => [c.name, c.format, c.priority]),
        [
          ['Name', 'name', 0],
          ['Size', '', 1],
        ],
      );
      assert.deepEqual(table.rows[0].cells, ['one', 3]);
      assert.equal(table.rows[0].object.kind, 'PartialObjectMetadata');
      const bad = await as('application/json;as=Table;v=v1;g=meta.k8s.io', '/api/v1/things?includeObject=Some');
      assert.match(message(bad), /^Unable to convert to Table as requested: includeObject: Invalid value: "Some"/);
      const partial = JSON.parse((await as('application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', '/api/v1/things')).text);
      assert.deepEqual(Object.keys(partial.items[0]), ['kind', 'apiVersion', 'metadata']);
      const list = await as('application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', '/api/v1/things');
      assert.deepEqual(
        [list.status, message(list)],
        [406, 'you requested PartialObjectMetadata, but the requested object is a list (*core.ThingList)'],
      );
      const yaml = await as('application/yaml');
      assert.equal(yaml.headers['content-type'], 'application/yaml');
      assert.match(yaml.text, /^apiVersion: v1\nkind: Thing\nmetadata:\n {2}labels:\n {4}a: b\n/);
      const pretty = await send(server, '/api/v1/namespaces/x/things/one?pretty=1');
      assert.ok(pretty.text.startsWith('{\n  "kind": "Thing",\n  "apiVersion": "v1",'));
      const refused = await as('application/xml');
      assert.equal(refused.status, 406);
      const offered = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
      assert.equal(message(refused), `406: Not Acceptable\n\nAvailable representations: ${offered}`);
      const unknownForm = await as('application/json;as=Frog;v=v1;g=meta.k8s.io');
      assert.equal(message(unknownForm), `only the following media types are accepted: ${offered}`);
      const missing = await as('application/xml', '/api/v1/frogs');
      assert.equal(missing.status, 404);
    });

    test('a body that is too large is refused', async () => {
      const body = Buffer.alloc(3 * 1024 * 1024 + 10, 'x');
      const received = await send(server, '/api/v1/namespaces/x/things', { method: 'POST', body });
      assert.deepEqual([received.status, message(received)], [413, 'Request entity too large: limit is 3145728']);
    });

    test('a large list arrives whole', async () => {
      for (let i = 0; i < 500; i++) server.store.put('ADDED', 'many', { metadata: { name: `t${i}` }, text: 'é'.repeat(1000) }, 201);
      const { items } = JSON.parse((await send(server, '/api/v1/namespaces/many/things')).text);
      assert.equal(items.length, 500);
      assert.equal(items[499].text.length, 1000);
    });

    test('discovery, version, health, metrics, pages', async () => {
      const json = async (path: string, headers = {}) => JSON.parse((await send(server, path, { headers: { ...admin, ...headers } })).text);
      assert.deepEqual((await json('/api')).versions, ['v1']);
      const { resources } = await json('/api/v1/');
      assert.deepEqual(
        resources.map((r: { name: string }) => r.name),
        ['things', 'things/status'],
      );
      const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
      const aggregated = await send(server, '/api', { headers: { ...admin, accept } });
      assert.equal(aggregated.headers['content-type'], accept);
      const unchanged = await send(server, '/api', {
        headers: { ...admin, accept, 'if-none-match': String(aggregated.headers['etag']) },
      });
      assert.deepEqual([unchanged.status, unchanged.text], [304, '']);
      assert.ok((await json('/')).paths.includes('/readyz/shutdown'));
      assert.equal((await send(server, '/readyz')).text, 'ok');
      assert.equal(
        (await send(server, '/livez?verbose')).text,
        '[+]ping ok\n[+]log ok\n[+]loopback-serving-certificate ok\nlivez check passed\n',
      );
      assert.equal((await send(server, '/healthz', { method: 'HEAD' })).status, 200);
      const metrics = (await send(server, '/metrics')).text;
      assert.match(metrics, /apiserver_request_total\{code="200",.*resource="things",scope="cluster".*verb="LIST",version="v1"\} \d/);
      assert.match(metrics, /apiserver_request_duration_seconds_bucket\{.*le="\+Inf".*\} \d/);
      assert.match(metrics, /apiserver_response_sizes_count\{.*resource="things",scope="cluster",subresource="",verb="LIST".*\} \d/);
      assert.match(metrics, /authenticated_user_requests\{username="other"\} \d/);
      assert.match(metrics, /kubernetes_build_info\{major="1",minor="36"\} 1/);
      assert.deepEqual(await json('/orrery/v1/info?a=b'), { path: '/orrery/v1/info', query: { a: 'b' } });
      assert.equal((await send(server, '/orrery/nope')).status, 404);
    });

    test('metrics count failures by their codes, and made-up names add no series', async () => {
      for (const [i, method] of ['LOCK', 'PROPFIND', 'SEARCH'].entries()) {
        assert.equal((await send(server, `/api/v1/things/none/made-up-${i}`, { headers: admin })).status, 404);
        assert.equal((await send(server, `/api/v1/made-up-${i}/none`, { headers: admin })).status, 404);
        assert.equal((await send(server, '/api/v1/things/none', { method, headers: admin })).status, 404);
        assert.equal((await send(server, '/api/v1/things', { method, headers: admin })).status, 405);
      }
      assert.equal((await send(server, '/api/v1/things/none', { headers: admin })).status, 404);
      const lines = (await send(server, '/metrics')).text.split('\n').filter((line) => line.startsWith('apiserver_request_total{'));
      assert.equal(
        lines.filter((line) => /code="404".*resource="things".*scope="resource",subresource="",verb="GET"/.test(line)).length,
        1,
      );
      assert.deepEqual(
        lines.filter((line) => /made-up|LOCK|PROPFIND|SEARCH|code="0"/.test(line)),
        [],
      );
    });
  });
}

/** A connection over HTTP/1.1 on which a test says what it likes. */
function rawConnection(server: TestServer) {
  const socket = connect({ port: server.port, host: '127.0.0.1', ca: server.keys.authority.certificate, ALPNProtocols: ['http/1.1'] });
  let received = '';
  socket.on('data', (chunk) => (received += chunk));
  return {
    write: (text: string) => socket.write(text),
    /** @returns what had come when the pattern first matched; that is not looked at again */
    until: async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(received)) await once(socket, 'data');
      const told = received;
      received = '';
      return told;
    },
    /** @returns all that came until the server ended the connection */
    rest: async (): Promise<string> => {
      await once(socket, 'close');
      return received;
    },
  };
}

async function talk(server: TestServer, text: string): Promise<string> {
  const connection = rawConnection(server);
  connection.write(text);
  return connection.rest();
}

const statusLine = (answer: string) => answer.split('\r\n')[0]!;

for (const [place, frontThread] of fronts) {
  test(`watch frames of one turn are one write, and shutdown ends watches at once${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const session = http2.connect(server.url, { ca: server.keys.authority.certificate });
    const stream = session.request({ ':path': '/api/v1/things?watch=1', ...admin });
    const chunks: string[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    await new Promise((resolve) => stream.once('response', resolve));
    server.store.put('ADDED', 'x', { metadata: { name: 'a' } }, 201);
    server.store.put('ADDED', 'x', { metadata: { name: 'b' } }, 201);
    await new Promise((resolve) => stream.once('data', resolve));
    assert.equal(chunks.length, 1);
    const events = chunks[0]!
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      events.map(({ type, object }) => [type, object.kind, object.metadata.name]),
      [
        ['ADDED', 'Thing', 'a'],
        ['ADDED', 'Thing', 'b'],
      ],
    );
    const ended = new Promise((resolve) => stream.once('end', resolve));
    const started = performance.now();
    await server[Symbol.asyncDispose]();
    await ended;
    assert.ok(performance.now() - started < 1000);
    assert.equal(server.store.sinks.size, 0);
  });

  test(`a client that goes away stops its watch and aborts its request${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const session = http2.connect(server.url, { ca: server.keys.authority.certificate });
    const stream = session.request({ ':path': '/api/v1/things?watch=1', ...admin });
    await new Promise((resolve) => stream.once('response', resolve));
    assert.equal(server.store.sinks.size, 1);
    session.destroy();
    while (server.store.sinks.size > 0) await new Promise((resolve) => setImmediate(resolve));
    await server[Symbol.asyncDispose]();
  });

  test(`what is no HTTP is answered, and the server goes on${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const close = 'Connection: close\r\nAuthorization: Bearer admin\r\n';
    const cases = [
      ['nonsense\r\n\r\n', '400 Bad Request'],
      [`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(1_100_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
      [`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(3_000_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
      [`POST / HTTP/1.1\r\nHost: a/b\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`, '400 Bad Request: malformed Host header'],
      [`GET /readyz HTTP/1.1\r\nHost: x\r\n${close}A: ${'x'.repeat(1_000_000)}\r\n\r\n`, '200 OK'],
      ['GET / HTTP/1.1\r\n\r\n', '400 Bad Request: missing required Host header'],
      ['GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n', '400 Bad Request'],
      ['GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', '400 Bad Request: malformed Host header'],
      [`GET /readyz HTTP/1.1\r\nHost: [::1]:6443\r\n${close}\r\n`, '200 OK'],
      [`GET /readyz HTTP/1.7\r\nHost: x\r\n${close}\r\n`, '200 OK'],
      ['GET / HTTP/1.10\r\nHost: x\r\n\r\n', '400 Bad Request'],
      ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', '501 Not Implemented'],
      ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: other\r\n\r\n', '501 Not Implemented'],
      ['POST / HTTP/1.1\r\nHost: x\r\nExpect: other\r\nContent-Length: 1\r\n\r\na', '417 Expectation Failed'],
      ['GET / HTTP/3.1\r\nHost: x\r\n\r\n', '505 HTTP Version Not Supported: unsupported protocol version'],
      ['GET / HTTP/2.0\r\nHost: x\r\n\r\n', '505 HTTP Version Not Supported: unsupported protocol version'],
      ['GET / HTTP/0.9\r\nHost: x\r\n\r\n', '505 HTTP Version Not Supported: unsupported protocol version'],
      ['GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
      ['GET /a%2 HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
      ['GET /readyz%3F?a=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer admin\r\n\r\n', '404 Not Found'],
      ['B(EW / HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
      ['BREW nowhere HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
      ['OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '200 OK'],
      ['GET x://x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer admin\r\n\r\n', '404 Not Found'],
      // Of more headers than Node takes by itself none is left out.
      [
        `GET /readyz HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(3000)}Authorization: Bearer stale\r\nConnection: close\r\n\r\n`,
        '401 Unauthorized',
      ],
    ] as const;
    for (const [text, status] of cases) assert.equal(statusLine(await talk(server, text)), `HTTP/1.1 ${status}`, text.slice(0, 40));
    assert.equal((await overHttp1(server, '/readyz')).status, 200);
    await server[Symbol.asyncDispose]();
  });

  test(`a method is a word like any other over HTTP/1.1 as well${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const headers = 'Host: x\r\nAuthorization: Bearer admin\r\n';
    for (const method of ['BREW', 'get', 'DESCRIBE', 'CONNECT']) {
      const answer = await talk(server, `${method} /api/v1/things HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
      assert.equal(statusLine(answer), 'HTTP/1.1 405 Method Not Allowed', method);
      const { reason, code } = JSON.parse(answer.split('\r\n\r\n')[1]!);
      assert.deepEqual([reason, code], ['MethodNotAllowed', 405]);
    }
    const tunnel = await talk(server, `CONNECT example.com:443 HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
    assert.equal(statusLine(tunnel), 'HTTP/1.1 404 Not Found');
    assert.equal(statusLine(await talk(server, 'BREW / HTTP/1.1\r\n\r\n')), 'HTTP/1.1 400 Bad Request: missing required Host header');
    await server[Symbol.asyncDispose]();
  });

  test(`a connection goes on after a method that nobody knows${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const headers = 'Host: x\r\nAuthorization: Bearer admin\r\n\r\n';
    const connection = rawConnection(server);
    connection.write(`GET /readyz HTTP/1.1\r\n${headers}`);
    const first = await connection.until(/ok$/);
    assert.equal(statusLine(first), 'HTTP/1.1 200 OK');
    assert.doesNotMatch(first, /^(Connection|Keep-Alive):/im);
    connection.write('BREW /api/v1/things HTTP/1.1\r\n');
    connection.write(headers);
    assert.equal(statusLine(await connection.until(/}\n$/)), 'HTTP/1.1 405 Method Not Allowed');
    connection.write(`SEARCH /api/v1/things HTTP/1.1\r\n${headers}`);
    assert.equal(statusLine(await connection.until(/}\n$/)), 'HTTP/1.1 405 Method Not Allowed');
    connection.write(`BREW /readyz HTTP/1.1\r\n${headers}`);
    assert.equal(statusLine(await connection.until(/ok$/)), 'HTTP/1.1 200 OK');
    connection.write(`GET /readyz HTTP/1.1\r\nConnection: close\r\n${headers}`);
    assert.equal(statusLine(await connection.rest()), 'HTTP/1.1 200 OK');
    await server[Symbol.asyncDispose]();
  });

  test(`requests of one connection are answered one after the other, up to the one that ends it${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n${more}\r\n`;
    const statuses = async (text: string) => (await talk(server, text)).match(/HTTP\/1\.1 \d+/g)?.map((line) => Number(line.slice(9)));
    const close = 'Connection: close\r\n';
    assert.deepEqual(await statuses(get('/readyz') + get('/nope') + get('/version', close)), [200, 404, 200]);
    const many = await statuses(get('/readyz').repeat(100) + get('/nope', close));
    assert.deepEqual(many, [...new Array(100).fill(200), 404]);
    assert.deepEqual(await statuses(get('/readyz', close) + get('/nope')), [200]);
    assert.deepEqual(await statuses(`${get('/readyz')}nonsense\r\n\r\n${get('/nope')}`), [200, 400]);
    assert.deepEqual(await statuses(get('/a%zz') + get('/readyz')), [400]);
    const brew = 'BREW /api/v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\n';
    assert.deepEqual(await statuses(`${get('/readyz')}${brew}\r\n${brew}Content-Length: 1\r\n\r\n}${brew}\r\n${get('/version', close)}`), [
      ...[200, 405, 405, 405, 200],
    ]);
    const created = server.store.stored.size;
    const post = (name: string, more = '') => {
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'Thing', metadata: { name } });
      const head = `POST /api/v1/namespaces/x/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nContent-Type: application/json\r\n`;
      return `${head}Content-Length: ${body.length}\r\n${more}\r\n${body}`;
    };
    assert.deepEqual(await statuses(get('/readyz', close) + post('late')), [200]);
    assert.deepEqual(await statuses(get('/a%zz') + post('late')), [400]);
    assert.equal(server.store.stored.size, created);
    // What nobody reads is passed over, if it is little.
    const unread = (length: number) => `POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${'a'.repeat(length)}`;
    assert.deepEqual(await statuses(unread(200_000) + get('/readyz', close)), [403, 200]);
    assert.deepEqual(await statuses(unread(300_000) + get('/readyz', close)), [403]);
    await server[Symbol.asyncDispose]();
  });

  test(`a method in two packets is one, and what speaks HTTP/2 unasked is a request${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const connection = rawConnection(server);
    connection.write('BREWED /api');
    // The server has read it when it answers another connection's request.
    await overHttp1(server, '/readyz');
    connection.write('/v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nConnection: close\r\n\r\n');
    assert.equal(statusLine(await connection.rest()), 'HTTP/1.1 405 Method Not Allowed');
    const preface = await talk(server, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    assert.equal(statusLine(preface), 'HTTP/1.1 403 Forbidden');
    assert.match(preface, /User \\"system:anonymous\\" cannot pri path \\"\*\\"/);
    await server[Symbol.asyncDispose]();
  });

  test(`a client that asks is told to go on when its body is wanted${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'expected' } });
    const post = (path: string, more = '') =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n${more}\r\n`;
    const connection = rawConnection(server);
    connection.write(post('/api/v1/namespaces/x/things?dryRun=All', 'Content-Type: application/json\r\nConnection: close\r\n'));
    assert.equal(await connection.until(/\r\n\r\n/), 'HTTP/1.1 100 Continue\r\n\r\n');
    connection.write(body);
    assert.equal(statusLine(await connection.rest()), 'HTTP/1.1 201 Created');
    const unwanted = await talk(server, post('/nope'));
    assert.equal(statusLine(unwanted), 'HTTP/1.1 404 Not Found');
    assert.match(unwanted, /^Connection: close\r$/m);
    const none = 'GET /readyz HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n';
    assert.equal(statusLine(await talk(server, none)), 'HTTP/1.1 200 OK');
    const twice = await talk(server, none.replace('Connection: close\r\n', '') + none);
    assert.equal(twice.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
    await server[Symbol.asyncDispose]();
  });

  test(`HTTP/1.0 is answered in its own version${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const get = (more = '') => `GET /version HTTP/1.0\r\nAuthorization: Bearer admin\r\n${more}\r\n`;
    const plain = await talk(server, get());
    assert.equal(statusLine(plain), 'HTTP/1.0 200 OK');
    assert.doesNotMatch(plain, /^(Connection|Keep-Alive|Transfer-Encoding):/im);
    const kept = await talk(server, get('Connection: keep-alive\r\n') + get());
    assert.deepEqual(kept.match(/^(Connection|Keep-Alive):.*$/gim), ['Connection: keep-alive']);
    assert.equal(kept.match(/HTTP\/1\.0 200 OK/g)?.length, 2);
    assert.equal(statusLine(await talk(server, get('Expect: other\r\n'))), 'HTTP/1.0 417 Expectation Failed');
    await server[Symbol.asyncDispose]();
  });

  test(`a body that comes in no chunks fails its request${place}`, async () => {
    const server = await startTestServer({}, frontThread);
    const post = (chunks: string) =>
      `POST /api/v1/namespaces/x/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
    const cases = [
      ['zz\r\n', 'invalid byte in chunk length'],
      ['\r\na', 'empty hex number for chunk length'],
      ['fffffffffffffffff\r\n', 'http chunk length too large'],
      ['1\na\n', 'chunked line ends with bare LF'],
      ['1\r\nabc', 'malformed chunked encoding'],
    ] as const;
    for (const [chunks, wanted] of cases) {
      const answer = await talk(server, post(chunks));
      const { message: told, reason, code } = JSON.parse(answer.split('\r\n\r\n')[1]!);
      assert.deepEqual([told, reason, code], [wanted, undefined, 500]);
    }
    await server[Symbol.asyncDispose]();
  });
}
