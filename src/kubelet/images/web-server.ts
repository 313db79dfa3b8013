import http from 'node:http';
import type { Readable } from 'node:stream';
import type { Serve, ServerStart } from './rules.ts';

/** A request as an emulated server sees it. */
export interface WebRequest {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** With the query, as it came. */
  readonly target: string;
  readonly headers: http.IncomingHttpHeaders;
  /** As a text of bytes. */
  readonly body: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** As a text of bytes, or as they come. */
  readonly body: string | Readable;
}

/** What answers HTTP/1.1 on a connection, as the site says. */
export function webServer(site: (request: WebRequest) => WebAnswer): Serve {
  const server = http.createServer((message, response) => {
    let body = '';
    message.setEncoding('latin1');
    message.on('data', (text: string) => (body += text));
    message.once('end', () => {
      const target = message.url ?? '/';
      const [path = '', query = ''] = splitAt(target, '?');
      const answer = site({
        method: message.method ?? 'GET',
        path: decoded(path),
        query: new URLSearchParams(query),
        target,
        headers: message.headers,
        body,
      });
      if (typeof answer.body !== 'string') {
        response.writeHead(answer.status, answer.headers);
        response.once('close', () => (answer.body as Readable).destroy());
        return void answer.body.pipe(response);
      }
      const bytes = Buffer.from(answer.body, 'latin1');
      response.writeHead(answer.status, { ...answer.headers, 'Content-Length': bytes.length });
      response.end(message.method === 'HEAD' ? undefined : bytes);
    });
  });
  return (connection) => void server.emit('connection', connection);
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const mediaTypes: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  ico: 'image/x-icon',
};

/** A web server of files, as its own image comes. */
export interface FileSite {
  readonly name: string;
  readonly root: string;
  /** What the image has there. */
  readonly index: string;
  readonly otherType: string;
  page(status: number, title: string): string;
}

/** Answers with the files below the site's root, and writes down who asked, in the common log format. */
export function fileServer({ name, root, index, otherType, page }: FileSite, { files, now, out }: ServerStart): Serve {
  const answer = ({ method, path, target }: WebRequest): WebAnswer & { readonly body: string } => {
    const html = { Server: name, 'Content-Type': 'text/html' };
    const failed = (status: number, headers = {}) => ({
      status,
      headers: { ...html, ...headers },
      body: page(status, `${status} ${http.STATUS_CODES[status]}`),
    });
    if (method !== 'GET' && method !== 'HEAD') return failed(405);
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) return failed(400);
    const at = [root, ...parts].join('/');
    if (parts.length > 0 && !path.endsWith('/') && files.isFolder(at)) return failed(301, { Location: `${splitAt(target, '?')[0]}/` });
    const file = path.endsWith('/') ? `${at}/index.html` : at;
    // A volume at the root hides what the image has there.
    const own = file === `${root}/index.html` && !files.isFolder(root) ? index : undefined;
    const text = files.read(file) ?? own;
    if (text === undefined) return failed(files.isFolder(root) && path === '/' ? 403 : 404);
    const extension = file.slice(file.lastIndexOf('.') + 1);
    return { status: 200, headers: { Server: name, 'Content-Type': mediaTypes[extension] ?? otherType }, body: text };
  };
  return webServer((request) => {
    const given = answer(request);
    const time = new Date(now());
    const day = `${String(time.getUTCDate()).padStart(2, '0')}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
    const { 'user-agent': agent = '-', referer = '-' } = request.headers;
    const line = `"${request.method} ${request.target} HTTP/1.1" ${given.status} ${given.body.length} "${referer}" "${agent}"`;
    out(`127.0.0.1 - - [${day}:${time.toISOString().slice(11, 19)} +0000] ${line}\n`);
    return given;
  });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
