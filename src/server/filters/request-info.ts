import type { RequestInfo } from '../context.ts';
import { plainInternalError, targetOf } from '../errors.ts';
import type { Stage } from './stage.ts';

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Parts of a namespace object itself, so that `namespaces/x/status` is no resource within x. */
const namespaceSubresources = new Set(['status', 'finalize']);

const none: readonly string[] = [];

/** Parses the URL once; every later stage and the handlers read the result. */
export const requestInfo: Stage = (context, next) => {
  const { method, path, query } = context.request;
  const info = parseRequestInfo(method, path, query);
  if (info === undefined) {
    const target = targetOf(context.request);
    const wrong = `failed to create RequestInfo: unable to determine kind and namespace from url, ${target}`;
    return { ...plainInternalError(context.request, wrong), beforeCacheControl: true };
  }
  context.info = info;
  return next(context);
};

/**
 * What a method and URL ask for, by the rules of kube-apiserver's RequestInfo: `/api/v1/…` and `/apis/<group>/<version>/…` are resource requests
 * from the third (fourth) segment on, everything else is a plain path.
 * @param path percent-encoded; segments are split after decoding, as Go does
 * @returns undefined for a deprecated form that ends where its resource should be named
 */
export function parseRequestInfo(method: string, path: string, query: URLSearchParams): RequestInfo | undefined {
  const decoded = decodePath(path);
  const parts = splitPath(decoded);
  const prefix = parts[0];
  if (parts.length < 3 || (prefix !== 'api' && prefix !== 'apis')) return nonResource(method, decoded, '');
  if (prefix === 'apis' && parts.length < 4) return nonResource(method, decoded, prefix);
  let at = 1;
  const group = prefix === 'apis' ? word(parts[at++]!, decoded) : '';
  const version = word(parts[at++]!, decoded);
  let verb = verbs[method] ?? '';
  // Deprecated forms: /api/v1/watch/… and /api/v1/proxy/….
  if (parts[at] === 'watch' || parts[at] === 'proxy') {
    if (parts.length - at < 2) return undefined;
    verb = parts[at++]!;
  }
  let namespace = '';
  let emptyNamespace = false;
  if (parts[at] === 'namespaces' && parts.length - at > 1) {
    namespace = word(parts[at + 1]!, decoded);
    if (parts.length - at > 2 && !namespaceSubresources.has(parts[at + 2]!)) {
      at += 2;
      emptyNamespace = namespace === '';
    }
  }
  const resource = word(parts[at] ?? '', decoded);
  let name = parts[at + 1] ?? '';
  const hasSubresource = verb !== 'proxy' && parts.length - at > 2;
  const subresource = hasSubresource ? parts[at + 2]! : '';
  const restFrom = at + (hasSubresource ? 3 : 2);
  const rest = restFrom < parts.length ? parts.slice(restFrom) : none;
  if (name === '' && verb === 'get') {
    verb = isTrue(query.get('watch')) ? 'watch' : 'list';
    name = nameOfSelector(query.get('fieldSelector'));
  } else if (name === '' && verb === 'watch') {
    name = nameOfSelector(query.get('fieldSelector'));
  }
  if (name === '' && verb === 'delete') verb = 'deletecollection';
  const info: RequestInfo = {
    path: decoded,
    isResourceRequest: true,
    verb,
    apiPrefix: prefix,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    rest,
  };
  return emptyNamespace ? { ...info, emptyNamespace } : info;
}

/** Words of paths that come again and again: as one string they are compared and looked up at once. So many are kept. */
const words = new Map<string, string>();
const wordsAtMost = 4096;
/** A word may hold on to the whole path that it is cut from. */
const longestPath = 512;

function word(text: string, path: string): string {
  const known = words.get(text);
  if (known !== undefined) return known;
  if (words.size < wordsAtMost && path.length <= longestPath) words.set(text, text);
  return text;
}

/** A request for a path that is no resource's. */
export function nonResource(method: string, path: string, apiPrefix: RequestInfo['apiPrefix']): RequestInfo {
  return {
    path,
    isResourceRequest: false,
    verb: method.toLowerCase(),
    apiPrefix,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: none,
  };
}

function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    // A path with a stray percent sign names nothing, as it stands; one that is no UTF-8 names what is not there.
    if (/%(?![\da-f]{2})/i.test(path)) return path;
    return path.replace(/(%[\da-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());
  }
}

function splitPath(path: string): string[] {
  let start = 0;
  let end = path.length;
  while (start < end && path.charCodeAt(start) === 47) start++;
  while (end > start && path.charCodeAt(end - 1) === 47) end--;
  return start === end ? [] : path.slice(start, end).split('/');
}

/** A boolean parameter as conversion from a query reads it: there, and neither `false` nor `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

/** The name that a field selector asks for exactly; '' if it does not or if it can be no path segment. */
function nameOfSelector(selector: string | null): string {
  if (!selector?.includes('metadata.name')) return '';
  for (const term of selector.split(',')) {
    const match = /^\s*metadata\.name\s*==?\s*(.+?)\s*$/.exec(term);
    if (match && isPathSegment(match[1]!)) return match[1]!;
  }
  return '';
}

function isPathSegment(name: string): boolean {
  return name !== '.' && name !== '..' && !name.includes('/') && !name.includes('%');
}
