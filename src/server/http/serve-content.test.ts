import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../machinery/random.ts';
import { serveContent } from './serve-content.ts';

const content = {
  contentType: 'text/x',
  body: Buffer.from('0123456789'),
  etag: '"tag"',
  lastModified: 'Sat, 28 Nov 2026 04:00:00 GMT',
  headers: { vary: 'Accept' },
};

// What is a single answer of the real server is recorded (`verbs-documents-parts`); the boundary between several parts is another one each time.
test('several ranges are parts of one answer, each with its type', () => {
  const { status, contentType, body, headers } = serveContent({ range: 'bytes=0-1, -3' }, content, seededRandom(1));
  const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{60})$/.exec(contentType)?.[1];
  const part = (range: string, text: string) =>
    `--${boundary}\r\nContent-Range: bytes ${range}/10\r\nContent-Type: text/x\r\n\r\n${text}\r\n`;
  assert.equal(status, 206);
  assert.equal(String(body), `${part('0-1', '01')}${part('7-9', '789')}--${boundary}--\r\n`);
  const kept = { vary: 'Accept', etag: '"tag"', 'last-modified': content.lastModified, 'accept-ranges': 'bytes' };
  assert.deepEqual(headers, kept);
});

test('a part is sent only of the state of which a client has the rest', () => {
  const statusOf = (headers: Record<string, string | undefined>) =>
    serveContent({ range: 'bytes=0-1', ...headers }, content, seededRandom(1)).status;
  assert.deepEqual(
    [{ 'if-range': '"tag"' }, { 'if-range': '"old"' }, { 'if-range': content.lastModified }, { 'if-none-match': 'W/"tag"' }].map(statusOf),
    [206, 200, 206, 304],
  );
});
