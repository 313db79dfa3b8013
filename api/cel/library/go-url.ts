import { goQuote } from '../../meta/go-quote.ts';
/** A URL as Go's net/url takes it apart. */
export interface GoURL {
  readonly scheme: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  /** As it was written, or escaped where that was no valid escaping. */
  readonly escapedPath: string;
  readonly rawQuery: string;
}

/** A URL with a scheme, or an absolute path, without fragment. @returns what is wrong in Go's words where it is none */
export function parseRequestURL(text: string): GoURL | string {
  return parse(text, true);
}

/** As parseRequestURL, with a fragment that is left out. */
export function parseURL(text: string): GoURL | string {
  const hash = text.indexOf('#');
  return parse(hash < 0 ? text : text.slice(0, hash), false);
}

class Refusal extends Error {}

function parse(text: string, viaRequest: boolean): GoURL | string {
  try {
    return read(text, viaRequest);
  } catch (error) {
    if (error instanceof Refusal) return `parse ${goQuote(text)}: ${error.message}`;
    throw error;
  }
}

function read(text: string, viaRequest: boolean): GoURL {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is refused
  if (/[\x00-\x1f\x7f]/.test(text)) throw new Refusal('net/url: invalid control character in URL');
  if (text === '' && viaRequest) throw new Refusal('empty url');
  if (text === '*') return url('', '', '*', '');
  const { scheme, rest: afterScheme } = splitScheme(text);
  let rest = afterScheme;
  let rawQuery = '';
  const question = rest.indexOf('?');
  if (question >= 0) {
    rawQuery = rest.slice(question + 1);
    rest = rest.slice(0, question);
  }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return url(scheme, '', '', rawQuery);
    if (viaRequest) throw new Refusal('invalid URI for request');
    if (rest.split('/')[0]!.includes(':')) throw new Refusal('first path segment in URL cannot contain colon');
  }
  let host = '';
  if ((scheme !== '' || (!viaRequest && !rest.startsWith('///'))) && rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    host = readAuthority(rest.slice(2, end < 0 ? undefined : end));
    rest = end < 0 ? '' : rest.slice(end);
  }
  readEscapes(rest, 'path');
  return url(scheme, host, rest, rawQuery);
}

function url(scheme: string, host: string, path: string, rawQuery: string): GoURL {
  const bracket = /^\[(.*)\](?::(\d*))?$/s.exec(host);
  const colon = bracket ? -1 : host.lastIndexOf(':');
  const hasPort = colon >= 0 && /^\d*$/.test(host.slice(colon + 1));
  return {
    scheme: scheme.toLowerCase(),
    host,
    hostname: bracket ? bracket[1]! : hasPort ? host.slice(0, colon) : host,
    port: bracket ? (bracket[2] ?? '') : hasPort ? host.slice(colon + 1) : '',
    escapedPath: escapePath(path),
    rawQuery,
  };
}

function splitScheme(text: string): { scheme: string; rest: string } {
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (/[a-zA-Z]/.test(character)) continue;
    if (/[0-9+.-]/.test(character)) {
      if (i === 0) break;
      continue;
    }
    if (character !== ':') break;
    if (i === 0) throw new Refusal('missing protocol scheme');
    return { scheme: text.slice(0, i), rest: text.slice(i + 1) };
  }
  return { scheme: '', rest: text };
}

function readAuthority(authority: string): string {
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    const user = authority.slice(0, at);
    if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new Refusal('net/url: invalid userinfo');
    readEscapes(user, 'user');
  }
  return readHost(authority.slice(at + 1));
}

function readHost(host: string): string {
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0) throw new Refusal("missing ']' in host");
    checkPort(host.slice(close + 1));
    return host;
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  return readEscapes(host, 'host');
}

function checkPort(port: string): void {
  if (port !== '' && !/^:\d*$/.test(port)) throw new Refusal(`invalid port ${goQuote(port)} after host`);
}

function readEscapes(text: string, part: 'path' | 'host' | 'user'): string {
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '%') {
      const code = text.slice(i, i + 3);
      if (!/^%[0-9a-fA-F]{2}$/.test(code)) throw new Refusal(`invalid URL escape ${goQuote(code)}`);
      if (part === 'host' && Number.parseInt(code[1]!, 16) < 8 && code !== '%25') throw new Refusal(`invalid URL escape ${goQuote(code)}`);
      i += 2;
    } else if (part === 'host' && character < '\x80' && !/[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/.test(character)) {
      throw new Refusal(`invalid character ${goQuote(character)} in host name`);
    }
  }
  return part === 'host' && text.includes('%') ? decodeURIComponent(text) : text;
}

function escapePath(path: string): string {
  if (/^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:@/[\]]|%[0-9a-fA-F]{2})*$/.test(path)) return path;
  const bytes = Buffer.from(path.replace(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => Buffer.from(escaped.replaceAll('%', ''), 'hex').toString()));
  let escaped = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    escaped +=
      byte < 0x80 && /[A-Za-z0-9\-_.~$&+,/:;=@]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** The query's names and values in order; what cannot be read is left out. */
export function queryValues(rawQuery: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const key = decodeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const value = decodeQuery(equals < 0 ? '' : pair.slice(equals + 1));
    if (key === undefined || value === undefined) continue;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}

function decodeQuery(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => Buffer.from(escaped.replaceAll('%', ''), 'hex').toString());
}
