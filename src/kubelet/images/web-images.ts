import { baseName, flagsOf } from './command-line.ts';
import { bytesOf } from './files.ts';
import type { ImageRule, Serve, ServerStart } from './rules.ts';
import { fileServer, webServer } from './web-server.ts';

/** Whether a container runs its image's own command: none of its own, or one of these. */
function isOwn({ command }: ServerStart, names: readonly string[]): boolean {
  return command[0] === undefined || names.includes(baseName(command[0]));
}

const nginxPage = (title: string, body: string): string =>
  `<!DOCTYPE html>\n<html>\n<head>\n<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n${body}</body>\n</html>\n`;

const nginx = (start: ServerStart): ReadonlyMap<number, Serve> => {
  if (!isOwn(start, ['nginx', 'docker-entrypoint.sh'])) return new Map();
  const site = fileServer(
    {
      name: 'nginx',
      root: '/usr/share/nginx/html',
      index: nginxPage('Welcome to nginx!', '<p>This is the start page of an nginx that Orrery emulates.</p>\n'),
      otherType: 'application/octet-stream',
      page: (_status, title) =>
        [
          '<html>',
          `<head><title>${title}</title></head>`,
          '<body>',
          `<center><h1>${title}</h1></center>`,
          '<hr><center>nginx</center>',
          '</body>',
          '</html>',
          '',
        ].join('\r\n'),
    },
    start,
  );
  return new Map([[80, site]]);
};

const apache = (start: ServerStart): ReadonlyMap<number, Serve> => {
  if (!isOwn(start, ['httpd-foreground', 'httpd'])) return new Map();
  const site = fileServer(
    {
      name: 'Apache (Unix)',
      root: '/usr/local/apache2/htdocs',
      index: '<html><body><h1>It works!</h1></body></html>\n',
      otherType: 'text/plain',
      page: (_status, title) => `<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${title.slice(4)}</h1>\n</body></html>\n`,
    },
    start,
  );
  return new Map([[80, site]]);
};

/** hashicorp/http-echo: one text to every request. */
const httpEcho = (start: ServerStart): ReadonlyMap<number, Serve> => {
  const flags = flagsOf(start.command.slice(1), { apart: true });
  const port = Number((flags.get('listen') ?? ':5678').split(':').at(-1));
  const text = flags.get('text') ?? start.env.get('ECHO_TEXT') ?? 'hello-world';
  const answer = {
    status: 200,
    headers: { 'X-App-Name': 'http-echo', 'Content-Type': 'text/plain; charset=utf-8' },
    body: bytesOf(`${text}\n`),
  };
  return new Map([[port, webServer(() => answer)]]);
};

/** Images of well-known web servers. */
export const webImages: readonly ImageRule[] = [
  { image: ['*/nginx:*', '*/nginx@*'], program: { listens: nginx } },
  { image: ['*/httpd:*', '*/httpd@*'], program: { listens: apache } },
  { image: ['*/hashicorp/http-echo:*', '*/hashicorp/http-echo@*'], program: { entrypoint: ['/http-echo'], listens: httpEcho } },
];
