import { deepStrictEqual, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inParallel } from '../../src/machinery/parallel.ts';
import { root, startCluster } from '../harness/cluster.ts';
import { type Answer, type Ask, requester } from './requester.ts';

/** alice of the group `dev`, whom no binding names. */
const alice = 'alicetoken';
const atOnce = 16;
/** What the bootstrap roles let everyone do who has a name, and everyone at all (`system:basic-user`, `system:discovery`, `system:public-info-viewer`). */
const allowed = [
  /^POST \/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/,
  /^POST \/apis\/authentication\.k8s\.io\/v1\/selfsubjectreviews$/,
  /^GET \/(api|apis|openapi|version|healthz|livez|readyz)(\/|$)/,
  /^GET \/\.well-known\/openid-configuration\/?$/,
  /^GET \/openid\/v1\/jwks\/?$/,
];
/** Of the paths below /api and /apis, discovery ends here. */
const discovery = /^\/(api(\/[^/]+)?|apis(\/[^/]+){0,2})\/?$/;

interface Operation {
  readonly method: string;
  readonly path: string;
}

/** All operations of all documents of the server. */
async function operations(ask: Ask): Promise<Operation[]> {
  const documents = Object.values((await ask('GET', '/openapi/v3')).body.paths as Record<string, { serverRelativeURL: string }>);
  const all = await Promise.all(documents.map(async ({ serverRelativeURL }) => (await ask('GET', serverRelativeURL)).body.paths));
  return all.flatMap((paths) =>
    Object.entries(paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => ['get', 'put', 'post', 'delete', 'patch', 'options', 'head'].includes(method))
        .map((method) => ({ method: method.toUpperCase(), path })),
    ),
  );
}

function filled(path: string, namespace: string, name: string): string {
  return path.replace('{namespace}', namespace).replace('{name}', name).replace('{path}', 'some/path').replace('{logpath}', 'x');
}

function isFree({ method, path }: Operation): boolean {
  const isResource = /^\/apis?\//.test(path) && !discovery.test(path);
  return (!isResource || method === 'POST') && allowed.some((one) => one.test(`${method} ${path}`));
}

/** An answer without the names that were asked for. */
function withoutNames({ status, body, headers }: Answer, namespace: string, name: string): string {
  const message = String(body.message)
    .replace(/namespace "([^"]*)"/, (whole, one) => (one === namespace || one === name ? 'NAMESPACE' : whole))
    .replace(JSON.stringify(name), 'NAME');
  const details = { ...body.details, ...(body.details?.name === undefined ? {} : { name: body.details.name === name }) };
  return JSON.stringify([status, headers['content-type'], { ...body, message, details }]);
}

test('no operation answers a user without rights before authorization, nor tells what there is', { timeout: 600_000 }, async () => {
  await using cluster = await startCluster({
    flags: ['--memory', '--nodes', '1', '--token-auth-file', join(root, 'conformance/recorded/tokens.csv')],
  });
  using client = await requester(cluster.kubeconfig);
  const { ask } = client;
  const all = await operations(ask);
  ok(all.length > 800, `only ${all.length} operations`);

  // An object of each resource that has one, so that the same is asked of what is there and of what is not.
  const present = new Map<string, { namespace: string; name: string }>();
  const lists = all.filter(
    ({ method, path }) => method === 'GET' && !/\{|\/watch\//.test(path) && !discovery.test(path) && /^\/apis?\//.test(path),
  );
  await inParallel(lists, atOnce, async ({ path }) => {
    const { items } = (await ask('GET', path)).body;
    const { metadata } = items?.[0] ?? {};
    if (metadata) present.set(path, { namespace: metadata.namespace ?? 'default', name: metadata.name });
  });
  ok(present.size > 20, `only ${present.size} resources have objects`);

  const problems: string[] = [];
  const expect = (method: string, answer: Answer, status: number, what: string) => {
    if (method === 'HEAD' && answer.status === status) return;
    if (answer.status !== status || answer.body?.kind !== 'Status' || answer.body.code !== status)
      problems.push(`${what}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
  };
  await inParallel(all, atOnce, async (operation) => {
    const { method, path } = operation;
    const collection = path.replace('/namespaces/{namespace}', '').replace(/\/\{name\}.*$/, '');
    const { namespace, name } = present.get(collection) ?? { namespace: 'default', name: 'some' };
    const place = filled(path, namespace, name);
    const absent = filled(path, 'no-such-space', 'no-such-name');
    const body = method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'neither JSON nor YAML: {' : undefined;
    const asking = { token: alice, ...(body === undefined ? {} : { body }) };
    expect(method, await ask(method, place, { ...asking, token: 'no-such-token' }), 401, `${method} ${place} with a wrong token`);
    if (isFree(operation)) return;
    const queries = method === 'GET' ? ['', '?watch=true&resourceVersion=bad'] : [''];
    for (const query of queries) {
      const there = await ask(method, place + query, asking);
      expect(method, there, 403, `${method} ${place}${query}`);
      const missing = await ask(method, absent + query, asking);
      const pair = [withoutNames(there, namespace, name), withoutNames(missing, 'no-such-space', 'no-such-name')];
      if (pair[0] !== pair[1]) problems.push(`${method} ${place}${query} tells what there is: ${pair}`);
    }
  });
  deepStrictEqual(problems, []);
});
