import { gzipSync } from 'node:zlib';
import type { Random } from '../../../src/machinery/random.ts';
import { testedKinds } from '../bodies.ts';
import { pick } from '../mutations.ts';
import { collectionPath } from '../requests.ts';
import type { Area, Exchange, Setting, Turn } from './exchange.ts';
import { randomObject } from './objects.ts';
import { acceptOf, json, oddParameters, type Parameter, query } from './parameters.ts';

const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'];
const types = [
  json,
  json,
  '',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'text/plain',
  'application/json; charset=utf-8',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
  'application/x-www-form-urlencoded',
  'application/cbor',
  'nonsense',
  'application/json;;',
  '*/*',
  'application/YAML',
];

const places = (namespace: string): readonly string[] => [
  '/',
  '/api',
  '/api/',
  '/api/v1',
  '/api/v1/',
  '/api/v2',
  '/api/v1/nope',
  '/api/v1/pods/x',
  '/api/v1/namespaces/default/nope/x',
  `/api/v1/namespaces/${namespace}/configmaps/`,
  `/api/v1/namespaces/${namespace}/configmaps/a/b`,
  `/api/v1/namespaces/${namespace}/configmaps/a/status`,
  `/api/v1/namespaces/${namespace}/configmaps/%2e%2e`,
  `/api/v1/namespaces/${namespace}/configmaps/${'x'.repeat(300)}`,
  `/api/v1/namespaces/${namespace}`,
  `/api/v1/namespaces/${namespace}/`,
  `/api/v1/namespaces/${namespace}/status`,
  '/api/v1/namespaces//configmaps',
  '/api/v1/componentstatuses',
  '/api/v1/componentstatuses/etcd-0',
  '/api/v1/componentstatuses/absent',
  '/api/v1/watch',
  '/api/v1/watch/nope',
  '/api/v1/bindings',
  '/api/v1/proxy/x',
  '/apis',
  '/apis/',
  '/apis/apps',
  '/apis/apps/',
  '/apis/apps/v1',
  '/apis/apps/v2',
  '/apis/apps/v1/nope',
  '/apis/nope.example.com',
  '/apis/nope.example.com/v1',
  '/apis/nope.example.com/v1/things',
  '/apis/autoscaling/v2beta1',
  '/apis/authorization.k8s.io/v1/subjectaccessreviews/x',
  '/apis/authentication.k8s.io/v1/tokenreviews',
  '/version',
  '/version/',
  '/healthz',
  '/healthz/ping',
  '/healthz/nope',
  '/livez',
  '/livez/ping',
  '/readyz/etcd',
  '/readyz?exclude=etcd',
  '/livez?verbose=1&exclude=nope',
  '/openapi',
  '/openapi/v3/nope',
  '/logs',
  '/nope',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/api/v1/namespaces?watch=0&limit=1&fieldSelector=metadata.name=default',
];

const brokenBodies = [
  '',
  '{',
  '{}',
  '[]',
  'null',
  '"x"',
  '1',
  'true',
  '{"kind":1}',
  '{"kind":"ConfigMap"}',
  '{"apiVersion":"v1"}',
  '{"apiVersion":"v1","kind":"Nope"}',
  '{"apiVersion":"a/b/c","kind":"ConfigMap"}',
  '{"metadata":[]}',
  '{"metadata":{"name":1}}',
  '{"metadata":{"labels":{"a":1}}}',
  '{"metadata":{"name":"x"},"metadata":{"name":"y"}}',
  'a: b\nc',
  'kind: ConfigMap\nkind: Pod\n',
  '- a',
  '\t',
  'k8s\0',
  '{"a":1}{"b":2}',
  '{"a":1} x',
  "{'a':1}",
  '{"a":\u0001}',
  '\ufeff{}',
  '{"metadata":{"name":"ok","annotations":{"a":"\u2028<&>"}}}',
  '{"data":{"a":null}}',
  '{"binaryData":{"a":"!"}}',
];

const encodings: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  {},
  { 'accept-encoding': 'gzip' },
  { 'accept-encoding': 'deflate, gzip;q=0.5' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'nope' },
  { 'x-http-method-override': 'DELETE' },
  { 'if-none-match': '"x"' },
  { origin: 'http://example.com' },
  { 'user-agent': 'curl/8' },
  { 'user-agent': 'kubectl/v1.36.3 (linux/amd64)' },
  { 'user-agent': '' },
  { expect: '100-continue' },
  { 'impersonate-user': 'alice' },
  { 'impersonate-group': 'dev' },
  { 'impersonate-user': 'system:serviceaccount:default:default' },
  { authorization: 'Bearer nope' },
  { authorization: 'Basic YTpi' },
];

function anyBody(random: Random, namespace: string, name: string): Pick<Turn, 'body' | 'contentType'> {
  const contentType = pick(random, types);
  const chance = random.next();
  const wanted = pick(random, ['ConfigMap', 'Secret', 'Service']);
  const kind = testedKinds.find((one) => one.kind === wanted)!;
  const text =
    chance < 0.5 ? pick(random, brokenBodies) : JSON.stringify(randomObject(random, kind, name, namespace, pick(random, [0, 1])));
  return { contentType, body: random.next() < 0.03 ? gzipSync(text) : text };
}

/** Methods, paths, media types, headers and bodies as no good client would send them; nothing is changed that another exchange sees. */
export const protocol: Area = {
  name: 'protocol',
  make(random: Random, { namespace, unique }: Setting): Exchange {
    const method = random.next() < 0.6 ? pick(random, methods.slice(0, 7)) : pick(random, methods);
    const parameters: Parameter[] = [];
    if (random.next() < 0.3) parameters.push(...oddParameters(random));
    const accept = random.next() < 0.5 ? json : acceptOf(random);
    const kind = pick(
      random,
      testedKinds.filter(({ kind }) => ['ConfigMap', 'Secret', 'Service', 'Deployment', 'ClusterRole'].includes(kind)),
    );
    const collection = collectionPath(kind, namespace);
    const place = random.next() < 0.4 ? pick(random, places(namespace)) : random.next() < 0.5 ? `${collection}/${unique}` : collection;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') parameters.push(['dryRun', 'All']);
    const path = place.includes('?') ? place : place + query(parameters);
    const headers = pick(random, encodings);
    const hasBody = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) && random.next() < 0.85;
    return {
      verb: `${method} ${headers ? Object.keys(headers) : ''}`,
      turns: [{ method, path, accept, headers, ...(hasBody && anyBody(random, namespace, unique)) }],
    };
  },
};
