import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '../../machinery/clock.ts';
import { ProtobufCodec } from '../../machinery/protobuf/codec.ts';
import type { Answer } from '../answer.ts';
import { AnswerEncoder } from '../encoding/encoder.ts';
import { requestInfo } from '../filters/request-info.ts';
import { negotiate, objectTransforms } from '../negotiation/accept.ts';
import { ServerContext } from '../request-context.ts';
import { storedObject, things } from '../testing/things.ts';
import type { OutgoingHeaders, Reply } from './reply.ts';
import { respond } from './respond.ts';
import { WatchStreams } from './watch-stream.ts';

function answered(answer: Answer, headers: Record<string, string>): Promise<{ headers: OutgoingHeaders; body: Buffer; chunks: Buffer[] }> {
  const signal = new AbortController().signal;
  const request = {
    method: 'GET',
    path: '/api/v1/things',
    query: new URLSearchParams(),
    headers,
    readBody: async () => Buffer.alloc(0),
    signal,
  };
  const connection = {
    certificate: undefined,
    frontProxyCertificate: undefined,
    certificateError: undefined,
    remoteAddress: '',
    user: undefined,
  };
  const context = new ServerContext(request, 0, connection);
  requestInfo(context, () => answer);
  context.negotiated = negotiate(headers['accept'], 'get', objectTransforms);
  const encoder = new AnswerEncoder({ clock: systemClock, protobuf: new ProtobufCodec() });
  return new Promise((resolve) => {
    let sent: OutgoingHeaders = {};
    const chunks: Buffer[] = [];
    const reply: Reply = {
      gone: false,
      head: (_status, given) => (sent = given),
      flush() {},
      abort() {},
      write: (bytes) => chunks.push(bytes) > 0,
      end(bytes) {
        if (bytes) chunks.push(bytes);
        resolve({ headers: sent, body: Buffer.concat(chunks), chunks });
      },
      pending: () => 0,
      drained: (callback) => callback(),
      closed() {},
    };
    respond({ encoder, watches: new WatchStreams() }, context, answer, reply);
  });
}

const large: Answer = { type: 'raw', status: 200, contentType: 'text/plain', body: 'x'.repeat(200_000) };
const gzip = { 'accept-encoding': 'br, gzip' };
const items = Array.from({ length: 2000 }, (_, index) => {
  const metadata = { name: `thing-${index}` };
  return storedObject(`things/${index}`, index, { apiVersion: 'v1', kind: 'Thing', metadata, note: 'x'.repeat(90) });
});

function listAnswer(resourceVersion: string, some = items): Answer {
  return { type: 'list', definition: things, items: some, metadata: { resourceVersion } };
}

test('large lists are compressed for clients that name gzip, other answers only where they say so', async () => {
  const plain = await answered(listAnswer('5'), {});
  assert.equal(plain.headers['content-encoding'], undefined);
  const packed = await answered(listAnswer('5'), gzip);
  assert.deepEqual([packed.headers['content-encoding'], packed.headers['vary']], ['gzip', 'Accept-Encoding']);
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  for (const encoding of ['*', 'gzip;q=1', 'GZIP']) {
    assert.equal((await answered(listAnswer('5'), { 'accept-encoding': encoding })).headers['content-encoding'], undefined);
  }
  assert.equal((await answered(listAnswer('5', items.slice(0, 10)), gzip)).headers['content-encoding'], undefined);
  assert.equal((await answered(large, gzip)).headers['content-encoding'], undefined);
  assert.equal((await answered({ ...large, compressible: true }, gzip)).headers['content-encoding'], 'gzip');
});

test('a list is compressed again only when it is another', async () => {
  const first = await answered(listAnswer('5'), gzip);
  assert.equal((await answered(listAnswer('5'), gzip)).chunks[0], first.chunks[0]);
  const later = await answered(listAnswer('6'), gzip);
  assert.equal(JSON.parse(gunzipSync(later.body).toString()).metadata.resourceVersion, '6');
});

test('protobuf: one object and a list are the same as encoded whole; a kind without a message is refused', async () => {
  const codec = new ProtobufCodec();
  const accept = { accept: 'application/vnd.kubernetes.protobuf' };
  const configMaps = { ...things, kind: 'ConfigMap', listKind: 'ConfigMapList', plural: 'configmaps' };
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', resourceVersion: '3' }, data: { k: 'v' } };
  const stored = storedObject('a', 3, object);
  const one = await answered({ type: 'object', status: 200, definition: configMaps, stored }, accept);
  assert.equal(one.headers['content-type'], 'application/vnd.kubernetes.protobuf');
  assert.deepEqual(codec.decode(one.body), codec.decode(codec.encode(object)));
  const list = await answered({ type: 'list', definition: configMaps, items: [stored], metadata: { resourceVersion: '9' } }, accept);
  const { kind: _kind, apiVersion: _apiVersion, ...item } = object;
  const whole = { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [item] };
  assert.deepEqual(codec.decode(list.body), codec.decode(codec.encode(whole)));
  const refused = await answered(
    { type: 'object', status: 200, definition: things, stored: storedObject('a', 3, { kind: 'Thing', apiVersion: 'v1' }) },
    accept,
  );
  assert.match(JSON.stringify(codec.decode(refused.body)), /"NotAcceptable"/);
});
