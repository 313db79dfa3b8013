import type { Readable } from 'node:stream';
import { badRequest, requestEntityTooLarge } from '../../registry/errors.ts';

export const nothing = Buffer.alloc(0);

/** Whether an HTTP/1.1 request says that a body follows; HTTP/2 tells by its frames. */
export function announcesBody(headers: {
  readonly 'content-length'?: string | undefined;
  readonly 'transfer-encoding'?: string | undefined;
}): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Reads a body to its end, at most `limit` bytes.
 * @param declared the Content-Length, so that too large a body is refused before it is read
 * @throws ApiError 413 when there are more, 400 when the client breaks off; what the stream fails with
 */
export function readBody(stream: Readable, declared: string | undefined, limit: number): Promise<Buffer> {
  if (declared !== undefined && Number(declared) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let ended = false;
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        ended = true;
        chunks.length = 0;
        stream.removeAllListeners('data');
        stream.resume();
        reject(tooLarge(limit));
      } else {
        chunks.push(chunk);
      }
    });
    stream.once('end', () => {
      ended = true;
      resolve(chunks.length === 1 ? chunks[0]! : chunks.length === 0 ? nothing : Buffer.concat(chunks, length));
    });
    stream.once('error', (error) => {
      ended = true;
      reject(error);
    });
    stream.once('close', () => {
      if (!ended) reject(badRequest('unexpected EOF'));
    });
  });
}

/** A body that has been read already. @throws ApiError 413 when it has more than `limit` bytes */
export function checkLength(bytes: Buffer, limit: number): Promise<Buffer> {
  return bytes.length > limit ? Promise.reject(tooLarge(limit)) : Promise.resolve(bytes);
}

function tooLarge(limit: number): Error {
  return requestEntityTooLarge(`limit is ${limit}`);
}
