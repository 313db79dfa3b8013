import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../registry/errors.ts';

/** What node:http tells of bytes that it could not parse. */
export interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
  /** Where in the packet it gave up. */
  readonly bytesParsed?: number;
  /** In words of the parser. */
  readonly reason?: string;
}

/** A plain answer to what is no request, with which the connection ends. */
export interface Refusal {
  readonly status: string;
  /** Default: the status. */
  readonly text?: string;
}

const badRequest: Refusal = { status: '400 Bad Request' };
const unsupportedVersion: Refusal = { status: '505 HTTP Version Not Supported: unsupported protocol version' };
const unsupportedEncoding: Refusal = { status: '501 Not Implemented', text: 'Unsupported transfer encoding' };
const headersTooLarge: Refusal = { status: '431 Request Header Fields Too Large' };

const brokenEscape = /^[^?]*%(?![0-9A-Fa-f]{2})/;

/** The characters of a host to Go, be they in order or not. */
const host = /^[A-Za-z0-9!$%&'()*+,\-.:;=[\]_~]*$/;

/** Node keeps the first of them. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count > 1;
}

/** What Go's server refuses before any handler sees it, and Node's parser lets through. */
export function requestProblem({ headers, httpVersion, rawHeaders, url = '' }: IncomingMessage): Refusal | undefined {
  if (!httpVersion.startsWith('1.')) return unsupportedVersion;
  if (headers.host === undefined) {
    if (httpVersion === '1.1') return { status: '400 Bad Request: missing required Host header' };
  } else {
    if (hasTwoHosts(rawHeaders)) return badRequest;
    if (!host.test(headers.host)) return { status: '400 Bad Request: malformed Host header' };
  }
  if (url.includes('%') && brokenEscape.test(url)) return badRequest;
  // Node's parser also takes other encodings before the last, which must be `chunked`.
  const encoding = headers['transfer-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'chunked' ? unsupportedEncoding : undefined;
}

/** A request line with a version that Go can read, if it is not one that it speaks. */
const versionLine = /^\S+ \S+ HTTP\/\d\.\d\r?\n/;

/** What Go's server says of bytes that Node's parser does not take. */
export function parseProblem({ code, reason, rawPacket }: ParseError): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge;
    case 'HPE_INVALID_VERSION':
      return versionLine.test(rawPacket?.toString('latin1') ?? '') ? unsupportedVersion : badRequest;
    case 'HPE_INVALID_TRANSFER_ENCODING':
      // The parser has the same code for a length beside an encoding, which it never takes.
      return reason?.includes('Content-Length') ? badRequest : unsupportedEncoding;
    default:
      return badRequest;
  }
}

const carriageReturn = 13;

/** The failure of a request whose body breaks off, or comes in chunks that are none. */
export function brokenBody(error: ParseError): ApiError {
  return new ApiError(500, '', bodyProblem(error));
}

function bodyProblem({ code, reason = '', rawPacket, bytesParsed = 0 }: ParseError): string {
  switch (code) {
    case 'HPE_INVALID_EOF_STATE':
      return 'unexpected EOF';
    case 'HPE_INVALID_CHUNK_SIZE':
      if (reason.includes('overflow')) return 'http chunk length too large';
      return rawPacket?.[bytesParsed] === carriageReturn ? 'empty hex number for chunk length' : 'invalid byte in chunk length';
    case 'HPE_CR_EXPECTED':
      return reason.includes('size') ? 'chunked line ends with bare LF' : 'malformed chunked encoding';
    default:
      return 'malformed chunked encoding';
  }
}

/** Whether a client expects something but a "100 Continue". */
export function unmetExpectation({ headers: { expect = '' } }: IncomingMessage): boolean {
  return expect !== '' && !/(^|[\s,])100-continue($|[\s,])/i.test(expect);
}
