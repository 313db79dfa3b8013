import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import type { Body } from '../encoding/encoder.ts';

/** What is compressed comes from the other thread in pieces, each of which waits for its turn of the event loop. */
const leastPiece = 16 * 1024;
/** A third of the time of the default level for a list, and of level 4, whose search for matches begins to be a lazy one; a tenth more bytes. */
const level = 3;

interface Compressed {
  /** What is before and after the shared bytes: a list's revision, among others. */
  readonly ends: readonly Buffer[];
  readonly bytes: Promise<Buffer>;
}

/** What was compressed last of the bytes that answers share, for as long as they do. */
const known = new WeakMap<Buffer, Compressed>();

/** An answer's bytes in gzip. Lists of the same items, at the same revision, are compressed once. */
export function gzipBody({ shared, chunks, length }: Body): Promise<Buffer> {
  if (!shared) return compressed(chunks, length);
  const ends = [chunks[0]!, chunks.at(-1)!];
  const last = known.get(shared);
  if (last?.ends.every((end, index) => end === ends[index] || end.equals(ends[index]!))) return last.bytes;
  const bytes = compressed(chunks.length === 1 ? chunks : [ends[0]!, shared, ends[1]!], length);
  known.set(shared, { ends, bytes });
  return bytes;
}

/** One after the other: joined first they would be copied once more, and so much memory at once makes V8 look through all of its own. */
async function compressed(pieces: readonly Buffer[], length: number): Promise<Buffer> {
  const gzip = createGzip({ level, chunkSize: Math.max(leastPiece, length >> 4) });
  for (const piece of pieces.slice(0, -1)) gzip.write(piece);
  gzip.end(pieces.at(-1));
  return buffer(gzip);
}
