import type { RequestContext } from '../context.ts';

type Fields = Readonly<Record<string, 'text' | 'texts' | 'numbers' | 'flag'>>;

const streams: Fields = { stdin: 'flag', stdout: 'flag', stderr: 'flag', tty: 'flag', container: 'text' };

/** What the parameters of a connection are called in the object that stands for them. */
const fieldsByKind: Readonly<Record<string, Fields>> = {
  PodExecOptions: { ...streams, command: 'texts' },
  PodAttachOptions: streams,
  PodPortForwardOptions: { ports: 'numbers' },
};

/** The object that admission sees of a request that connects: its parameters, or the path behind a proxy. */
export function connectOptions(kind: string, { info, request }: RequestContext): Record<string, unknown> {
  const fields = fieldsByKind[kind];
  if (!fields) return proxyPath(info.rest, info.path);
  const options: Record<string, unknown> = {};
  for (const [name, sort] of Object.entries(fields)) {
    const given = request.query.getAll(name);
    const value = optionOf(given, sort);
    if (given.length > 0 && value !== false && value !== '') options[name] = value;
  }
  return options;
}

function optionOf(given: readonly string[], sort: Fields[string]): unknown {
  if (sort === 'texts') return given;
  if (sort === 'numbers') return given.map(Number);
  const [first = ''] = given;
  return sort === 'text' ? first : !['', '0', 'false'].includes(first.toLowerCase()) || first === '';
}

// A path that is there begins with a slash, and ends with one where the request's does.
function proxyPath(rest: readonly string[], whole: string): Record<string, unknown> {
  const path = rest.length === 0 ? '' : `/${rest.join('/')}`;
  const ended = whole.endsWith('/') && !path.endsWith('/') ? `${path}/` : path;
  return ended === '' ? {} : { path: ended };
}
