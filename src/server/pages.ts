import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Express, Request, Response } from 'express';
import type { UserInfo } from '../auth/types.ts';
import type { RawAnswer } from './answer.ts';
import { pageNotFound } from './errors.ts';
import type { ServerContext } from './request-context.ts';

/** Bodies of requests to pages are small. */
const bodyLimit = 1024 * 1024;

export interface Pages {
  /** Answers a request under /orrery/. */
  handle(context: ServerContext): Promise<RawAnswer>;
}

/** Who makes a request to a page. */
export function pageUser(request: Request): UserInfo {
  return (request as Request & WithUser).user;
}

interface WithUser {
  user: UserInfo;
}

/**
 * Orrery's own API and pages, as an express application that is made with the first request for it. It is reached through the chain like everything else, over
 * HTTP/2 as well, so express is given a request and a response that belong to no socket.
 * @param mount adds routes; paths begin with /orrery/
 */
export function createPages(mount: (app: Express, json: typeof import('express').json) => void): Pages {
  let app: Promise<Express> | undefined;
  const create = async () => {
    const { default: express } = await import('express');
    const created = express();
    created.disable('x-powered-by');
    created.disable('etag');
    mount(created, express.json);
    return created;
  };
  return {
    async handle(context) {
      app ??= create();
      return dispatch(await app, context);
    },
  };
}

async function dispatch(app: Express, context: ServerContext): Promise<RawAnswer> {
  const { request } = context;
  const body = request.method === 'GET' || request.method === 'HEAD' ? Buffer.alloc(0) : await request.readBody(bodyLimit);
  const message = new IncomingMessage(new Socket());
  const query = request.query.toString();
  message.method = request.method;
  message.url = query === '' ? request.path : `${request.path}?${query}`;
  for (const [name, value] of Object.entries(request.headers)) if (!name.startsWith(':')) message.headers[name] = value;
  if (body.length > 0) {
    message.headers['content-length'] = String(body.length);
    message.push(body);
  }
  message.push(null);
  Object.assign(message, { user: context.user } satisfies WithUser);
  const response = new ServerResponse(message);
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  return new Promise((resolve, reject) => {
    response.write = ((chunk: unknown, encoding: unknown) => {
      keep(chunk, encoding);
      return true;
    }) as typeof response.write;
    response.end = ((chunk: unknown, encoding: unknown) => {
      keep(chunk, encoding);
      resolve(answerOf(response, Buffer.concat(chunks)));
      response.emit('finish');
      return response;
    }) as typeof response.end;
    app(message as Request, response as Response, (error?: unknown) => {
      if (error) reject(error);
      else resolve(pageNotFound());
    });
  });
}

function answerOf(response: ServerResponse, body: Buffer): RawAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (name !== 'content-length' && name !== 'content-type' && name !== 'connection') headers[name] = String(value);
  }
  return { type: 'raw', status: response.statusCode, contentType: String(response.getHeader('content-type') ?? ''), body, headers };
}
