import { flagsOf } from './command-line.ts';
import type { Serve, ServerStart } from './rules.ts';
import { fileServer, type WebAnswer, type WebRequest, webServer } from './web-server.ts';

const plain = { 'Content-Type': 'text/plain; charset=utf-8' };
const ok = (body: string): WebAnswer => ({ status: 200, headers: plain, body });
const notFound: WebAnswer = { status: 404, headers: plain, body: '404 page not found\n' };

/** `netexec`: tells of itself and of the request, by path. */
function netexec({ env, now }: ServerStart, { path, query, headers, method, body }: WebRequest): WebAnswer {
  switch (path) {
    case '/hostname':
    case '/hostName':
      return ok(env.get('HOSTNAME') ?? '');
    case '/':
      return ok(`NOW: ${new Date(now()).toISOString()}`);
    case '/healthz':
      return { status: 200, body: '' };
    case '/echo':
      return { status: Number(query.get('code') ?? 200), headers: plain, body: query.get('msg') ?? '' };
    case '/header':
      return ok(String(headers[(query.get('key') ?? '').toLowerCase()] ?? ''));
    case '/redirect': {
      const location = query.get('location') ?? '';
      return { status: Number(query.get('code') ?? 302), headers: { ...plain, Location: location }, body: '' };
    }
    case '/upload':
      return method === 'POST' ? ok(String(body.length)) : notFound;
    default:
      return notFound;
  }
}

/** `porter`: answers on each port that its environment names, with the value given there. */
function porter({ env }: ServerStart): ReadonlyMap<number, Serve> {
  const ports = [...env].flatMap(([name, value]) => {
    const port = /^SERVE_PORT_(\d+)$/.exec(name)?.[1];
    return port === undefined ? [] : [[Number(port), webServer(() => ok(value))] as const];
  });
  return new Map(ports);
}

/** What the servers among agnhost's programs answer, on which ports. */
export function agnhostListens(start: ServerStart): ReadonlyMap<number, Serve> {
  const [, program = 'pause', ...args] = start.command;
  const flags = flagsOf(args);
  switch (program) {
    case 'netexec':
      return new Map([[Number(flags.get('http-port') ?? 8080), webServer((request) => netexec(start, request))]]);
    case 'serve-hostname':
      return new Map([[Number(flags.get('port') ?? 9376), webServer(() => ok(start.env.get('HOSTNAME') ?? ''))]]);
    case 'porter':
      return porter(start);
    case 'test-webserver': {
      const page = (status: number): string => (status === 404 ? '404 page not found\n' : '');
      const site = { name: 'agnhost', root: '', index: '', otherType: plain['Content-Type'], page };
      return new Map([[Number(flags.get('port') ?? 80), fileServer(site, { ...start, out() {} })]]);
    }
    default:
      return new Map();
  }
}
