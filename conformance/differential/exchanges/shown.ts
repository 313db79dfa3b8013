import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { decodeEvents, decodeObject, mediaType } from '../../recorded/protobuf.mjs';
import type { Reply, WatchedEvent } from '../connection.ts';
import { differences, normalized, scrub } from '../normalize.ts';

const compared = [
  'allow',
  'cache-control',
  'content-encoding',
  'location',
  'retry-after',
  'vary',
  'www-authenticate',
  'x-content-type-options',
];

/** What is compared of an answer: its status, headers, data, and its text besides, so that the order of fields and the white space count. */
export function shown(reply: Reply): unknown {
  const type = reply.contentType;
  const headers = Object.fromEntries(
    compared.filter((name) => reply.headers[name] !== undefined).map((name) => [name, reply.headers[name]]),
  );
  const bytes = reply.headers['content-encoding'] === 'gzip' ? gunzipSync(reply.bytes) : reply.bytes;
  if (type.includes('stream=watch') || (reply.status === 200 && (bytes.length === 0 || eventLines.test(bytes.toString('latin1'))))) {
    const all = type.includes(mediaType) ? decodeEvents(bytes) : lines(bytes.toString('utf8'));
    const events = all.filter((event) => !isPassing(event as WatchedEvent));
    return { headers, status: reply.status, contentType: type, body: events.map((body: unknown) => sortedManagers(bodyOf(reply, body))) };
  }
  const body = type.includes(mediaType) && bytes.length > 0 ? decodeObject(bytes) : readable(type, bytes.toString('utf8'));
  const data = normalized({ ...reply, body }) as Record<string, unknown>;
  return {
    ...data,
    headers,
    body: sortedManagers(plainTable(tokens(data['body']))),
    ...(isText(type) && !isTable(body) && { text: rawText(bytes.toString('utf8')) }),
  };
}

const eventLines = /^\{"type":"[A-Z]+","object":/;
const isText = (type: string) => !type.includes(mediaType);
// A bookmark in passing comes when the server likes.
const isPassing = ({ type, object }: WatchedEvent): boolean =>
  type === 'BOOKMARK' && !JSON.stringify(object).includes('initial-events-end');
const isTable = (body: unknown) => (body as { kind?: string } | undefined)?.kind === 'Table';

// Ages in the cells of a table.
function plainTable(value: unknown): unknown {
  return isTable(value) ? JSON.parse(JSON.stringify(value).replace(age, '"<age>"')) : value;
}

function bodyOf(reply: Reply, body: unknown): unknown {
  const event = (normalized({ ...reply, body }) as { body: { object?: unknown } }).body;
  return { ...event, object: plainTable(event?.object) };
}

function lines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parsed);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const readable = (type: string, text: string): unknown => (type.includes('yaml') ? parse(text) : parsed(text));

// Several managers' entries are ordered by their times, which the seconds of the clock decide.
function sortedManagers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedManagers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => [
      key,
      key === 'managedFields' && Array.isArray(inside)
        ? [...inside].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
        : sortedManagers(inside),
    ]),
  );
}

// What a continue token says, without its revision.
function tokens(value: unknown): unknown {
  const metadata = (value as { metadata?: { continue?: unknown } } | undefined)?.metadata;
  if (typeof metadata?.continue !== 'string') return value;
  const token = Buffer.from(metadata.continue, 'base64url')
    .toString('utf8')
    .replace(/"rv":\d+/, '"rv":0');
  return { ...(value as object), metadata: { ...metadata, continue: token } };
}

const age = /"(\d+[smhdy])+( ago)?"/g;
const rawText = (text: string): string =>
  scrub(text)
    .replace(/"(continue)":\s*"[^"]*"/g, '"$1":"<token>"')
    .replace(age, '"<age>"')
    .replace(/^(\s*continue: ).*$/m, '$1<token>');

/** Where the answers to one exchange differ. The text counts only where the data is the same. */
export function exchangeDifferences(want: readonly Reply[], got: readonly Reply[]) {
  const all = differences(want.map(shown), got.map(shown));
  const data = all.filter(({ path }) => !path.endsWith('.text'));
  if (data.length > 0) return data;
  return all.filter(({ want: a, got: b }) => characters(a) !== characters(b));
}

// Upstream writes fields in the order of its structs, Orrery mostly in that in which they came; that data says the same is seen above.
function characters(text: unknown): string {
  return [...String(text)].sort().join('');
}
