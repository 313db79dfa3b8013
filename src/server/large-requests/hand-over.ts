import type { ResourceDefinition } from '../../../api/define.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import { readJson } from '../../machinery/schema/json-numbers.ts';
import { ApiError } from '../../registry/errors.ts';
import type { Answer } from '../answer.ts';
import type { RequestInfo } from '../context.ts';
import type { DefinitionLookup } from '../filters/negotiation.ts';
import type { Next, Stage } from '../filters/stage.ts';
import { bodyLimit } from '../handlers/body.ts';
import { streamActions } from '../handlers/index.ts';
import type { ServerContext } from '../request-context.ts';
import type { LargeRequestServer } from './messages.ts';

/** Bodies and objects from so many bytes on are large: what is made to be slow takes about a millisecond a kilobyte. */
const largeFrom = 32 * 1024;
/** Text that is YAML takes four times as long to read. */
const largeYamlFrom = largeFrom / 4;

const writing: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
/** Shorter bodies have no room for more levels than the stack of any thread takes. */
const flatBelow = 4 * 1024;
/** From so many levels on data is left to the other thread, whose stack is made for it. */
const deepFrom = 500;
/** Of the writes of in-process clients, whose bodies are data of unknown size: those of what is there, and of its subresources. */
const changing: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

export interface HandOverParts {
  readonly server: LargeRequestServer;
  readonly lookup: DefinitionLookup;
  /** Bytes of what is stored under the name that a request has; 0 if it is not known. */
  readonly storedSize: (definition: ResourceDefinition, info: RequestInfo) => number;
}

/**
 * Hands writes of large objects to another thread, as each step over one object is synchronous and others would wait for it: those with a large body,
 * changes of what is large, and what has taken long to judge. Small ones pass without a promise. Those that an audit policy records stay.
 */
export function handOver({ server, lookup, storedSize }: HandOverParts): Stage {
  const isLargeThere = (definition: ResourceDefinition, info: RequestInfo): boolean =>
    definition.isCostly === true || (info.name !== '' && storedSize(definition, info) >= largeFrom);
  return (context, next) => {
    const { info, request } = context;
    if (!writing.has(info.verb) || context.audit) return next(context);
    if (request.target === undefined) {
      const changed = info.name !== '' && changing.has(info.verb) ? lookup(info) : undefined;
      const isLarge = changed !== undefined && isLargeThere(changed, info) && !isStream(changed, info);
      return isLarge ? answerClient(server, context, changed) : next(context);
    }
    const { 'content-length': length } = request.headers;
    const isSmall = length !== undefined && Number(length) < flatBelow;
    const definition = lookup(info);
    if (!definition || isStream(definition, info)) return next(context);
    const isLarge = isLargeThere(definition, info);
    return isSmall && !isLarge ? next(context) : answerElsewhere(server, context, request.target, next, isLarge);
  };
}

/** Bodies of streams are passed on, not read. */
function isStream(definition: ResourceDefinition, { subresource: name }: RequestInfo): boolean {
  if (name === '') return false;
  const subresource = definition.subresources.find((each) => each.name === name);
  return subresource?.type === 'action' && streamActions.has(subresource.action);
}

/** @param whatever the size of the body. Else a short one is handled here after all: its length was not told before, or it is JSON sent as YAML */
async function answerElsewhere(
  server: LargeRequestServer,
  context: ServerContext,
  target: string,
  next: Next,
  whatever: boolean,
): Promise<Answer> {
  const { request } = context;
  // A body that cannot be read is told of in its turn, after what else is wrong with the request: the handler is given the same once more.
  const body = await request.readBody(bodyLimit).catch(() => undefined);
  if (body === undefined || !(whatever || isLarge(body, request.headers['content-type']))) return next(context);
  const { method, headers } = request;
  const { user, auditId, signal } = context;
  context.bodySizes?.observe(body.length);
  const answer = await server.answer({ method, target, headers: { ...headers }, body, user, auditId }, signal);
  context.warnings.push(...answer.warnings);
  const { status, contentType, headers: further, body: bytes } = answer;
  return { type: 'raw', status, contentType, body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), headers: further };
}

/** An in-process client's change of a large object. @throws ApiError as the client wants failures */
async function answerClient(server: LargeRequestServer, context: ServerContext, definition: ResourceDefinition): Promise<Answer> {
  const { request, user, auditId, signal } = context;
  const { method, path, query } = request;
  const target = query.size > 0 ? `${path}?${query}` : path;
  const headers = { 'content-type': 'application/json', ...request.headers };
  const body = request.object ? Buffer.from(jsonText(request.object)) : await request.readBody(bodyLimit);
  const { status, body: bytes } = await server.answer({ method, target, headers, body, user, auditId }, signal);
  const answered = readJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  if (status >= 400) throw new ApiError(status, answered.reason ?? '', answered.message ?? '', answered.details);
  return { type: 'object', status, definition, object: answered };
}

function isLarge(body: Buffer, type: string | undefined): boolean {
  const isYaml = type?.includes('yaml') === true && !/^\s*\{/.test(body.toString('latin1', 0, 64));
  return body.length >= (isYaml ? largeYamlFrom : largeFrom) || isDeep(body);
}

/** Whether brackets lie deep in one another; those in texts count as well, which does no harm. */
function isDeep(body: Buffer): boolean {
  let depth = 0;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (byte === 0x7b || byte === 0x5b) {
      if (++depth === deepFrom) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
