import { deepEqual, equal, rejects } from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { configMap } from '../../../api/core/v1/configmap.ts';
import { pod } from '../../../api/core/v1/pod.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import type { Answer, ObjectAnswer, RawAnswer } from '../answer.ts';
import { parseRequestInfo } from '../filters/request-info.ts';
import { NetworkRequest } from '../http/request.ts';
import { ServerContext } from '../request-context.ts';
import { handOver } from './hand-over.ts';
import type { LargeRequest } from './messages.ts';

const here: Answer = { type: 'raw', status: 200, contentType: '', body: 'here' };
const maps = '/api/v1/namespaces/default/configmaps';
const definitions: Readonly<Record<string, ResourceDefinition>> = {
  configmaps: configMap,
  pods: pod,
  costly: { ...configMap, isCostly: true },
};

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly type?: string;
  /** Does not say how long the body is. */
  readonly chunked?: boolean;
  readonly storedSize?: number;
}

/** Where a request is answered, what the other thread got of it, and whether the stage answered within the call. */
async function send({ method = 'POST', path = maps, body = '', type = 'application/json', chunked = false, storedSize = 0 }: Sent) {
  const requests: LargeRequest[] = [];
  const headers = { 'content-type': type, ...(chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) }) };
  const context = new ServerContext(new NetworkRequest(method, path, headers, Readable.from([Buffer.from(body)])), 0);
  context.info = parseRequestInfo(method, context.request.path, context.request.query)!;
  context.user = { username: 'jane', groups: ['a'] };
  const stage = handOver({
    server: {
      async answer(request) {
        requests.push(request);
        return { status: 201, contentType: 'a/b', headers: { 'x-a': 'b' }, body: Buffer.from('there'), warnings: ['careful'] };
      },
    },
    lookup: ({ resource }) => definitions[resource],
    storedSize: () => storedSize,
  });
  let read = '';
  const answer = stage(context, (passed) => {
    if (body !== '') void passed.request.readBody(1e9).then((bytes) => (read = bytes.toString()));
    return here;
  });
  const answered = (await answer) as RawAnswer;
  await new Promise((resolve) => setImmediate(resolve));
  return { where: String(answered.body), atOnce: !(answer instanceof Promise), answered, requests, read, warnings: context.warnings };
}

test('a large body is answered elsewhere, with its user and its warnings', async () => {
  const body = JSON.stringify({ data: { a: 'x'.repeat(40_000) } });
  const { answered, requests, warnings } = await send({ body, path: `${maps}?dryRun=All` });
  deepEqual(answered, { type: 'raw', status: 201, contentType: 'a/b', body: Buffer.from('there'), headers: { 'x-a': 'b' } });
  const [{ target, user, body: sent }] = requests as [LargeRequest];
  deepEqual([target, user.username, Buffer.from(sent).toString()], [`${maps}?dryRun=All`, 'jane', body]);
  deepEqual(warnings, ['careful']);
});

test('a small request passes within the call', async () => {
  for (const sent of [{ body: '{}' }, { method: 'GET' }, { method: 'GET', path: `${maps}/a`, storedSize: 1e6 }]) {
    const { where, atOnce } = await send(sent);
    deepEqual([where, atOnce], ['here', true]);
  }
});

test('a body of unknown length is read first; a short one is answered here and can be read again', async () => {
  const short = await send({ body: '{"a":1}', chunked: true });
  deepEqual([short.where, short.read], ['here', '{"a":1}']);
  equal((await send({ body: 'x'.repeat(40_000), chunked: true })).where, 'there');
});

test('a small change of a large object is answered elsewhere', async () => {
  const patch = { method: 'PATCH', path: `${maps}/a`, type: 'application/merge-patch+json', body: '{}' };
  equal((await send({ ...patch, storedSize: 40_000 })).where, 'there');
  equal((await send({ ...patch, storedSize: 4_000 })).where, 'here');
});

test('so is a small object of a kind whose rules have cost much', async () => {
  equal((await send({ path: '/apis/a/v1/costly', body: '{}' })).where, 'there');
});

test('so is one of an in-process client, which gets an object or an ApiError', async () => {
  const path = `${maps}/a`;
  const context = (status: number) => {
    const stage = handOver({
      server: {
        async answer({ target, headers, body }) {
          const text = JSON.stringify({
            kind: 'ConfigMap',
            message: 'no',
            reason: 'Invalid',
            data: { target, type: headers['content-type'] ?? '' },
          });
          deepEqual(JSON.parse(Buffer.from(body).toString()), { data: {} });
          return { status, contentType: 'application/json', headers: {}, body: Buffer.from(text), warnings: [] };
        },
      },
      lookup: ({ resource }) => definitions[resource],
      storedSize: () => 40_000,
    });
    const query = new URLSearchParams({ fieldManager: 'kubelet' });
    const request = {
      method: 'PATCH',
      path,
      query,
      headers: { 'content-type': 'a/b' },
      object: { data: {} },
      signal: new AbortController().signal,
    };
    const made = new ServerContext({ ...request, readBody: () => Promise.reject(new Error('there is no body')) }, 0);
    made.info = parseRequestInfo('PATCH', path, query)!;
    return stage(made, () => here);
  };
  const { object } = (await context(200)) as ObjectAnswer;
  deepEqual(object?.['data'], { target: `${path}?fieldManager=kubelet`, type: 'a/b' });
  await rejects(async () => context(422), { code: 422, reason: 'Invalid', message: 'no' });
});

test('text that is YAML counts more, JSON that is sent as YAML does not', async () => {
  const type = 'application/apply-patch+yaml';
  const patch = { method: 'PATCH', path: `${maps}/a`, type };
  equal((await send({ ...patch, body: `a: ${'x'.repeat(10_000)}` })).where, 'there');
  equal((await send({ ...patch, body: ` {"a": "${'x'.repeat(10_000)}"}` })).where, 'here');
});

test('deep data is answered elsewhere, however short it is', async () => {
  equal((await send({ body: `{"a":${'['.repeat(3_000)}${']'.repeat(3_000)}}` })).where, 'there');
  equal((await send({ body: JSON.stringify({ a: Array.from({ length: 3_000 }, () => []) }) })).where, 'here');
});

test('what is streamed is not read, and unknown resources are left to the handlers', async () => {
  const body = 'x'.repeat(40_000);
  equal((await send({ body, path: '/api/v1/namespaces/default/pods/a/proxy' })).where, 'here');
  equal((await send({ body, path: '/api/v1/namespaces/default/others' })).where, 'here');
});
