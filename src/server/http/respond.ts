import { gzip } from 'node:zlib';
import { ApiError } from '../../registry/errors.ts';
import type { Answer, ObjectAnswer, RawAnswer, StreamAnswer } from '../answer.ts';
import type { AnswerEncoder, Body } from '../encoding/encoder.ts';
import { errorAnswer } from '../errors.ts';
import { warningHeaders } from '../filters/warnings.ts';
import type { ServerContext } from '../request-context.ts';
import type { OutgoingHeaders, Reply } from './reply.ts';
import type { WatchStreams } from './watch-stream.ts';
import { acceptWatchSocket, type Upgrade } from './websocket-reply.ts';

/** Smaller answers are not worth compressing. */
const gzipFrom = 128 * 1024;

export interface Responder {
  readonly encoder: AnswerEncoder;
  readonly watches: WatchStreams;
}

/** Sends an answer. What cannot be encoded as asked is answered with the Status that says so. */
export function respond(responder: Responder, context: ServerContext, answer: Answer, reply: Reply): void {
  switch (answer.type) {
    case 'raw':
      return sendRaw(context, answer, reply);
    case 'stream':
      return sendStream(context, answer, reply);
    case 'watch':
      return sendWatch(responder, context, answer, reply);
    case 'upgrade':
      return sendError(responder, context, new ApiError(400, 'BadRequest', 'Upgrade request required'), reply);
    default: {
      let body: Body;
      try {
        body = answer.type === 'list' ? responder.encoder.encodeList(answer, context) : responder.encoder.encodeObject(answer, context);
      } catch (error) {
        return sendError(responder, context, error, reply);
      }
      const status = answer.type === 'list' ? 200 : answer.status;
      return sendBody(context, status, body, answer.type === 'object' ? answer.headers : undefined, reply);
    }
  }
}

function sendStream(context: ServerContext, { status, headers: theirs, body }: StreamAnswer, reply: Reply): void {
  const headers = outgoing(context, undefined);
  for (const name in theirs) {
    const ours = headers[name];
    headers[name] = ours === undefined ? theirs[name]! : [ours, theirs[name]!].flat().map(String);
  }
  reply.closed(() => body.destroy());
  reply.head(status, headers, false);
  reply.flush();
  body.on('data', (bytes: Buffer) => {
    if (reply.write(bytes)) return;
    body.pause();
    reply.drained(() => body.resume());
  });
  body.once('end', () => reply.end());
  // An answer that breaks off must not look whole.
  body.once('error', () => reply.abort());
}

function sendError(responder: Responder, context: ServerContext, error: unknown, reply: Reply): void {
  if (!(error instanceof ApiError)) throw error;
  const answer: ObjectAnswer = errorAnswer(error);
  sendBody(context, answer.status, responder.encoder.encodeObject(answer, context), answer.headers, reply);
}

function sendRaw(context: ServerContext, { status, contentType, body, headers }: RawAnswer, reply: Reply): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (bytes.length === 0 && contentType === '') return reply.head(status, outgoing(context, headers), true);
  sendBody(context, status, { contentType, chunks: [bytes], length: bytes.length }, headers, reply);
}

function outgoing(context: ServerContext, own: Readonly<Record<string, string>> | undefined): OutgoingHeaders {
  const headers: OutgoingHeaders = { 'cache-control': 'no-cache, private', ...context.headers };
  if (own) Object.assign(headers, own);
  if (context.warnings.length > 0) headers['warning'] = warningHeaders(context.warnings);
  return headers;
}

function sendBody(
  context: ServerContext,
  status: number,
  { contentType, chunks, length }: Body,
  own: Readonly<Record<string, string>> | undefined,
  reply: Reply,
): void {
  const headers = outgoing(context, own);
  headers['content-type'] = contentType;
  const empty = context.request.method === 'HEAD';
  if (length > gzipFrom && !empty && headers['content-encoding'] === undefined && worthCompressing(context)) {
    headers['vary'] = headers['vary'] ? `${headers['vary']}, Accept-Encoding` : 'Accept-Encoding';
    headers['content-encoding'] = 'gzip';
    gzip(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length), { level: 1 }, (error, compressed) => {
      if (error) delete headers['content-encoding'];
      const out = error ? chunks : [compressed];
      headers['content-length'] = error ? length : compressed.length;
      send(status, headers, false, out, reply);
    });
    return;
  }
  headers['content-length'] = length;
  send(status, headers, empty, chunks, reply);
}

/** Between programs of one machine, compressing costs more than it saves. */
function worthCompressing({ connection, request }: ServerContext): boolean {
  return connection?.isLocal === false && /(^|,)\s*gzip\s*(;|,|$)/.test(request.headers['accept-encoding'] ?? '');
}

function send(status: number, headers: OutgoingHeaders, empty: boolean, chunks: readonly Buffer[], reply: Reply): void {
  reply.head(status, headers, empty);
  if (empty) return;
  if (chunks.length <= 1) reply.end(chunks[0]);
  else sendFrom(chunks, 0, reply);
}

/** So many bytes wait to be sent before more are written: enough that the connection hardly ever runs dry, as it tells only when all of them are sent. */
const pendingLimit = 4 * 1024 * 1024;

/** Writes on as the client reads. */
function sendFrom(chunks: readonly Buffer[], from: number, reply: Reply): void {
  let at = from;
  while (at < chunks.length && !reply.gone) {
    const flows = reply.write(chunks[at++]!);
    if (!flows && at < chunks.length && reply.pending() > pendingLimit) return reply.drained(() => sendFrom(chunks, at, reply));
  }
  reply.end();
}

/** Sends a watch over a WebSocket. @returns false if the answer is none that goes over one, and is to be sent as any other */
export function respondOverWebSocket(responder: Responder, context: ServerContext, answer: Answer, upgrade: Upgrade): boolean {
  if (answer.type !== 'watch' || upgrade.request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
  const { mediaType } = context.negotiated ?? {};
  const { frame } = responder.encoder.watch(answer, context, { delimited: false });
  acceptWatchSocket(upgrade, { binary: mediaType === 'protobuf' }, (reply) => responder.watches.open(answer, frame, reply));
  return true;
}

function sendWatch(responder: Responder, context: ServerContext, answer: Extract<Answer, { type: 'watch' }>, reply: Reply): void {
  let encoding: ReturnType<AnswerEncoder['watch']>;
  try {
    encoding = responder.encoder.watch(answer, context);
  } catch (error) {
    return sendError(responder, context, error, reply);
  }
  const headers = outgoing(context, undefined);
  headers['content-type'] = encoding.contentType;
  reply.head(200, headers, false);
  reply.flush();
  responder.watches.open(answer, encoding.frame, reply);
}
