import { gzipSync } from 'node:zlib';
import type { Random } from '../../src/machinery/random.ts';
import type { WireRequest } from './requests.ts';

type Mutation = (request: WireRequest, random: Random) => void;

/** One to three random changes to a sound request. */
export function mutate(sound: WireRequest, random: Random): WireRequest {
  const request: WireRequest = { ...sound, headers: { ...sound.headers } };
  const count = 1 + Math.floor(random.next() * 3);
  for (let i = 0; i < count; i++) oneOf(mutations, random)(request, random);
  return request;
}

function oneOf<T>(choices: readonly T[], random: Random): T {
  return choices[Math.floor(random.next() * choices.length)]!;
}

const oddTexts = [
  '', ' ', '.', '..', '/', '*', '%', '%00', '%2e%2e', '%2F', '%C3%28', '-1', '0', '1e9', 'true', 'null', 'NaN', '9223372036854775808', '18446744073709551616',
  "'", '"', '\\', '{}', '[]', 'ünï', '\u{1F34E}', 'a'.repeat(300), 'A', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '$where', 'a=b,c!=d', 'a in (b', '2026-01-01T00:00:00Z',
]; // biome-ignore format: a list of words
const oddParameters = [
  'watch', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'timeoutSeconds', 'labelSelector', 'fieldSelector', 'allowWatchBookmarks', 'sendInitialEvents',
  'dryRun', 'fieldManager', 'fieldValidation', 'force', 'gracePeriodSeconds', 'propagationPolicy', 'orphanDependents', 'pretty', 'timeout', 'includeObject', 'shardSelector', 'nonsense',
]; // biome-ignore format: a list of words
const oddSegments = [
  'api', 'apis', 'v1', 'v1beta1', 'apps', 'namespaces', 'kube-system', 'default', 'pods', 'nodes', 'secrets', 'status', 'scale', 'log', 'proxy', 'watch', 'finalize', 'approval', 'ephemeralcontainers', 'resize', 'nothing',
]; // biome-ignore format: a list of words
const oddTypes = [
  'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/vnd.kubernetes.protobuf;stream=watch', 'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'application/json;as=Nothing;v=v9;g=x', 'text/plain', 'text/html', '*/*', 'application/*;q=0.1', ';;', 'application/cbor', 'application/merge-patch+json',
  'application/strategic-merge-patch+json', 'application/json-patch+json', 'application/apply-patch+yaml', 'application/apply-patch+cbor', 'multipart/form-data', 'application/json; charset=utf-16',
]; // biome-ignore format: a list of words
const oddHeaders: readonly (readonly [string, readonly string[]])[] = [
  ['accept', oddTypes],
  ['content-type', oddTypes],
  ['accept-encoding', ['gzip', 'br', 'identity;q=0', '*', 'gzip;q=x']],
  ['content-encoding', ['gzip', 'br', 'nonsense']],
  ['authorization', ['Bearer x', 'Bearer ', 'Basic YTpi', 'Bearer a.b.c', `Bearer ${'x'.repeat(5000)}`]],
  ['impersonate-user', ['alice', '', 'system:admin', 'ü']],
  ['impersonate-group', ['system:masters', '']],
  ['impersonate-extra-scopes', ['a', '']],
  ['user-agent', ['', 'x'.repeat(4000), 'kubectl/v1.36.3 (linux/amd64)']],
  ['if-none-match', ['*', '"x"']],
  ['range', ['bytes=0-1']],
  ['origin', ['https://example.com', 'null']],
  ['expect', ['100-continue', 'nonsense']],
  ['x-forwarded-for', ['1.2.3.4', 'x']],
  ['kubectl-command', ['kubectl apply']],
  ['traceparent', ['00-0-0-0']],
];
const oddValues: readonly unknown[] = [
  null, true, false, 0, -1, 1.5, 1e308, -2147483649, 9007199254740992, '', ' ', 'x', '1', '-5', '1e5', '10Mi', 'ünï\u0000', 'a'.repeat(70_000), [], {}, [null], [[]], [{}], { a: null }, { __proto__: 1 }, { $patch: 'replace' }, { $patch: 'nonsense' }, { $retainKeys: ['x'] },
]; // biome-ignore format: a list of values

const mutations: readonly Mutation[] = [
  function segment(request, random) {
    const [path, query] = halves(request.target);
    const segments = path.split('/');
    const at = 1 + Math.floor(random.next() * segments.length);
    const other = random.next() < 0.5 ? oneOf(oddSegments, random) : encodeOdd(oneOf(oddTexts, random), random);
    const action = random.next();
    if (action < 0.3) segments.splice(at, 1);
    else if (action < 0.6) segments.splice(at, 0, other);
    else if (action < 0.9) segments[at] = other;
    else segments.push(...segments);
    request.target = `${segments.join('/') || '/'}${query}`;
  },
  function parameter(request, random) {
    const count = 1 + Math.floor(random.next() * 3);
    for (let i = 0; i < count; i++) {
      const separator = request.target.includes('?') ? '&' : '?';
      request.target += `${separator}${oneOf(oddParameters, random)}=${encodeOdd(oneOf(oddTexts, random), random)}`;
    }
  },
  function header(request, random) {
    const [name, values] = oneOf(oddHeaders, random);
    request.headers[name] = oneOf(values, random);
  },
  function method(request, random) {
    request.method = oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'BREW'], random);
  },
  function compressed(request) {
    if (!request.body) return;
    request.body = gzipSync(request.body);
    request.headers['content-encoding'] = 'gzip';
  },
  function cutShort(request, random) {
    if (request.body) request.body = request.body.subarray(0, Math.floor(random.next() * request.body.length));
  },
  function flippedBytes(request, random) {
    if (!request.body?.length) return;
    request.body = Buffer.from(request.body);
    for (let i = 0; i < 3; i++) request.body[Math.floor(random.next() * request.body.length)] = Math.floor(random.next() * 256);
  },
  function noise(request, random) {
    const noise = random.bytes(Math.floor(random.next() * 200));
    request.body = random.next() < 0.5 ? noise : Buffer.concat([Buffer.from('k8s\0'), noise]);
    if (random.next() < 0.5) request.headers['content-type'] = 'application/vnd.kubernetes.protobuf';
  },
  function oversized(request, random) {
    // Rarely: it is the slowest one.
    if (random.next() > 0.1 || request.method === 'GET') return;
    const filler = 'x'.repeat(3_200_000);
    request.body = Buffer.from(
      random.next() < 0.5 ? filler : JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, data: { filler } }),
    );
  },
  function deep(request, random) {
    if (request.method === 'GET') return;
    const depth = 10 ** (1 + Math.floor(random.next() * 4));
    const inner = random.next() < 0.5 ? `${'['.repeat(depth)}${']'.repeat(depth)}` : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    request.body = Buffer.from(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep","annotations":{"a":"b"}},"data":${inner}}`);
  },
  function aliases(request, random) {
    if (random.next() > 0.2 || request.method === 'GET') return;
    const levels = Array.from({ length: 12 }, (_, i) => `k${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
    request.body = Buffer.from(`apiVersion: v1\nkind: ConfigMap\nk0: &l0 [x]\n${levels.join('\n')}\n`);
    request.headers['content-type'] = 'application/yaml';
  },
  value,
  value,
  value,
];

/** Changes the body where it is JSON: a field goes, is doubled, or gets another value. */
function value(request: WireRequest, random: Random): void {
  const body = parsed(request.body);
  if (body === undefined) return;
  const places: { holder: any; key: string | number }[] = [];
  collect(body, places);
  if (places.length === 0) return;
  const { holder, key } = oneOf(places, random);
  const action = random.next();
  if (action < 0.25) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else if (action < 0.35) {
    if (Array.isArray(holder)) holder.push(holder[Number(key)]);
    else holder[oneOf(oddTexts, random)] = holder[key];
  } else {
    holder[key] = oneOf(oddValues, random);
  }
  request.body = Buffer.from(JSON.stringify(body));
}

function parsed(body: Buffer | undefined): unknown {
  if (!body?.length || body.length > 20_000) return undefined;
  try {
    const value = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // An earlier mutation has broken it.
  }
}

function collect(value: any, places: { holder: any; key: string | number }[]): void {
  if (places.length > 200 || typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    places.push({ holder: value, key });
    collect(value[key], places);
  }
}

function halves(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at)];
}

function encodeOdd(text: string, random: Random): string {
  return random.next() < 0.7 ? encodeURIComponent(text) : text.replace(/[^\x21-\x7e]/g, '%E2%82');
}
