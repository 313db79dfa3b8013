import { isUtf8 } from 'node:buffer';

/** What Go's YAML library says of the first bytes that are no UTF-8; undefined where there are none. */
export function utf8Fault(bytes: Buffer): string | undefined {
  if (isUtf8(bytes)) return undefined;
  for (let at = 0; at < bytes.length; at += widthOf(bytes[at]!)) {
    const fault = faultAt(bytes, at);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The text of bytes, in which each byte that is of no character stands as U+FFFD, as Go reads it. */
export function utf8Text(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  let from = 0;
  for (let at = 0; at < bytes.length; ) {
    if (faultAt(bytes, at) === undefined) at += widthOf(bytes[at]!);
    else {
      text += `${bytes.toString('utf8', from, at)}\ufffd`;
      from = ++at;
    }
  }
  return text + bytes.toString('utf8', from);
}

function faultAt(bytes: Buffer, at: number): string | undefined {
  const width = widthOf(bytes[at]!);
  if (width === 0) return 'invalid leading UTF-8 octet';
  if (at + width > bytes.length) return 'incomplete UTF-8 octet sequence';
  let point = bytes[at]! & (width === 1 ? 0x7f : 0x7f >> width);
  for (const octet of bytes.subarray(at + 1, at + width)) {
    if ((octet & 0xc0) !== 0x80) return 'invalid trailing UTF-8 octet';
    point = point * 64 + (octet & 0x3f);
  }
  if (point < [0, 0, 0x80, 0x800, 0x10000][width]!) return 'invalid length of a UTF-8 sequence';
  return (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff ? 'invalid Unicode character' : undefined;
}

/** How many bytes a character has that begins with this one; 0 if none does. */
function widthOf(octet: number): number {
  if (octet < 0x80) return 1;
  if ((octet & 0xe0) === 0xc0) return 2;
  if ((octet & 0xf0) === 0xe0) return 3;
  return (octet & 0xf8) === 0xf0 ? 4 : 0;
}

const halfOfPair = /\\u[dD][89a-fA-F]/;
const loneSurrogate = /\p{Surrogate}/gu;

/** Data of JSON text in which each escape of half a pair is the character that stands for what is none, as to Go's decoder. */
export function withoutHalfPairs(text: string, value: unknown): unknown {
  return text.includes('\\u') && halfOfPair.test(text) ? wellFormed(value) : value;
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(loneSurrogate, '\ufffd');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.replace(loneSurrogate, '\ufffd'), wellFormed(member)]));
}
