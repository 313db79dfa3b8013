import type { Random } from '../../machinery/random.ts';
import type { RawAnswer } from '../answer.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Bytes that do not change, and what tells one state of them from another. */
export interface Content {
  readonly contentType: string;
  /** The type is found in the bytes, once they are sent. */
  readonly isSniffed?: boolean;
  readonly body: Buffer;
  /** With its quotes. */
  readonly etag?: string;
  /** An HTTP date. */
  readonly lastModified: string;
  /** Sent whatever is answered. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Range {
  readonly start: number;
  readonly length: number;
}

/**
 * Answers a GET or HEAD of bytes as Go's `http.ServeContent` does: what is known already (304), what was expected to be otherwise (412), parts of it
 * (206, 416) or all of it. The source of the odd rules: net/http's documentation, RFC 9110 and what kube-apiserver v1.36.3 answers.
 * @param random makes the boundary between several parts
 */
export function serveContent(request: Headers, content: Content, random: Random): RawAnswer {
  const { contentType, body, etag, lastModified } = content;
  const tagged = etag === undefined ? content.headers : { ...content.headers, etag };
  const dated = { ...tagged, 'last-modified': lastModified };
  if (!isAsExpected(request, content)) {
    const typed = content.isSniffed ? dated : { ...dated, 'content-type': contentType };
    return { type: 'raw', status: 412, contentType: '', body: '', headers: { ...typed, 'content-length': '0' } };
  }
  if (isKnown(request, content))
    return { type: 'raw', status: 304, contentType: '', body: '', headers: etag === undefined ? dated : tagged };
  const headers = { ...dated, 'accept-ranges': 'bytes' };
  const whole: RawAnswer = { type: 'raw', status: 200, contentType, body, headers };
  const asked = request['range'];
  if (!asked || !isOfThisState(request['if-range'], content)) return whole;
  const ranges = rangesOf(asked, body.length);
  if (typeof ranges === 'string') {
    const refused: Record<string, string> = { ...content.headers, 'x-content-type-options': 'nosniff' };
    if (ranges === failedToOverlap) refused['content-range'] = `bytes */${body.length}`;
    return { type: 'raw', status: 416, contentType: 'text/plain; charset=utf-8', body: `${ranges}\n`, headers: refused };
  }
  // Who asks for more bytes than there are is given all of them.
  if (ranges.length === 0 || ranges.reduce((sum, { length }) => sum + length, 0) > body.length) return whole;
  const describe = ({ start, length }: Range) => `bytes ${start}-${start + length - 1}/${body.length}`;
  const take = ({ start, length }: Range) => body.subarray(start, start + length);
  const only = ranges.length === 1 ? ranges[0] : undefined;
  if (only) return { ...whole, status: 206, body: take(only), headers: { ...headers, 'content-range': describe(only) } };
  const boundary = random.bytes(30).toString('hex');
  const head = (range: Range) => `--${boundary}\r\nContent-Range: ${describe(range)}\r\nContent-Type: ${contentType}\r\n\r\n`;
  const parts = ranges.flatMap((range) => [Buffer.from(head(range)), take(range), Buffer.from('\r\n')]);
  const all = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
  return { ...whole, status: 206, contentType: `multipart/byteranges; boundary=${boundary}`, body: all };
}

function isAsExpected(request: Headers, { etag, lastModified }: Content): boolean {
  const expected = request['if-match'];
  if (expected) return names(expected, (tag) => tag === etag && !tag.startsWith('W/'));
  const unmodified = Date.parse(request['if-unmodified-since'] ?? '');
  return !(Date.parse(lastModified) > unmodified);
}

function isKnown(request: Headers, { etag, lastModified }: Content): boolean {
  const known = request['if-none-match'];
  if (known) return names(known, (tag) => tag.replace(/^W\//, '') === etag);
  return Date.parse(lastModified) <= Date.parse(request['if-modified-since'] ?? '');
}

/** Whether the bytes are still those of which a client has some. */
function isOfThisState(state: string | undefined, { etag, lastModified }: Content): boolean {
  if (!state) return true;
  if (state.startsWith('"') || state.startsWith('W/')) return state === etag;
  return Date.parse(state) === Date.parse(lastModified);
}

/** Whether a list of tags holds one that matches, or `*`, before anything that is no tag. */
function names(list: string, matches: (tag: string) => boolean): boolean {
  const tags = /[\s,]*(?:(\*)|((?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"))/y;
  for (let found = tags.exec(list); found; found = tags.exec(list)) if (found[1] || matches(found[2]!)) return true;
  return false;
}

const failedToOverlap = 'invalid range: failed to overlap';
const invalidRange = 'invalid range';

/** @returns the ranges of which there is something, or what is wrong */
function rangesOf(header: string, size: number): Range[] | string {
  const unit = 'bytes=';
  if (!header.startsWith(unit)) return invalidRange;
  const ranges: Range[] = [];
  let isBeyond = false;
  for (const text of header.slice(unit.length).split(',')) {
    if (text.trim() === '') continue;
    const [, first, last] = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(text) ?? [];
    if (first === undefined || (first === '' && last === '')) return invalidRange;
    if (first === '') {
      const length = Math.min(Number(last), size);
      ranges.push({ start: size - length, length });
    } else if (Number(first) >= size) isBeyond = true;
    else if (last !== '' && Number(last) < Number(first)) return invalidRange;
    else ranges.push({ start: Number(first), length: Math.min(last === '' ? size : Number(last) + 1, size) - Number(first) });
  }
  return isBeyond && ranges.length === 0 ? failedToOverlap : ranges;
}
