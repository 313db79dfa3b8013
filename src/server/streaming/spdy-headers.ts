import { once } from 'node:events';
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';

/** What compression begins with (SPDY/3, section 2.6.10.1): common words behind their length in four bytes, and then common text. */
const words =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control ' +
  'connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag ' +
  'expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning ' +
  'www-authenticate method get status';
const furtherWords = ['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin'];
const commonText =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found' +
  '500 Internal Server Error501 Not Implemented503 Service Unavailable' +
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivate' +
  'max-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

/** The dictionary of SPDY/3's header compression. */
export const headerDictionary: Buffer = Buffer.concat([
  ...[...words.split(' '), ...furtherWords].flatMap((word) => [uint32(word.length), Buffer.from(word)]),
  Buffer.from(commonText),
]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Headers of a stream; names in lower case. */
export type Headers = ReadonlyMap<string, string>;

/** So many bytes of headers are read for one stream. */
const headerLimit = 64 * 1024;

/** The compression of both directions of a connection: each block goes on from those before it. */
export class HeaderCodec {
  private readonly inflate: Inflate = createInflate({ dictionary: headerDictionary });
  private readonly deflate: Deflate = createDeflate({ dictionary: headerDictionary });

  /** @throws Error for what is no block of headers */
  async decode(block: Buffer): Promise<Headers> {
    const bytes = await passed(this.inflate, block, headerLimit);
    const headers = new Map<string, string>();
    let at = 4;
    const text = (): string => {
      const length = bytes.readUInt32BE(at);
      const value = bytes.toString('utf8', at + 4, at + 4 + length);
      at += 4 + length;
      return value;
    };
    for (let left = bytes.readUInt32BE(0); left > 0; left--) headers.set(text().toLowerCase(), text());
    return headers;
  }

  encode(headers: Headers): Promise<Buffer> {
    const parts = [uint32(headers.size)];
    for (const entry of headers) for (const text of entry) parts.push(uint32(Buffer.byteLength(text)), Buffer.from(text));
    return passed(this.deflate, Buffer.concat(parts), Number.POSITIVE_INFINITY);
  }

  close(): void {
    this.inflate.destroy();
    this.deflate.destroy();
  }
}

/** What comes out of a compressor for what goes in. */
async function passed(codec: Inflate | Deflate, block: Buffer, limit: number): Promise<Buffer> {
  const out: Buffer[] = [];
  let length = 0;
  const collect = (bytes: Buffer) => {
    out.push(bytes);
    length += bytes.length;
    if (length > limit) codec.destroy(new Error('the headers are too long'));
  };
  codec.on('data', collect);
  const failed = once(codec, 'close').then(() => {
    throw new Error('the headers cannot be read');
  });
  failed.catch(() => {});
  try {
    await Promise.race([
      failed,
      new Promise<void>((resolve, reject) => {
        codec.once('error', reject);
        codec.write(block, () => codec.flush(constants.Z_SYNC_FLUSH, () => resolve()));
      }),
    ]);
  } finally {
    codec.off('data', collect);
    codec.removeAllListeners('error');
    codec.removeAllListeners('close');
    codec.on('error', () => {});
  }
  return Buffer.concat(out);
}
