import { deepStrictEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { type RunningCluster, root, startCluster } from '../harness/cluster.ts';
import { OidcIssuer } from './oidc-issuer.ts';
import { requester } from './requester.ts';

const own = 'https://kubernetes.default.svc.cluster.local';
const good = { sub: 'jane', hd: 'example.com', uid: 'u-1', jti: 'j1' };

let folder: string;
let issuer: OidcIssuer;
let cluster: RunningCluster;
let client: Awaited<ReturnType<typeof requester>>;
/** What the webhook was asked, and what it answers by token. */
const asked: any[] = [];
const webhook = http.createServer(async (request, response) => {
  const review: any = await json(request);
  asked.push(review);
  const { token } = review.spec;
  const user = { username: 'hooked', uid: 'h', groups: ['g'], extra: { k: ['v'] } };
  const status =
    token === 'hook-good' ? { authenticated: true, user } : token === 'hook-error' ? { error: 'no idea' } : { authenticated: false };
  response.end(JSON.stringify({ ...review, status }));
});

const configuration = (jwt: object) =>
  writeFile(
    join(folder, 'authentication.json'),
    JSON.stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      jwt: [{ issuer: { url: issuer.url, audiences: ['orrery'], certificateAuthority: issuer.authority }, ...jwt }],
      anonymous: { enabled: true, conditions: [{ path: '/livez' }] },
    }),
  );

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orrery-authentication-'));
  issuer = await OidcIssuer.start();
  webhook.listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  const server = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/review`;
  const context = { contexts: [{ name: 'c', context: { cluster: 'c', user: '' } }], 'current-context': 'c' };
  await writeFile(join(folder, 'webhook.json'), JSON.stringify({ clusters: [{ name: 'c', cluster: { server } }], users: [], ...context }));
  await configuration({
    claimValidationRules: [
      { claim: 'hd', requiredValue: 'example.com' },
      { expression: '!has(claims.bad) || claims.bad == false', message: 'bad must be false' },
      { expression: 'claims.?level.orValue(1) > 0' },
    ],
    claimMappings: {
      username: { expression: "'oidc:' + claims.sub" },
      groups: { expression: 'claims.?roles.orValue([])' },
      uid: { claim: 'uid' },
      extra: [{ key: 'example.com/tenant', valueExpression: "claims.?tenant.orValue('')" }],
    },
    userValidationRules: [{ expression: "!user.username.startsWith('oidc:system:')", message: 'no system users' }],
  });
  cluster = await startCluster({
    flags: [
      ...['--memory', '--nodes', '0', '--components', 'apiserver', '--enable-bootstrap-token-auth'],
      ...['--token-auth-file', join(root, 'conformance/recorded/tokens.csv')],
      ...['--authentication-config', join(folder, 'authentication.json')],
      ...['--authentication-token-webhook-config-file', join(folder, 'webhook.json')],
    ],
  });
  client = await requester(cluster.kubeconfig);
});

after(async () => {
  client?.[Symbol.dispose]();
  await cluster?.[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
  webhook.closeAllConnections();
  webhook.close();
  await rm(folder, { recursive: true, force: true });
});

async function review(token: string, audiences?: string[]): Promise<any> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, ...(audiences ? { audiences } : {}) } };
  return (await client.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body })).body.status;
}

const refused = (...reasons: string[]) => ({ user: {}, error: `[${['invalid bearer token', ...reasons].join(', ')}]` });
const unknown = { user: {}, error: 'invalid bearer token' };

test('tokens of an OIDC issuer are mapped and judged by expressions, in the words of kube-apiserver', async () => {
  const jane = { username: 'oidc:jane', uid: 'u-1', groups: ['system:authenticated'] };
  const credential = { 'authentication.kubernetes.io/credential-id': ['JTI=j1'] };
  const accepted = (user: object) => ({ authenticated: true, user: { ...jane, extra: credential, ...user }, audiences: [own] });
  const rule = (what: string) => `oidc: error evaluating claim validation expression: validation expression ${what}`;
  const must = 'expression must return a string or a list of strings';
  const cases: [claims: Record<string, unknown>, status: object][] = [
    [
      { roles: ['a', 'b'], tenant: 'acme' },
      accepted({ groups: ['a', 'b', 'system:authenticated'], extra: { ...credential, 'example.com/tenant': ['acme'] } }),
    ],
    [
      { roles: 'one', tenant: ['x', ''] },
      accepted({ groups: ['one', 'system:authenticated'], extra: { ...credential, 'example.com/tenant': ['x'] } }),
    ],
    [{ aud: ['other', 'orrery'] }, accepted({})],
    [
      { sub: undefined },
      refused("oidc: error evaluating username claim expression: expression ''oidc:' + claims.sub' resulted in error: no such key: sub"),
    ],
    [{ exp: 1_000_000_000 }, refused('oidc: verify token: oidc: token is expired (Token Expiry: 2001-09-09 01:46:40 +0000 UTC)')],
    [{ exp: undefined }, refused('oidc: verify token: oidc: token is expired (Token Expiry: 0001-01-01 00:00:00 +0000 UTC)')],
    [{ aud: 'other' }, refused('oidc: verify token: oidc: expected audience "orrery" got ["other"]')],
    [{ aud: undefined }, refused('oidc: verify token: oidc: expected audience "orrery" got []')],
    [{ hd: undefined }, refused('oidc: required claim hd not present in ID token')],
    [{ hd: 'x.com' }, refused('oidc: required claim hd value does not match. Got = x.com, want = example.com')],
    [{ hd: 3 }, refused('oidc: parse claim hd: json: cannot unmarshal number into Go value of type string')],
    [{ bad: true }, refused(rule("'!has(claims.bad) || claims.bad == false' failed: bad must be false"))],
    [{ level: 0 }, refused(rule("'claims.?level.orValue(1) > 0' failed: "))],
    [
      { sub: 'system:admin' },
      refused(
        "oidc: error evaluating user info validation rule: validation expression '!user.username.startsWith('oidc:system:')' failed: no system users",
      ),
    ],
    [{ uid: undefined }, refused('oidc: parse uid claim "uid": claim not present')],
    [{ roles: [1] }, refused(`oidc: error evaluating group claim expression: ${must}`)],
    [{ tenant: 5 }, refused(`oidc: error evaluating extra claim expression: claims.?tenant.orValue(''): ${must}`)],
    [{ iss: 'https://other' }, unknown],
  ];
  for (const [claims, status] of cases)
    deepStrictEqual(await review(await issuer.token({ ...good, ...claims })), status, JSON.stringify(claims));
  const { error } = await review(await issuer.token({ ...good, nbf: 4_000_000_000 }));
  match(error, /oidc: current time \S+ \S+ \+0000 UTC before the nbf \(not before\) time: 2096-10-02 07:06:40 \+0000 UTC\]$/);
  const listed = await client.ask('GET', '/api/v1/pods', { token: await issuer.token(good) });
  equal(listed.body.message, 'pods is forbidden: User "oidc:jane" cannot list resource "pods" in API group "" at the cluster scope');
});

test('tokens that were tampered with are refused, however they are made', async () => {
  const token = await issuer.token(good);
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  // The public key as the secret of a symmetric algorithm.
  const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'key-1' }).sign(Buffer.from(issuer.publicPem));
  const signatureFails = 'oidc: verify token: failed to verify signature: failed to verify id token signature';
  const algorithms = '["ES256" "ES384" "ES512" "PS256" "PS384" "PS512" "RS256" "RS384" "RS512"]';
  const wrong = (name: string) =>
    `oidc: verify token: oidc: id token signed with unsupported algorithm, expected ${algorithms} got "${name}"`;
  const cases: [token: string, status: object][] = [
    [`${header}.${payload}.${signature.slice(0, -4)}AAAA`, refused(signatureFails)],
    [`${header}.${base64({ ...claims, sub: 'root' })}.${signature}`, refused(signatureFails)],
    [`${header}.${payload}.`, refused(signatureFails)],
    [await issuer.token(good, { kid: 'nope' }), refused(signatureFails)],
    [`${base64({ alg: 'none' })}.${payload}.`, refused(wrong('none'))],
    [confused, refused(wrong('HS256'))],
    [
      `${Buffer.from('x').toString('base64url')}.${payload}.${signature}`,
      refused("oidc: verify token: oidc: malformed jwt: invalid character 'x' looking for beginning of value"),
    ],
    [`${header}.${base64([1])}.${signature}`, unknown],
    [`${header}.${payload}`, unknown],
    ['..', unknown],
    [`${header}.${base64({ ...claims, pad: 'x'.repeat(30_000) })}.${signature}`, refused(signatureFails)],
  ];
  for (const [tampered, status] of cases) {
    deepStrictEqual(await review(tampered), status, tampered.slice(0, 60));
    equal((await client.ask('GET', '/api', { token: tampered })).status, 401);
  }
});

test('a webhook is asked about tokens that nobody else knows, once for as long as its answer is kept', async () => {
  const seen = asked.length;
  const who = { username: 'hooked', uid: 'h', groups: ['g', 'system:authenticated'], extra: { k: ['v'] } };
  for (let i = 0; i < 2; i++) deepStrictEqual(await review('hook-good'), { authenticated: true, user: who, audiences: [own] });
  equal(asked.length, seen + 1);
  const { apiVersion, kind, spec } = asked.at(-1);
  deepStrictEqual(
    { apiVersion, kind, spec },
    { apiVersion: 'authentication.k8s.io/v1beta1', kind: 'TokenReview', spec: { token: 'hook-good', audiences: [own] } },
  );
  deepStrictEqual(await review('hook-bad'), unknown);
  deepStrictEqual(await review('hook-error'), refused('no idea'));
});

test('bootstrap tokens are those of the secrets of kube-system', async () => {
  const secret = (id: string, data: Record<string, string>) => ({
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: { 'token-id': id, 'token-secret': 'abcdefghijklmnop', 'usage-bootstrap-authentication': 'true', ...data },
  });
  const make = async (id: string, data: Record<string, string>) => {
    const { status } = await client.ask('POST', '/api/v1/namespaces/kube-system/secrets', { body: secret(id, data) });
    equal(status, 201);
    return review(`${id}.abcdefghijklmnop`);
  };
  const joined = (groups: string[]) => ({ username: 'system:bootstrap:aaaaaa', groups: [...groups, 'system:authenticated'] });
  const groups = ['system:bootstrappers', 'system:bootstrappers:workers'];
  deepStrictEqual(await make('aaaaaa', { 'auth-extra-groups': 'system:bootstrappers:workers' }), {
    authenticated: true,
    user: joined(groups),
    audiences: [own],
  });
  deepStrictEqual(await make('bbbbbb', { expiration: '2001-01-01T00:00:00Z' }), unknown);
  deepStrictEqual(await make('cccccc', { 'usage-bootstrap-authentication': 'false' }), unknown);
  deepStrictEqual(await make('dddddd', { 'auth-extra-groups': 'system:masters' }), unknown);
  deepStrictEqual(await review('aaaaaa.abcdefghijklmnoq'), unknown);
});

test('the anonymous are let in where the configuration says so', async () => {
  equal((await client.ask('GET', '/livez', { token: '' })).status, 200);
  equal((await client.ask('GET', '/readyz', { token: '' })).status, 401);
  equal((await client.ask('GET', '/livez', { token: 'wrong' })).status, 401);
});

test('where all is allowed, nobody is anonymous', async () => {
  await using open = await startCluster({
    flags: ['--memory', '--nodes', '0', '--components', 'apiserver', '--authorization-mode', 'RBAC,AlwaysAllow'],
  });
  using asker = await requester(open.kubeconfig);
  equal((await asker.ask('GET', '/livez', { token: '' })).status, 401);
  equal((await asker.ask('GET', '/livez')).status, 200);
});

test('new keys of the issuer are fetched, and a new configuration is taken in', async () => {
  issuer.rotate();
  equal((await review(await issuer.token(good))).authenticated, true);
  await configuration({ claimMappings: { username: { claim: 'sub', prefix: 'new:' }, groups: { claim: 'roles', prefix: 'r:' } } });
  const token = await issuer.token({ ...good, roles: ['a'] });
  let user: any;
  do user = (await review(token)).user;
  while (user.username === 'oidc:jane');
  deepStrictEqual([user.username, user.groups], ['new:jane', ['r:a', 'system:authenticated']]);
});

test('wrong flags and files are told in the words of kube-apiserver', async () => {
  const failure = (...flags: string[]) => {
    const { stderr, status } = spawnSync(process.execPath, [join(root, 'dist/orrery.js'), 'up', '--memory', '--port', '0', ...flags], {
      encoding: 'utf8',
      cwd: folder,
    });
    equal(status === 1 || status === 2, true, stderr);
    return stderr.replace(/^orrery: /, '').replace(/\. Run 'orrery up --help' for all flags\.\n$|\n$/, '');
  };
  const together = 'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set';
  equal(failure('--oidc-issuer-url', 'https://x'), together);
  equal(
    failure('--oidc-issuer-url', 'http://x', '--oidc-client-id', 'a'),
    'invalid authentication configuration: jwt[0].issuer.url: Invalid value: "http://x": URL scheme must be https',
  );
  equal(
    failure('--oidc-issuer-url', 'https://x', '--oidc-client-id', 'a', '--oidc-signing-algs', 'HS256'),
    'oidc: unsupported signing alg: "HS256"',
  );
  equal(
    failure('--authentication-config', '/nope'),
    'failed to load authentication configuration from file "/nope": open /nope: no such file or directory',
  );
  const file = join(folder, 'authentication.json');
  equal(
    failure('--authentication-config', file, '--anonymous-auth=false'),
    'anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file',
  );
});
