import { ApiError } from '../../registry/errors.ts';
import type { Answer, ObjectAnswer, RawAnswer, StreamAnswer } from '../answer.ts';
import type { AnswerEncoder, Body, WatchEncoding } from '../encoding/encoder.ts';
import { errorAnswer } from '../errors.ts';
import { warningHeaders } from '../filters/warnings.ts';
import type { ServerContext } from '../request-context.ts';
import { sendOverWebSocket } from '../streaming/log-socket.ts';
import { gzipBody } from './compress.ts';
import type { OutgoingHeaders, Reply } from './reply.ts';
import type { WatchStreams } from './watch-stream.ts';
import { acceptWatchSocket, type Upgrade } from './websocket-reply.ts';

/** Which answers are compressed for who takes it: those of more bytes than `from`. */
interface Compression {
  readonly from: number;
  readonly vary?: string;
}

const ofObjects: Compression = { from: 128 * 1024, vary: 'Accept-Encoding' };
const always: Compression = { from: 0 };
const never: Compression = { from: Number.POSITIVE_INFINITY };

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
      return sendBody(context, status, body, outgoing(context, answer.type === 'object' ? answer.headers : undefined), reply);
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
  const body = responder.encoder.encodeObject(answer, context);
  sendBody(context, answer.status, body, outgoing(context, answer.headers), reply);
}

function sendRaw(context: ServerContext, answer: RawAnswer, reply: Reply): void {
  const { status, contentType, body: content, headers: own, compressible } = answer;
  const headers = outgoing(context, own);
  if (answer.beforeCacheControl) delete headers['cache-control'];
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  if (bytes.length === 0 && contentType === '') return reply.head(status, headers, true);
  const body: Body = { contentType, chunks: [bytes], length: bytes.length, shared: bytes };
  sendBody(context, status, body, headers, reply, compressible ? always : never);
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
  body: Body,
  headers: OutgoingHeaders,
  reply: Reply,
  compression = ofObjects,
): void {
  const { contentType, chunks, length } = body;
  context.answerSizes?.observe(length);
  headers['content-type'] = contentType;
  const empty = context.request.method === 'HEAD';
  if (length > compression.from && !empty && takesGzip(context)) {
    headers['content-encoding'] = 'gzip';
    if (compression.vary) headers['vary'] = compression.vary;
    void gzipBody(body).then((bytes) => {
      headers['content-length'] = bytes.length;
      send(status, headers, false, [bytes], reply);
    });
    return;
  }
  headers['content-length'] = length;
  send(status, headers, empty, chunks, reply);
}

/** Whether the encoding is named as it is: upstream reads neither weights nor `*`. */
function takesGzip({ request }: ServerContext): boolean {
  return /(^|,)\s*gzip\s*(,|$)/.test(request.headers['accept-encoding'] ?? '');
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

/** Sends a watch, or the bytes of a log, over a WebSocket. @returns false if the answer is none that goes over one, and is to be sent as any other */
export function respondOverWebSocket(responder: Responder, context: ServerContext, answer: Answer, upgrade: Upgrade): boolean {
  if (upgrade.request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
  if (answer.type === 'stream' && answer.overWebSocket) {
    sendOverWebSocket(answer.body, upgrade);
    return true;
  }
  if (answer.type !== 'watch') return false;
  const { mediaType } = context.negotiated ?? {};
  const encoding = responder.encoder.watch(answer, context, { delimited: false });
  acceptWatchSocket(upgrade, { binary: mediaType === 'protobuf' }, (reply) => responder.watches.open(answer, encoding, reply));
  return true;
}

function sendWatch(responder: Responder, context: ServerContext, answer: Extract<Answer, { type: 'watch' }>, reply: Reply): void {
  let encoding: WatchEncoding;
  try {
    encoding = responder.encoder.watch(answer, context);
  } catch (error) {
    return sendError(responder, context, error, reply);
  }
  const headers = outgoing(context, undefined);
  headers['content-type'] = encoding.contentType;
  reply.head(200, headers, false);
  reply.flush();
  responder.watches.open(answer, encoding, reply);
}
