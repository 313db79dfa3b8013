/** An element of DER (X.690). */
export interface Element {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Buffer;
  readonly content: Buffer;
  readonly rest: Buffer;
}

export class MalformedError extends Error {}

/** @returns the first element of the data @throws MalformedError in the words of Go's encoding/asn1 */
export function readElement(data: Buffer): Element {
  if (data.length === 0) throw new MalformedError('asn1: syntax error: sequence truncated');
  if (data.length === 1) throw new MalformedError('asn1: syntax error: truncated tag or length');
  let length = data[1]!;
  let start = 2;
  if (length & 0x80) {
    const bytes = length & 0x7f;
    start += bytes;
    if (bytes === 0) throw new MalformedError('asn1: syntax error: indefinite length found (not DER)');
    if (bytes > 4) throw new MalformedError('asn1: structure error: length too large');
    if (data.length < start) throw new MalformedError('asn1: syntax error: truncated tag or length');
    length = data.readUIntBE(2, bytes);
    if (data[2] === 0) throw new MalformedError('asn1: structure error: superfluous leading zeros in length');
    if (length < 0x80) throw new MalformedError('asn1: structure error: non-minimal length');
  }
  const end = start + length;
  if (end > data.length) throw new MalformedError('asn1: syntax error: data truncated');
  return { tag: data[0]!, whole: data.subarray(0, end), content: data.subarray(start, end), rest: data.subarray(end) };
}

/** @returns the elements that follow one another in the data @throws MalformedError */
export function readElements(data: Buffer): Element[] {
  const elements: Element[] = [];
  for (let rest = data; rest.length > 0; rest = elements.at(-1)!.rest) elements.push(readElement(rest));
  return elements;
}
